"""What is wrong with a section of feeds.yml, in plain words, by its path in the file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from pydantic import Field, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from monitor.schema.sections import (
    ExamplesSection,
    FeedSection,
    NotifySection,
    PollingSection,
    RuleSection,
    Section,
    TopSection,
    UiSection,
)
from monitor.schema.values import Slug, Term, unknown

Path = tuple[str | int, ...]


# ---- findings --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Finding:
    """A mistake by its path in the file; `at_key`: show the key rather than its value."""

    path: Path
    what: str
    at_key: bool = False


# What "id:a" is for YAML: a text.
_GLUED = re.compile(r"([A-Za-z_][A-Za-z0-9_]*):\S")

# Where a key belongs that stands in the wrong place; of two places the one most often meant comes first.
_HOMES: tuple[tuple[type[Section], str], ...] = (
    (TopSection, "the top of the file, without blanks before it"),
    (RuleSection, 'a rule, under "rules:"'),
    (FeedSection, 'a feed, under "feeds:"'),
    (PollingSection, '"polling:"'),
    (UiSection, '"ui:"'),
    (NotifySection, 'a line of "notify:"'),
)

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
        if isinstance(raw, str) and (glued := _GLUED.match(raw)):
            what = f'a blank is missing after the colon: write "{glued[1]}: " and then the value'
            return None, [Finding(path, what)]
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
        home = next((told for section, told in _HOMES if where[-1] in _names(section)), None)
        if home is not None and inner is schema:
            return Finding(where, f'the key "{where[-1]}" does not belong here but to {home}', at_key=True)
        return Finding(where, unknown("key", where[-1], _names(inner)), at_key=True)
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
