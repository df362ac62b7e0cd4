"""Configuration that is changed while the program runs: what holds is taken over, what does not is told, once.

The files are looked at, not watched: a stat a second costs nothing, and works on every system and network share.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from monitor import config as configuration
from monitor.cli.setup import Options, load_file, read_seeds, seed_rules, store_path
from monitor.errors import ConfigError, MonitorError
from monitor.model import Config
from monitor.reader import Reader
from monitor.service import Monitor, News
from monitor.store.names import masked

Look = tuple[tuple[str, int, int, int], ...]
_REST = 0.3  # seconds without a change, after which a file counts as written
_MOST = 3  # mistakes told in one message; `monitor config check` names all


class Renewing:
    """Looks after one Monitor's feeds.yml and seeds, and after the processes that read for it."""

    def __init__(self, options: Options, config: Config, reader: Reader) -> None:
        self._options, self._config, self.reader = options, config, reader
        self._retired: list[Reader] = []
        self._place = store_path(options, config)
        self._seen = self._pending = self._files()
        self._since = time.monotonic()
        self._lock = threading.Lock()

    def look(self, monitor: Monitor, *, now: bool = False) -> News | None:
        """Takes over a changed configuration; a file that is still being written is left until it rests."""
        with self._lock:
            self._bury(monitor)
            files, moment = self._files(), time.monotonic()
            if files != self._pending:
                self._pending, self._since = files, moment
            if not now and (files == self._seen or moment - self._since < _REST):
                return None
            self._seen = files
            try:
                return self._take_over(monitor)
            except MonitorError as error:
                return News(trouble=f"{_first(error)}. The configuration from before goes on.")

    def close(self) -> None:
        """Ends the processes."""
        for reader in (*self._retired, self.reader):
            reader.close()

    def _take_over(self, monitor: Monitor) -> News:
        config, ruleset = load_file(Path(self._config.file))
        seeds, rules = read_seeds(config), seed_rules(config, ruleset)
        same = _reads_as(config) == _reads_as(self._config)
        reader = self.reader if same else Reader(config)
        monitor.reload(config, ruleset, seeds, seed_rules=rules, reader=reader)
        if not same:
            self._retired.append(self.reader)
        self._config, self.reader = config, reader
        counts = f"{sum(feed.enabled for feed in config.feeds)} feeds, {len(ruleset.rules)} rules"
        if store_path(self._options, config) != self._place:
            return News(f"{config.file} read again: {counts}; another store counts from the next start "
                        f"(now {masked(self._place)})")  # fmt: skip
        return News(f"{config.file} read again: {counts}")

    def _bury(self, monitor: Monitor) -> None:
        """Ends readers that are no longer asked; a poll under way may still need its own."""
        if self._retired and not monitor.polling:
            for reader in self._retired:
                reader.close()
            self._retired.clear()

    def _files(self) -> Look:
        path = Path(self._config.file)
        found = [path, *sorted(configuration.seeds_folder(self._config).glob("*"))]
        return tuple(_stamps(found))


def _reads_as(config: Config) -> object:
    """What a reader's rules depend on: not the lines on which they stand."""
    return [replace(rule, place=(), examples=()) for rule in config.rules], config.lists


def _stamps(paths: list[Path]) -> Iterator[tuple[str, int, int, int]]:
    for path in paths:
        try:
            stat = path.stat()
        except OSError:
            yield str(path), 0, 0, 0
        else:
            yield str(path), stat.st_mtime_ns, stat.st_size, stat.st_ino


def _first(error: MonitorError) -> str:
    if not isinstance(error, ConfigError):
        return str(error).rstrip(".")
    told = "; ".join(str(mistake) for mistake in error.mistakes[:_MOST])
    more = len(error.mistakes) - _MOST
    return told + (f"; and {more} more" if more > 0 else "")
