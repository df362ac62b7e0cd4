"""The values of feeds.yml: what each may be, the words for what it may not, and how an editor is told of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import time, timedelta
from difflib import get_close_matches
from typing import Annotated, Any, get_args
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, ValidationInfo, WithJsonSchema
from pydantic_core import PydanticCustomError

from monitor.model import EVENT_TYPES, SEVERITIES, EventType, FeedKind, Severity

_SLUG = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*|keyring:[^{}]+/[^{}/]+)\}")
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_INTERVAL = re.compile(r"([0-9]{1,6})\s*([smhd])")
_QUIET = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])\s*-\s*([01]?[0-9]|2[0-3]):([0-5][0-9])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_KIND_WORDS = {"pro-government": "pro_government", "party-affiliated": "party"}
_STORES = ("postgresql", "postgres", "sqlite", "file")


# ---- values ----------------------------------------------------------------------------------------------------------


def _refuse(what: str) -> PydanticCustomError:
    return PydanticCustomError("monitor", "{what}", {"what": what})


def unknown(noun: str, value: object, known: Iterable[str]) -> str:
    names = list(known)
    near = get_close_matches(str(value), names, n=1)
    if near:
        return f'unknown {noun} "{short(value)}", did you mean "{near[0]}"?'
    listed = "" if len(names) > 40 else f"; known here: {', '.join(names)}"
    return f'unknown {noun} "{short(value)}"{listed}'


def short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:59] + "…"


def _text(value: str) -> str:
    if not value.strip():
        raise _refuse("this text is empty; write something, or delete the key")
    return value.strip()


def _slug(value: str) -> str:
    """A name that rules, commands and URLs can hold without quotes."""
    if _SLUG.fullmatch(value):
        return value
    near = re.sub(r"[^a-z0-9._-]+", "-", value.lower()).strip("-._")[:64]
    hint = f', for example "{near}"' if near else ""
    raise _refuse(f'"{short(value)}" must be made of small letters a-z, digits, "-", "_" and "."{hint}')


def _choice(noun: str, known: tuple[str, ...]) -> Callable[[object], object]:
    def check(value: object) -> object:
        if value not in known:
            raise _refuse(unknown(noun, value, known))
        return value

    return check


def _kind(value: object) -> object:
    known = (*get_args(FeedKind), *_KIND_WORDS)
    found = _choice("kind", known)(value)
    return _KIND_WORDS.get(str(found), found)


def _reliability(value: str) -> str:
    if value not in tuple("ABCDEF"):
        raise _refuse(f'"{short(value)}" is no reliability; write A (best) to E, or F for not judged')
    return value


def _lang(value: str) -> str:
    if not re.fullmatch(r"[a-z]{2,3}", value):
        raise _refuse(
            f'"{short(value)}" is no language code; write two or three small letters: '
            "en ar fa ckb kmr ku tr he ru fr, or another"
        )
    return value


def _country(value: str) -> str:
    if not re.fullmatch(r"[A-Z]{2}", value):
        raise _refuse(f'"{short(value)}" is no country code; write two capitals, such as IQ or GB')
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        known = sorted(available_timezones())
        if not known:
            raise _refuse("this machine has no time zone data; install the package tzdata") from None
        raise _refuse(unknown("time zone", value, known)) from None
    return value


def _interval(value: object) -> timedelta:
    found = _INTERVAL.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise _refuse(f'"{short(value)}" is no interval; write a number and a unit: 90s, 15m, 2h or 1d')
    length = timedelta(**{_UNITS[found[2]]: int(found[1])})
    if not timedelta(minutes=1) <= length <= timedelta(days=30):
        raise _refuse(f'the interval "{short(value)}" must be at least 60s (and at most 30d)')
    return length


def _seconds(value: object) -> timedelta:
    found = _INTERVAL.fullmatch(value) if isinstance(value, str) else None
    length = timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else timedelta(0)
    if found is None or not timedelta(seconds=1) <= length <= timedelta(minutes=5):
        raise _refuse(f'"{short(value)}" is no time from 1s to 5m; write a number and a unit: 10s')
    return length


def _expand(value: str, info: ValidationInfo) -> str:
    """Put environment variables and what the keyring holds in. No message shows the value: it may be a secret."""
    env: Mapping[str, str] = info.context["env"] if info.context else {}
    missing = sorted({name for name in _VARIABLE.findall(value) if not env.get(name)})
    if kept := [name.removeprefix("keyring:") for name in missing if name.startswith("keyring:")]:
        service, _, user = kept[0].rpartition("/")
        raise _refuse(
            f"the keyring holds nothing for {kept[0]}; install the extra [keyring], then `keyring set {service} {user}`"
        )
    if missing:
        raise _refuse(f"the environment variable {', '.join(missing)} is not set; set it before the start of monitor")
    return _VARIABLE.sub(lambda found: env[found[1]], value)


def _header_name(value: str) -> str:
    if not _HEADER.fullmatch(value):
        raise _refuse(f'"{short(value)}" is no header name; it may hold letters, digits and "-"')
    return value


def _header_value(value: str) -> str:
    if not (value.isascii() and value.isprintable()):
        raise _refuse(
            "the header's value holds a line break or a character outside ASCII (it may come from a variable)"
        )
    return value


def _url(value: str) -> str:
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise _refuse("the address cannot be read; copy it from the browser once more") from None
    if parts.scheme not in ("http", "https"):
        raise _refuse("the address must begin with http:// or https://")
    if not host or not value.isprintable() or " " in value:
        raise _refuse("the address has no host name, or a space or line break inside")
    return value


def not_web(value: str) -> str:
    """Why the address is none of the web, in words; empty where it is one."""
    try:
        _url(value)
    except PydanticCustomError as refused:
        return refused.message()
    return ""


def _quiet(value: object) -> tuple[time, time]:
    found = _QUIET.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise _refuse(f'"{short(value)}" are no hours; write from and to, such as 22:00-06:30, in quotes')
    start, end = (time(int(found[hour]), int(found[hour + 1])) for hour in (1, 3))
    if start == end:
        raise _refuse(f'"{short(value)}" ends when it begins; write two different times, such as 22:00-06:30')
    return start, end


def _store(value: str) -> str:
    scheme, found, _ = value.partition("://")
    if found and scheme not in _STORES:
        raise _refuse(unknown("kind of store", scheme, _STORES))
    return value


def _expression(value: str) -> str:
    """As written, so that columns hold; only what stands before a block's first line and after its last goes."""
    _text(value)
    return value.lstrip("\n").rstrip()


def _term(value: str) -> str:
    if not value.strip().removeprefix("-").strip():
        raise _refuse("this term is empty; write a word or delete the line")
    return value.strip()


def _example(value: object) -> tuple[tuple[str | None, str], ...]:
    pairs = [(None, value)] if isinstance(value, str) else list(value.items()) if isinstance(value, dict) else []
    if not pairs:
        raise _refuse('an example is a sentence, or {lang: "sentence"}')
    read: list[tuple[str | None, str]] = []
    for lang, text in pairs:
        if not isinstance(text, str) or not text.strip():
            raise _refuse("the sentence of this example is not text; put it in quotes")
        read.append((None if lang is None else _lang(str(lang)), text))
    return tuple(read)


def _shape(**schema: Any) -> WithJsonSchema:
    return WithJsonSchema(schema)


_INTERVAL_SHAPE = _shape(type="string", pattern="^[0-9]{1,6}\\s*[smhd]$", examples=["90s", "15m", "2h", "1d"])
_NAMES = _shape(type="string", pattern="^[a-z0-9][a-z0-9._-]{0,63}$")

Text = Annotated[str, AfterValidator(_text)]
Expression = Annotated[str, AfterValidator(_expression)]
Slug = Annotated[str, AfterValidator(_slug), _NAMES]
Term = Annotated[str, AfterValidator(_term)]
Example = Annotated[
    Any,
    AfterValidator(_example),
    _shape(anyOf=[{"type": "string"}, {"type": "object", "additionalProperties": {"type": "string"}}]),
]
HeaderName = Annotated[str, AfterValidator(_header_name)]
Header = Annotated[str, AfterValidator(_expand), AfterValidator(_header_value)]
Url = Annotated[str, AfterValidator(_expand), AfterValidator(_url)]
Address = Annotated[str, AfterValidator(_text), AfterValidator(_expand)]
Quiet = Annotated[tuple[time, time], BeforeValidator(_quiet), _shape(type="string", examples=["22:00-06:30"])]
Store = Annotated[str, AfterValidator(_text), AfterValidator(_store)]
Lang = Annotated[str, AfterValidator(_lang), _shape(type="string", pattern="^[a-z]{2,3}$")]
Zone = Annotated[str, AfterValidator(_zone), _shape(type="string", examples=["Asia/Baghdad", "UTC"])]
Country = Annotated[str, AfterValidator(_country), _shape(type="string", pattern="^[A-Z]{2}$")]
Reliability = Annotated[str, AfterValidator(_reliability), _shape(enum=list("ABCDEF"))]
Interval = Annotated[timedelta, BeforeValidator(_interval), _INTERVAL_SHAPE]
Seconds = Annotated[timedelta, BeforeValidator(_seconds), _INTERVAL_SHAPE]
Kind = Annotated[FeedKind, BeforeValidator(_kind), _shape(enum=[*get_args(FeedKind), *_KIND_WORDS])]
Type = Annotated[EventType, BeforeValidator(_choice("type", EVENT_TYPES)), _shape(enum=list(EVENT_TYPES))]
Level = Annotated[Severity, BeforeValidator(_choice("severity", SEVERITIES)), _shape(enum=list(SEVERITIES))]


def one_of(noun: str, *known: str) -> Any:
    """A text that is one of these."""
    return Annotated[str, BeforeValidator(_choice(noun, known)), _shape(enum=list(known))]
