"""The archive on disk. TinyDB and orjson are known here and nowhere else; the program asks `Archive` alone."""

from monitor.store.archive import Archive

__all__ = ["Archive"]
