"""Compressed bodies are unpacked in small steps, so that a bomb is noticed before it has filled the memory."""

from __future__ import annotations

import zlib

_STEP = 65_536


class TooLarge(Exception):
    """More bytes than allowed, received or decoded."""


class Inflater:
    """Decodes a body in steps of 64 KiB, `feed` raises TooLarge or zlib.error."""

    def __init__(self, encoding: str, limit: int) -> None:
        self._raw_deflate = encoding == "deflate"
        self._plain = encoding in ("", "identity")
        self._sniff = self._plain
        self._inflate = zlib.decompressobj(wbits=47)
        self._limit = limit
        self.body = bytearray()
        self.received = 0

    def feed(self, chunk: bytes) -> None:
        """Take what the network delivered next."""
        self.received += len(chunk)
        if self._sniff and chunk:
            # Some servers send feed.xml.gz as it is, without saying so in a header.
            self._plain, self._sniff = not chunk.startswith(b"\x1f\x8b\x08"), False
        if self._plain:
            self.body += chunk
        else:
            self._unpack(chunk)
        if len(self.body) > self._limit or self.received > self._limit:
            raise TooLarge

    def finished(self) -> bool:
        """Whether the body came to its own end."""
        return self._plain or self._inflate.eof or not self.received

    def _unpack(self, chunk: bytes) -> None:
        while chunk:
            if self._inflate.eof:
                if not chunk.startswith(b"\x1f\x8b"):
                    return  # padding after the end
                self._inflate = zlib.decompressobj(wbits=47)
            try:
                self.body += self._inflate.decompress(chunk, _STEP)
            except zlib.error:
                if not self._raw_deflate or self.body:
                    raise
                self._raw_deflate, self._inflate = False, zlib.decompressobj(wbits=-15)
                continue
            if len(self.body) > self._limit:
                raise TooLarge
            chunk = self._inflate.unconsumed_tail or self._inflate.unused_data


def amount(size: int) -> str:
    """A number of bytes for people: "12 kB", "10 MiB"."""
    if size >= 1024 * 1024:
        return f"{size / 1024 / 1024:.3g} MiB"
    return f"{size / 1000:.0f} kB" if size >= 1000 else f"{size} bytes"
