"""What the results of reading depend on beside the entry and the facts, as one short name.

What was derived with one fingerprint can be thrown away when another holds. It covers the rules and lists as written,
and the reader as installed: its code, the lexicons and the gazetteer. It is the same in every process and on every
machine with the same version, in whatever order the rules stand.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import monitor
from monitor.model import Rule

# Everything between an entry's text and its alert.
_READER = ("language", "rules", "claims", "baseline", "model", "alerting.py", "kept.py", "yamlfile.py")
_KINDS = (".py", ".yml", ".json")


def fingerprint(rules: Sequence[Rule], lists: Mapping[str, tuple[str, ...]]) -> str:
    """Sixteen hexadecimal digits. Examples and the rules' places in the file change nothing that is found."""
    written = [
        [rule.id, rule.type, rule.severity, rule.when, rule.unless, rule.keywords]
        for rule in sorted(rules, key=lambda rule: rule.id)
        if rule.enabled
    ]
    said = json.dumps([reader_version(), written, sorted(lists.items())], ensure_ascii=False)
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@cache
def reader_version() -> str:
    """A hash of the code and the word lists that read an entry, as installed."""
    return version_of(Path(monitor.__file__).parent)


def version_of(package: Path, names: Sequence[str] = _READER) -> str:
    """The same for the package in another place, or for other files and folders of it."""
    digest = hashlib.sha256(monitor.__version__.encode())
    for path, content in _sources(package, names):
        digest.update(f"{path}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _sources(package: Path, names: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    for name in names:
        yield from _under(package.joinpath(name), name)


def _under(place: Path, path: str) -> Iterator[tuple[str, bytes]]:
    if place.is_dir():
        for child in sorted(place.iterdir(), key=lambda child: child.name):
            yield from _under(child, f"{path}/{child.name}")
    elif path.endswith(_KINDS):
        # A checkout may end its lines otherwise.
        yield path, place.read_bytes().replace(b"\r\n", b"\n")
