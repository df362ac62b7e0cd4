"""Messages between processes: each is its length, then so many bytes."""

from __future__ import annotations

from typing import IO


def write(pipe: IO[bytes], message: bytes) -> None:
    """Sends one message. Raises OSError."""
    pipe.write(len(message).to_bytes(8, "little"))
    pipe.write(message)
    pipe.flush()


def read(pipe: IO[bytes]) -> bytes:
    """The next message. Raises EOFError."""
    size = pipe.read(8)
    if len(size) < 8:
        raise EOFError
    message = pipe.read(int.from_bytes(size, "little"))
    if len(message) < int.from_bytes(size, "little"):
        raise EOFError
    return message
