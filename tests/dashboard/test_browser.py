"""`monitor serve` in a real browser: the page opens, the list shows, a key confirms a story, and the store has it.

Chromium is driven over its own protocol; where it is not installed the tests are skipped, and say so.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import shutil
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from monitor.store.archive import Archive
from tests.dashboard.terminals import PATIENCE, ROOT
from tests.dashboard.test_session import folder, outlet

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((path for name in BROWSERS if (path := shutil.which(name))), "")
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium on this machine: the dashboard in a browser is NOT tested"),
]
__all__ = ["folder", "outlet"]


class Page:
    """A page of Chromium over its protocol."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket, self._number = socket, 0
        self.written = ""

    async def call(self, method: str, **given: Any) -> dict[str, Any]:
        """One order, and its answer; what else is said meanwhile is looked at."""
        self._number += 1
        await self._socket.send_json({"id": self._number, "method": method, "params": given})
        while True:
            said = await asyncio.wait_for(self._socket.receive_json(), PATIENCE)
            if said.get("id") == self._number:
                assert "error" not in said, said
                result: dict[str, Any] = said["result"]
                return result
            self._hear(said)

    def _hear(self, said: dict[str, Any]) -> None:
        if said.get("method") == "Network.webSocketFrameReceived":
            frame = said["params"]["response"]
            data: str = frame["payloadData"]
            self.written += data if frame["opcode"] == 1 else base64.b64decode(data).decode("utf-8", "replace")

    async def press(self, key: str) -> None:
        """A key of one character."""
        for kind in ("keyDown", "keyUp"):
            await self.call("Input.dispatchKeyEvent", type=kind, key=key, text=key if kind == "keyDown" else "")

    async def wait_for(self, holds: Callable[[], Awaitable[bool]], what: str) -> None:
        """Ask until it is so."""
        end = asyncio.get_running_loop().time() + PATIENCE
        while not await holds():
            assert asyncio.get_running_loop().time() < end, f"{what} never came"
            await asyncio.sleep(0.1)


@asynccontextmanager
async def child(*command: str, **given: Any) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that does not outlive the test."""
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, **given)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), 15)
            except TimeoutError:
                process.kill()
                await process.wait()


@asynccontextmanager
async def opened(folder: Path, *options: str) -> AsyncIterator[Page]:
    """`monitor serve` over the folder's store, its page open in Chromium."""
    program = [sys.executable, "-m", "monitor", "--config", f"{folder}/feeds.yml", "--store", f"{folder}/store.db"]
    browser = [CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0"]
    browser += [f"--user-data-dir={folder}/browser", "--window-size=1280,800", "about:blank"]
    env = {**os.environ, "XDG_STATE_HOME": str(folder / "state")}
    pipe = asyncio.subprocess.PIPE
    async with (
        child(*program, "serve", "--port", "0", *options, stdout=pipe, stderr=pipe, env=env) as server,
        child(*browser, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL),
        aiohttp.ClientSession() as session,
    ):
        assert server.stdout is not None
        told = (await asyncio.wait_for(server.stdout.readline(), PATIENCE)).decode()
        address = next(word for word in told.split() if word.startswith("http"))
        port = folder / "browser" / "DevToolsActivePort"
        end = asyncio.get_running_loop().time() + PATIENCE
        while not port.exists() or not port.read_text().strip():
            assert asyncio.get_running_loop().time() < end, "Chromium did not open its port"
            await asyncio.sleep(0.1)
        number = port.read_text().split()[0]
        async with session.get(f"http://127.0.0.1:{number}/json/list") as answer:
            pages = [one for one in json.loads(await answer.text()) if one["type"] == "page"]
        async with session.ws_connect(pages[0]["webSocketDebuggerUrl"], max_msg_size=0) as socket:
            page = Page(socket)
            await page.call("Network.enable")
            await page.call("Page.navigate", url=address)
            yield page


def reviews(folder: Path) -> dict[str, str]:
    """What stands in the journal: action by story."""
    with Archive.open(folder / "store.db") as archive:
        return {decision.story: decision.action for decision in archive.journal()}


async def ready(page: Page) -> None:
    """The list with its live stories is on the page."""

    async def listed() -> bool:
        await page.call("Runtime.evaluate", expression="1")
        return "withdrawal" in page.written and "to review" in page.written

    await page.wait_for(listed, "the list")
    await page.call("Runtime.evaluate", expression="document.querySelector('textarea')?.focus()")


async def test_a_key_in_the_browser_confirms_a_story(folder: Path) -> None:
    async with opened(folder, "--decide") as page:
        await ready(page)
        await page.press("c")

        async def written() -> bool:
            await page.call("Runtime.evaluate", expression="1")
            return "confirm" in reviews(folder).values()

        await page.wait_for(written, "the decision in the store")


async def test_a_browser_that_may_only_look_is_refused(folder: Path) -> None:
    async with opened(folder) as page:
        await ready(page)
        await page.press("c")

        async def refused() -> bool:
            await page.call("Runtime.evaluate", expression="1")
            return "decisions are not written here" in page.written

        await page.wait_for(refused, "the refusal")
        assert reviews(folder) == {}
