"""A web address as a request needs it: the host as the DNS knows it, the path as HTTP writes it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote, urlsplit

_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9_.~!$&'()*+,;=-]+")
_PLAIN = re.compile(r"(?:[A-Za-z0-9/?:@!$&'()*+,;=._~-]|%[0-9A-Fa-f]{2})*")
_HALF_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_KEPT = "/?:@!$&'()*+,;=._~-%"


@dataclass(frozen=True, slots=True)
class Address:
    """Scheme, host, port, path with query, and who asks. The port is None where it is the scheme's own."""

    scheme: str
    host: str
    port: int | None
    target: str
    user: str = ""
    password: str = ""

    @classmethod
    def of(cls, url: str) -> Address:
        """An http(s) URL taken apart; its fragment is left out. Raises ValueError where its host is no host name."""
        parts = urlsplit(url)
        host, scheme = parts.hostname or "", parts.scheme.lower()
        if ":" not in host:
            host = _name(host)
        target = parts.path or "/"
        target += f"?{parts.query}" if parts.query else ""
        if not _PLAIN.fullmatch(target):
            target = quote(_HALF_ESCAPE.sub("%25", target), safe=_KEPT)
        port = parts.port if parts.port != _PORTS.get(scheme) else None
        return cls(scheme, host, port, target, unquote(parts.username or ""), unquote(parts.password or ""))

    @property
    def netloc(self) -> str:
        """Host and port as the header names them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port is None else f"{host}:{self.port}"

    @property
    def origin(self) -> tuple[str, str, int | None]:
        """What two addresses of one server have in common."""
        return self.scheme, self.host, self.port

    @property
    def dialled(self) -> int:
        """The port to connect to."""
        return self.port or _PORTS[self.scheme]

    def bare(self) -> Address:
        """The address without who asks."""
        return replace(self, user="", password="") if self.user or self.password else self

    def __str__(self) -> str:
        """The URL, without who asks: that is for the server alone."""
        return f"{self.scheme}://{self.netloc}{self.target}"


def _name(host: str) -> str:
    if not host.isascii():
        import idna  # most names need none of its tables

        try:
            host = idna.encode(host, uts46=True).decode("ascii")
        except idna.IDNAError as error:
            raise ValueError(f"not a host name: {host}") from error
    if not _HOST.fullmatch(host):
        raise ValueError(f"not a host name: {host}")
    return host
