"""What a program that runs on says: on standard error, and into a log that turns over before it fills the disk."""

from __future__ import annotations

import contextlib
import logging
import time
from logging.handlers import RotatingFileHandler
from pathlib import Path

from monitor.cli.talk import complain, tell
from monitor.errors import InputError
from monitor.feeds.clean import safe

_BYTES, _FILES = 5_000_000, 5


class Voice:
    """Says things, and never fails because they cannot be written: a full disk must not end a poll."""

    def __init__(self, file: Path | None = None, *, size: int = _BYTES, files: int = _FILES) -> None:
        """`file` is a log, begun again at `size` bytes with `files` old ones kept. Raises InputError."""
        self._last = ("", 0.0)
        self._log: RotatingFileHandler | None = None
        if file is None:
            return
        try:
            self._log = _Handler(file, maxBytes=size, backupCount=files, encoding="utf-8", delay=False)
        except OSError as error:
            raise InputError(f"The log {file} cannot be written: {error.strerror}. Name another with --log.") from error
        form = logging.Formatter("%(asctime)s %(levelname)-7s %(message)s", "%Y-%m-%dT%H:%M:%SZ")
        form.converter = time.gmtime
        self._log.setFormatter(form)

    def tell(self, text: str) -> None:
        """Something in passing."""
        with contextlib.suppress(OSError):
            tell(text)
        self._write(logging.INFO, text)

    def complain(self, text: str) -> None:
        """Something to act on; the same words are not said again within a minute."""
        now = time.monotonic()
        if self._last[0] == text and now - self._last[1] < 60:
            return
        self._last = (text, now)
        with contextlib.suppress(OSError):
            complain(text)
        self._write(logging.WARNING, text)

    def note(self, text: str) -> None:
        """Something for the log alone, because it stands on standard output already."""
        self._write(logging.INFO, text)

    def close(self) -> None:
        """Closes the log."""
        if self._log is not None:
            with contextlib.suppress(OSError):
                self._log.close()

    def _write(self, level: int, text: str) -> None:
        if self._log is not None:
            for line in text.splitlines():
                self._log.handle(logging.LogRecord("monitor", level, "", 0, safe(line), None, None))


class _Handler(RotatingFileHandler):
    def handleError(self, record: logging.LogRecord) -> None:
        """Nothing: what cannot be written to the log stands on standard error."""
