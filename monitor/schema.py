"""What feeds.yml may say, and how each mistake in it is worded.

The only importer of pydantic; `monitor.config` imports it when a file is read, so importing that stays cheap. A finding
names its path in the file; the caller turns it into line and column.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from typing import Annotated, Any, TypeVar, get_args
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from monitor.model import EVENT_TYPES, SEVERITIES, EventType, FeedKind, Severity

Path = tuple[str | int, ...]

_SLUG = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_INTERVAL = re.compile(r"([0-9]{1,6})\s*([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_KIND_WORDS = {"pro-government": "pro_government", "party-affiliated": "party"}
_STORES = ("postgresql", "postgres", "sqlite", "file")


# ---- values ----------------------------------------------------------------------------------------------------------


def _refuse(what: str) -> PydanticCustomError:
    return PydanticCustomError("monitor", "{what}", {"what": what})


def _unknown(noun: str, value: object, known: Iterable[str]) -> str:
    names = list(known)
    near = get_close_matches(str(value), names, n=1)
    if near:
        return f'unknown {noun} "{_short(value)}", did you mean "{near[0]}"?'
    listed = "" if len(names) > 40 else f"; known here: {', '.join(names)}"
    return f'unknown {noun} "{_short(value)}"{listed}'


def _short(value: object) -> str:
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
    raise _refuse(f'"{_short(value)}" must be made of small letters a-z, digits, "-", "_" and "."{hint}')


def _choice(noun: str, known: tuple[str, ...]) -> Callable[[object], object]:
    def check(value: object) -> object:
        if value not in known:
            raise _refuse(_unknown(noun, value, known))
        return value

    return check


def _kind(value: object) -> object:
    known = (*get_args(FeedKind), *_KIND_WORDS)
    found = _choice("kind", known)(value)
    return _KIND_WORDS.get(str(found), found)


def _reliability(value: str) -> str:
    if value not in tuple("ABCDEF"):
        raise _refuse(f'"{_short(value)}" is no reliability; write A (best) to E, or F for not judged')
    return value


def _lang(value: str) -> str:
    if not re.fullmatch(r"[a-z]{2,3}", value):
        raise _refuse(
            f'"{_short(value)}" is no language code; write two or three small letters: '
            "en ar fa ckb kmr ku tr he ru fr, or another"
        )
    return value


def _country(value: str) -> str:
    if not re.fullmatch(r"[A-Z]{2}", value):
        raise _refuse(f'"{_short(value)}" is no country code; write two capitals, such as IQ or GB')
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        known = sorted(available_timezones())
        if not known:
            raise _refuse("this machine has no time zone data; install the package tzdata") from None
        raise _refuse(_unknown("time zone", value, known)) from None
    return value


def _interval(value: object) -> timedelta:
    found = _INTERVAL.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise _refuse(f'"{_short(value)}" is no interval; write a number and a unit: 90s, 15m, 2h or 1d')
    length = timedelta(**{_UNITS[found[2]]: int(found[1])})
    if not timedelta(minutes=1) <= length <= timedelta(days=30):
        raise _refuse(f'the interval "{_short(value)}" must be at least 60s (and at most 30d)')
    return length


def _expand(value: str, info: ValidationInfo) -> str:
    """Put environment variables in. No message shows the value: it may be a secret."""
    env: Mapping[str, str] = info.context["env"] if info.context else {}
    missing = sorted({name for name in _VARIABLE.findall(value) if not env.get(name)})
    if missing:
        raise _refuse(f"the environment variable {', '.join(missing)} is not set; set it before the start of monitor")
    return _VARIABLE.sub(lambda found: env[found[1]], value)


def _header_name(value: str) -> str:
    if not _HEADER.fullmatch(value):
        raise _refuse(f'"{_short(value)}" is no header name; it may hold letters, digits and "-"')
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


def _store(value: str) -> str:
    scheme, found, _ = value.partition("://")
    if found and scheme not in _STORES:
        raise _refuse(_unknown("kind of store", scheme, _STORES))
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


Text = Annotated[str, AfterValidator(_text)]
Expression = Annotated[str, AfterValidator(_expression)]
Slug = Annotated[str, AfterValidator(_slug)]
Term = Annotated[str, AfterValidator(_term)]
Example = Annotated[Any, AfterValidator(_example)]
Header = Annotated[str, AfterValidator(_expand), AfterValidator(_header_value)]


# ---- sections --------------------------------------------------------------------------------------------------------


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class TopSection(Section):
    user: Text | None = None
    store: Annotated[Text, AfterValidator(_store)] | None = None
    seeds: Text | None = None
    ui: dict[Any, Any] | None = None
    feeds: list[Any] | None = None
    lists: dict[Any, Any] | None = None
    rules: list[Any] | None = None
    shipped_rules: bool = False
    notify: list[Any] | None = None


class UiSection(Section):
    bidi: Annotated[str, BeforeValidator(_choice("bidi", ("auto", "isolate", "reorder", "off")))] | None = None
    theme: Text | None = None
    keys: dict[Text, Text] | None = None


class FeedSection(Section):
    id: Slug
    url: Annotated[str, AfterValidator(_expand), AfterValidator(_url)]
    name: Text | None = None
    lang: Annotated[str, AfterValidator(_lang)] | None = None
    tz: Annotated[str, AfterValidator(_zone)] | None = None
    country: Annotated[str, AfterValidator(_country)] | None = None
    region: Text | None = None
    family: Text | None = None
    kind: Annotated[FeedKind, BeforeValidator(_kind)] = "independent"
    reliability: Annotated[str, AfterValidator(_reliability)] = "F"
    interval: Annotated[timedelta, BeforeValidator(_interval)] | None = None
    enabled: bool = True
    allow_private: bool = False
    headers: dict[Annotated[str, AfterValidator(_header_name)], Header] | None = None


class ExamplesSection(Section):
    match: Annotated[list[Example], Field(min_length=1)] | None = None
    not_: Annotated[list[Example] | None, Field(min_length=1, alias="not")] = None


class RuleSection(Section):
    id: Slug
    type: Annotated[EventType, BeforeValidator(_choice("type", EVENT_TYPES))] = "keyword"
    severity: Annotated[Severity, BeforeValidator(_choice("severity", SEVERITIES))] = "medium"
    when: Expression | None = None
    unless: Expression | None = None
    keywords: Annotated[list[Term], Field(min_length=1)] | None = None
    examples: ExamplesSection | None = None
    enabled: bool = True


class NotifySection(Section):
    when: Text
    channel: Annotated[str, BeforeValidator(_choice("channel", ("bell", "command")))]
    run: Annotated[list[Text], Field(min_length=1)] | None = None


# ---- findings --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Finding:
    """A mistake by its path in the file; `at_key`: show the key rather than its value."""

    path: Path
    what: str
    at_key: bool = False


S = TypeVar("S", bound=Section)
_LISTS: TypeAdapter[dict[str, list[str]]] = TypeAdapter(dict[Slug, Annotated[list[Term], Field(min_length=1)]])
_WANTED = {
    "string_type": "text",
    "bool_type": "true or false",
    "list_type": "a list, each item on its own line after a dash, or all in [ ]",
    "dict_type": "a mapping of keys to values",
    "model_type": "a mapping of keys to values",
    "model_attributes_type": "a mapping of keys to values",
}


def check(schema: type[S], raw: object, path: Path, env: Mapping[str, str]) -> tuple[S | None, list[Finding]]:
    """`raw` read as `schema`, or None and what is wrong with it. `env` fills `${NAME}` in addresses and headers."""
    if not isinstance(raw, dict):
        keys = ", ".join(_names(schema))
        return None, [Finding(path, f"this must be a mapping with keys out of: {keys}")]
    try:
        return schema.model_validate(raw, context={"env": env}), []
    except ValidationError as error:
        return None, [_finding(detail, schema, path) for detail in error.errors(include_url=False)]


def check_lists(raw: dict[Any, Any]) -> list[Finding]:
    """What is wrong with the word lists."""
    try:
        _LISTS.validate_python(raw, strict=True)
    except ValidationError as error:
        return [_finding(detail, Section, ("lists",)) for detail in error.errors(include_url=False)]
    return []


def _names(schema: type[Section]) -> list[str]:
    return [info.alias or name for name, info in schema.model_fields.items()]


def _finding(detail: ErrorDetails, schema: type[Section], path: Path) -> Finding:
    loc = detail["loc"]
    where = (*path, *(step for step in loc if step != "[key]"))
    if detail["type"] in ("extra_forbidden", "invalid_key"):
        inner = ExamplesSection if loc[0] == "examples" and len(loc) > 1 else schema
        return Finding(where, _unknown("key", where[-1], _names(inner)), at_key=True)
    if detail["type"] == "missing":
        return Finding(where[:-1], f'the key "{loc[-1]}" is missing')
    return Finding(where, _words(detail, where), at_key=loc[-1] == "[key]")


def _words(detail: ErrorDetails, where: Path) -> str:
    """The mistake in plain words, without the value: it may be a secret."""
    kind, value = detail["type"], detail["input"]
    if kind == "monitor":
        return detail["msg"]
    name = next((str(step) for step in reversed(where) if isinstance(step, str)), "feeds.yml")
    if kind == "too_short":
        return f'the list "{name}" is empty; write at least one item, or delete the key'
    subject = f'each item of "{name}"' if isinstance(where[-1], int) else f'"{name}"'
    wanted = _WANTED.get(kind)
    if wanted is None:
        return f"{subject} cannot be used: {detail['msg']}"
    if value is None:
        return f"{subject} has no value; it must be {wanted}"
    if kind == "string_type" and isinstance(value, (int, float)):
        return f"{subject} must be text; put the value in quotes"
    return f"{subject} must be {wanted}"
