"""Changes feeds.yml for a command and leaves every other character as it was: comments, order, quotes, empty lines.

The text is edited by lines, at the places the parser names; then it is read again, and must say exactly what was
wanted. A file laid out in a way this does not follow is refused with what to write by hand, never spoiled.
"""

from __future__ import annotations

import copy
import json
import os
import re
import tempfile
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from monitor import yamlfile
from monitor.errors import ConfigError, InputError

_PLAIN = re.compile(r"https?://[^\s#,\[\]{}\"'&*]+[^\s#,\[\]{}\"'&*:]|[A-Za-z][\w./ -]*[\w./-]|[A-Za-z]", re.ASCII)
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_CONTENT = re.compile(r"^( *)[^\s#]")

Value = str | bool


def add_feeds(text: str, file: str, new: Sequence[Mapping[str, Value]]) -> str:
    """The text with more feeds at the end of `feeds:`. Raises InputError where they cannot be put in."""
    data, document = _read(text, file)
    feeds = data.get("feeds")
    lines = _lines(text)
    task = "add to `feeds:`\n" + "".join(line for feed in new for line in _item(feed, 2))
    if feeds:
        start, end, indent = _lines_of(lines, document, len(feeds) - 1)
        apart = ["\n"] if start > 0 and not lines[start - 1].strip() else []
        lines[end:end] = [line for feed in new for line in (*apart, *_item(feed, indent))]
    elif "feeds" in data:
        number = document.key_place(("feeds",))[0] - 1
        empty = re.match(r"feeds:\s*(?:\[\s*\]|null|~)?\s*(#.*)?$", lines[number])
        if empty is None:
            raise _by_hand(file, task)
        lines[number] = f"feeds:  {empty[1]}\n" if empty[1] else "feeds:\n"
        lines[number + 1 : number + 1] = [line for feed in new for line in _item(feed, 2)]
    else:
        lines += ["feeds:\n", *(line for feed in new for line in _item(feed, 2))]
    wanted = copy.deepcopy(data)
    wanted["feeds"] = [*(feeds or []), *(dict(feed) for feed in new)]
    return _checked("".join(lines), wanted, file, task)


def remove_feed(text: str, file: str, identifier: str) -> str:
    """The text without a feed. Raises InputError where there is none, or it cannot be taken out."""
    data, document = _read(text, file)
    index = _index(data, identifier, file)
    lines = _lines(text)
    start, end, _ = _lines_of(lines, document, index)
    if start > 0 and not lines[start - 1].strip() and (end == len(lines) or not lines[end].strip()):
        start -= 1
    wanted = copy.deepcopy(data)
    del wanted["feeds"][index]
    del lines[start:end]
    if not wanted["feeds"]:
        wanted["feeds"] = None
    return _checked("".join(lines), wanted, file, f"delete the feed {identifier}")


def set_enabled(text: str, file: str, identifier: str, enabled: bool) -> str:
    """The text with `enabled:` of a feed as wished. Raises InputError as `remove_feed` does."""
    data, document = _read(text, file)
    index = _index(data, identifier, file)
    feed = data["feeds"][index]
    word = "true" if enabled else "false"
    if feed.get("enabled", True) is enabled:
        return text
    lines = _lines(text)
    if "enabled" in feed:
        line, col = document.place(("feeds", index, "enabled"))
        old = re.match(r"[A-Za-z]+", lines[line - 1][col - 1 :])
        length = len(old[0]) if old else 0
        lines[line - 1] = lines[line - 1][: col - 1] + word + lines[line - 1][col - 1 + length :]
    else:
        line, col = document.place(("feeds", index, "id"))
        key_line, key_col = document.key_place(("feeds", index, "id"))
        if lines[key_line - 1].lstrip(" -").startswith("{"):
            written = re.compile(r"[^,{}]*").match(lines[line - 1], col - 1)
            at = written.end() if written else col
            lines[line - 1] = f"{lines[line - 1][:at].rstrip()}, enabled: {word}{lines[line - 1][at:]}"
        else:
            lines.insert(line, f"{' ' * (key_col - 1)}enabled: {word}\n")
    wanted = copy.deepcopy(data)
    wanted["feeds"][index]["enabled"] = enabled
    return _checked("".join(lines), wanted, file, f"write `enabled: {word}` in the feed {identifier}")


def parted(text: str, file: str, keys: Collection[str]) -> tuple[str, str]:
    """The text without some of its topmost keys, and what stands for those alone, each with the comments right above
    it. Raises InputError where it is laid out so that they cannot be told apart."""
    data, document = _read(text, file)
    lines = _lines(text)
    starts = {}
    for key in data:
        start = document.key_place((key,))[0] - 1
        while start > 0 and lines[start - 1].startswith("#"):
            start -= 1
        starts[key] = start
    bounds = [*sorted(starts.values()), len(lines)]
    own = [key for key in data if key in keys]
    taken = {number for key in own for number in range(starts[key], bounds[bounds.index(starts[key]) + 1])}
    rest = "".join(line for number, line in enumerate(lines) if number not in taken)
    alone = "".join(line for number, line in enumerate(lines) if number in taken)
    task = f"write {', '.join(own)} at the beginning of a line each"
    kept = {key: value for key, value in data.items() if key not in keys}
    _checked(alone, {key: data[key] for key in own}, file, task) if own else None
    return (_checked(rest, kept, file, task) if kept else rest), alone


def write(path: Path, text: str) -> None:
    """Replaces the file in one step, with its rights; through a symlink, the file it points to. Raises InputError."""
    target = path.resolve()
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            if target.exists():
                Path(name).chmod(target.stat().st_mode & 0o777)
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}. It is as it was.") from error


# ---- inside ----------------------------------------------------------------------------------------------------------


def _read(text: str, file: str) -> tuple[dict[Any, Any], yamlfile.Document]:
    if "\r" in text:
        raise InputError(f"{file} has Windows line ends; save it with plain ones, then this command can change it.")
    document = yamlfile.load(text, file)
    return (document.data or {}), document


def _lines(text: str) -> list[str]:
    # Not splitlines: it also divides at characters that are no line ends in YAML.
    return [line + "\n" for line in text.removesuffix("\n").split("\n")] if text else []


def _index(data: Mapping[Any, Any], identifier: str, file: str) -> int:
    for index, feed in enumerate(data.get("feeds") or []):
        if isinstance(feed, dict) and feed.get("id") == identifier:
            return index
    raise InputError(f"There is no feed {identifier} in {file}. `monitor feeds list` names them.")


def _lines_of(lines: list[str], document: yamlfile.Document, index: int) -> tuple[int, int, int]:
    """First line, one past the last line of content, and column of the dash, of the feed at `index`; from 0."""
    start = document.place(("feeds", index))[0] - 1
    dash = re.match(r"( *)- ", lines[start])
    if dash is None:
        return start, start, 2  # not as we know it: the check afterwards refuses
    indent, end, last = len(dash[1]), start + 1, start + 1
    while end < len(lines):
        content = _CONTENT.match(lines[end])
        if content is not None and len(content[1]) <= indent:
            break
        end += 1
        last = end if content is not None else last
    return start, last, indent


def _item(feed: Mapping[str, Value], indent: int) -> list[str]:
    pairs = [f"{key}: {_scalar(value)}\n" for key, value in feed.items()]
    return [" " * indent + ("- " if number == 0 else "  ") + pair for number, pair in enumerate(pairs)]


def _scalar(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    plain = _PLAIN.fullmatch(value) and value.lower() not in _WORDS
    if plain:
        return value
    quoted = json.dumps(value, ensure_ascii=False)
    # What JSON leaves as it is, and YAML takes for a line end or does not allow.
    return re.sub("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]", lambda found: f"\\u{ord(found[0]):04x}", quoted)


def _checked(text: str, wanted: Mapping[Any, Any], file: str, task: str) -> str:
    try:
        said = yamlfile.load(text, file).data
    except ConfigError:
        said = None
    if said != wanted:
        raise _by_hand(file, task)
    return text


def _by_hand(file: str, task: str) -> InputError:
    return InputError(
        f"{file} is laid out in a way that this command does not follow; nothing was changed. By hand: {task}"
    )
