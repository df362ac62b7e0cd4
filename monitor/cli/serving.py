"""The web server behind `monitor serve`: textual-serve behind a guard, with a page that loads nothing foreign."""

from __future__ import annotations

import asyncio
import hmac
import logging
import signal
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from textual_serve.server import Server

from monitor.errors import InputError

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
COOKIE = "monitor"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self' {socket}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Served(Server):
    """One server; `command` is run once for each browser that opens the page with the key."""

    def __init__(self, command: str, host: str, port: int, public: str | None, key: str) -> None:
        self._socket = _listening(host, port)
        port = self._socket.getsockname()[1]
        shown = f"[{host}]" if ":" in host else host
        address = (public or f"http://{shown}:{port}").rstrip("/")
        super().__init__(
            command,
            host=host,
            port=port,
            title="monitor",
            public_url=address,
            templates_path=str(Path(__file__).with_name("web")),
        )
        self._key = key
        self._origin = "{0.scheme}://{0.netloc}".format(urlsplit(address))

    def run(self, say: Callable[[str], None]) -> None:
        """Serves until SIGINT or SIGTERM; `say` hears the address once it answers."""
        logging.getLogger("textual-serve").setLevel(logging.ERROR)
        asyncio.run(self._run(say))

    async def _run(self, say: Callable[[str], None]) -> None:
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        runner = web.AppRunner(await self._make_app(), access_log=None, shutdown_timeout=2.0)
        await runner.setup()
        try:
            await web.SockSite(runner, self._socket).start()
            say(f"{self.public_url}/?key={self._key}")
            await stop.wait()
        finally:
            await runner.cleanup()

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()

        @web.middleware
        async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
            return await self._guard(request, handler)

        app.middlewares.append(guarded)
        return app

    async def on_startup(self, app: web.Application) -> None:
        """Nothing is printed but the address."""

    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Lets in who knows the key, on this name, from this page."""
        if request.host != urlsplit(self.public_url).netloc:
            raise web.HTTPForbidden(text="This is not the address that monitor serve printed.")
        given = request.query.get("key")
        if given is not None and hmac.compare_digest(given.encode(), self._key.encode()):
            # The key goes from the address into a cookie, so that it stands in no history and no picture.
            answer = web.HTTPSeeOther("/")
            answer.set_cookie(
                COOKIE, self._key, httponly=True, samesite="Strict", secure=self._origin.startswith("https")
            )
            raise answer
        if not hmac.compare_digest(request.cookies.get(COOKIE, "").encode(), self._key.encode()):
            raise web.HTTPForbidden(text="The key is missing: open the address that monitor serve printed.")
        if request.path == "/ws" and request.headers.get("Origin") != self._origin:
            raise web.HTTPForbidden(text="This page may not speak to monitor.")
        response = await handler(request)
        if not response.prepared:
            response.headers.update(self._headers())
        return response

    def _headers(self) -> dict[str, str]:
        socket_origin = "ws" + self._origin.removeprefix("http")
        return {
            "Content-Security-Policy": _POLICY.format(socket=socket_origin),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "no-store",
        }


def _listening(host: str, port: int) -> socket.socket:
    """A socket that listens. Raises InputError."""
    try:
        found: list[Any] = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, proto, _, place = found[0]
        made = socket.socket(family, kind, proto)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            made.bind(place)
            made.listen(16)
        except OSError:
            made.close()
            raise
    except OSError as error:
        raise InputError(
            f"Cannot listen on {host}, port {port}: {error.strerror or error}. Choose another with --port."
        ) from error
    made.setblocking(False)
    return made
