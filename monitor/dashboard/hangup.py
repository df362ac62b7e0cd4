"""The end of a dashboard whose terminal is gone: a terminal that closes does not send SIGHUP to every program on it."""

from __future__ import annotations

import contextlib
import os
import select
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.dashboard.app import MonitorApp

_GRACE = 5.0  # seconds for what was decided to be written; then the program ends wherever it is
_HUNG_UP = 129  # the exit code of one that SIGHUP ended


def leave_with_terminal(app: MonitorApp) -> None:
    """Have `app` quit when the terminal it reads from is closed. Costs a thread that sleeps."""
    stdin = sys.__stdin__
    if hasattr(select, "poll") and stdin is not None and stdin.isatty() and "TEXTUAL_DRIVER" not in os.environ:
        threading.Thread(target=_wait, args=(app, stdin.fileno()), name="hangup", daemon=True).start()


def _wait(app: MonitorApp, terminal: int) -> None:
    poll = select.poll()
    poll.register(terminal, 0)  # nothing but the hangup, which is always told
    if not any(event & select.POLLHUP for _, event in poll.poll()):
        return
    # The driver may wait for ever for a terminal that takes its bytes, and the app for the driver.
    last = threading.Timer(_GRACE, os._exit, (_HUNG_UP,))
    last.daemon = True
    last.start()
    with contextlib.suppress(RuntimeError):  # not running yet, or not any more
        app.call_from_thread(app.action_leave)
