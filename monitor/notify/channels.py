"""The ways out: bell, command, webhook, apprise. Each takes a message and says why it could not be delivered."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import subprocess
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from monitor.feeds.clean import safe
from monitor.model import Notify
from monitor.notify.outbox import Batch
from monitor.notify.plan import Note, words
from monitor.notify.webhook import post

_PATIENCE = 30.0  # seconds a command or a service of apprise may take
_FIELD = re.compile(r"\{([a-z]+)\}")
_MENTIONS = str.maketrans({"<": "‹", ">": "›", "@": "＠"})  # what chat programs take for mentions and links
FIELDS = ("title", "gloss", "severity", "verdict", "reason", "feed", "url", "story", "event", "text")


async def send(line: Notify, batch: Batch, *, ring: Callable[[], None], user_agent: str) -> str:
    """Delivers one message. Returns why it could not be; empty where it was. Raises nothing but CancelledError."""
    if line.channel == "bell":
        ring()
        return ""
    if line.channel == "command":
        return await _command(line.run, batch.notes)
    if line.channel == "webhook":
        return await post(line, record(batch), batch.id, user_agent=user_agent)
    return await _apprise(line.url, batch.notes)


def record(batch: Batch) -> dict[str, Any]:
    """A message as JSON. `text` is for chat programs, with nothing in it that they take for a mention; the stories hold
    the words as they are."""
    stories = [{**asdict(note), "at": note.at.isoformat()} for note in batch.notes]
    return {"id": batch.id, "text": words(batch.notes).translate(_MENTIONS), "count": len(stories), "stories": stories}


def arguments(run: Sequence[str], notes: Sequence[Note]) -> list[str]:
    """The program and its arguments with the fields filled in. What a stranger wrote never begins an option."""
    first = notes[0]
    filled = {name: str(getattr(first, name)) for name in FIELDS if name != "text"} | {"text": words(notes)}
    if len(notes) > 1:
        filled |= {"title": f"{len(notes)} stories: {first.title}", "gloss": f"{len(notes)} stories: {first.gloss}"}
    made = []
    for template in run:
        argument = _FIELD.sub(lambda found: filled.get(found[1], found[0]), template).replace("\0", "")
        made.append(f" {argument}" if argument.startswith("-") and not template.startswith("-") else argument)
    return made


async def _command(run: Sequence[str], notes: Sequence[Note]) -> str:
    made = arguments(run, notes)
    try:
        process = await asyncio.create_subprocess_exec(
            *made,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,  # so that what it starts ends with it
        )
    except (OSError, ValueError) as error:
        return f"{run[0]} cannot be started: {getattr(error, 'strerror', None) or error}"
    try:
        async with asyncio.timeout(_PATIENCE):
            _, said = await process.communicate()
    except TimeoutError:
        return f"{run[0]} took longer than {_PATIENCE:g} s and was ended"
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    if process.returncode:
        told = " ".join(safe(said.decode("utf-8", "replace")).split())[:200]
        return f"{run[0]} ended with {process.returncode}" + (f": {told}" if told else "")
    return ""


async def _apprise(url: str, notes: Sequence[Note]) -> str:
    title = f"{notes[0].severity.upper()} {notes[0].gloss or notes[0].title}"
    title = title if len(notes) == 1 else f"monitor: {len(notes)} stories"
    body = words(notes).translate(_MENTIONS)
    loop = asyncio.get_running_loop()
    done: asyncio.Future[str] = loop.create_future()

    def settle(cause: str) -> None:
        if not done.done():
            done.set_result(cause)

    def deliver() -> None:
        cause = _by_apprise(url, title, body)
        with contextlib.suppress(RuntimeError):  # nobody waits any more
            loop.call_soon_threadsafe(settle, cause)

    # A thread of its own that nobody waits for at the end: a service may hang for as long as it likes.
    threading.Thread(target=deliver, name="apprise", daemon=True).start()
    try:
        async with asyncio.timeout(_PATIENCE):
            return await done
    except TimeoutError:
        return f"the service of this address did not answer within {_PATIENCE:g} s"


def _by_apprise(url: str, title: str, body: str) -> str:
    try:
        import apprise
    except ImportError:
        return (
            "the channel apprise needs the extra [notify]: in the program's folder, uv tool install --force '.[notify]'"
        )
    try:
        service = apprise.Apprise()
        if not service.add(url):
            return "apprise does not understand this address"
        return "" if service.notify(body=body, title=title) else "the service of this address did not take it"
    except Exception as error:  # noqa: BLE001 - a hundred services, each with its own way to fail
        return f"apprise failed: {type(error).__name__}"
