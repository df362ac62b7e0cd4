"""Why a fetch failed, in words that a tired person understands.

The HTTP library's exceptions are told apart by their names, so that nothing here loads it.
"""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator
from typing import Any

from monitor.feeds.inflate import amount
from monitor.feeds.network import RefusedAddress
from monitor.model import FetchFailed, Health

_UNREACHABLE = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL})
_NO_TLS = frozenset({"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG", "HTTP_REQUEST"})
REASONS = {
    400: "bad request", 401: "needs a login", 402: "payment required", 403: "forbidden", 404: "not found",
    410: "gone for good",
    429: "too many requests", 451: "unavailable for legal reasons", 500: "server error", 502: "bad gateway",
    503: "service unavailable",
    504: "gateway timeout",
}  # fmt: skip


class Failure(Exception):
    """Ends a request with a cause in words."""

    def __init__(self, cause: str, health: Health = "failing", **more: Any) -> None:
        super().__init__(cause)
        self.result = FetchFailed(health, cause, 0.0, **more)


def explain(error: Exception, *, received: int, connect: float, read: float, led: bool = False) -> tuple[Health, str]:
    """Health and cause for any exception; `received` in bytes, the limits `connect` and `read` in seconds; `led`: the
    address asked is not the configured one."""
    for cause in _chain(error):
        if (known := _known(cause, led)) is not None:
            return known
    names = {kind.__name__ for kind in type(error).__mro__}
    got = f"{amount(received)} received"
    if "ConnectTimeout" in names:
        return "failing", f"timed out after {connect:g} s while connecting"
    if "TimeoutException" in names:
        return "failing", f"timed out after {read:g} s of silence, {got}"
    if "ProxyError" in names:
        return "failing", f"the proxy refuses: {error}"
    if "LocalProtocolError" in names:
        return "failing", "cannot be asked: a header of this feed is not allowed in HTTP"
    if "RemoteProtocolError" in names and "too long" in str(error):
        return "failing", "broken answer: its headers are longer than 100 kB"
    if "RemoteProtocolError" in names:
        cut = received or "incomplete" in str(error) or "disconnected" in str(error)
        return "failing", f"connection closed in the middle, {got}" if cut else "broken answer: not HTTP"
    if "NetworkError" in names:
        return "failing", f"connection lost, {got}"
    return "failing", f"cannot be fetched: {type(error).__name__}: {error}"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    for _ in range(8):
        if error is None:
            return
        yield error
        error = error.exceptions[0] if isinstance(error, BaseExceptionGroup) else error.__cause__ or error.__context__


def _known(error: BaseException, led: bool) -> tuple[Health, str] | None:
    match error:
        case Failure():
            return error.result.health, error.result.cause
        case RefusedAddress():
            what = f"feed leads to private address {error.address}" if led else f"{error.address} is a private address"
            return "failing", f"refused: {what} (allow_private: true permits it)"
        case ssl.SSLCertVerificationError():
            return "failing", f"certificate not valid: {error.verify_message}"
        case ssl.SSLError() if error.reason in _NO_TLS:
            return "failing", "no secure connection: what answers there does not speak https (http:// may)"
        case ssl.SSLError():
            return "failing", f"no secure connection: {error.reason or 'the handshake failed'}"
        case ConnectionRefusedError():
            return "failing", "connection refused"
        case OSError() if error.errno in _UNREACHABLE:
            return "offline", "network unreachable"
        case socket.gaierror():
            return "offline", "name not found"
        case ConnectionResetError():
            return "failing", "connection reset by the server"
    return None
