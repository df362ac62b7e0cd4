"""The forms in which commands print: words for people, tab-parted lines, one JSON document, JSON lines."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable
from enum import Enum
from typing import Any, TypeVar, cast

import click

F = TypeVar("F", bound=Callable[..., Any])


class Form(Enum):
    """What --plain, --json and --jsonl choose."""

    TEXT = "text"
    PLAIN = "plain"
    JSON = "json"
    JSONL = "jsonl"


_HELP = {
    Form.PLAIN: "One line each, fields parted by tabs.",
    Form.JSON: "One JSON document.",
    Form.JSONL: "One JSON object a line.",
}


def forms(*offered: Form) -> Callable[[F], F]:
    """Options for these forms; the command gets the one chosen as `form`. The last one named wins."""

    def decorate(command: F) -> F:
        @functools.wraps(command)
        def called(*args: Any, form: str | None, **given: Any) -> Any:
            return command(*args, form=Form(form or "text"), **given)

        decorated: Any = called
        for one in reversed(offered):
            option = click.option(f"--{one.value}", "form", flag_value=one.value, default=None, help=_HELP[one])
            decorated = option(decorated)
        return cast(F, decorated)

    return decorate


def as_json(record: Any) -> str:
    """One JSON document for people and programs."""
    return json.dumps(record, ensure_ascii=False, indent=2).encode("utf-8", "replace").decode()


def emit(form: Form, records: Iterable[dict[str, Any]]) -> None:
    """Records as one document, or a line each."""
    from monitor.export.jsonl import line

    if form is Form.JSON:
        click.echo(as_json(list(records)))
    else:
        for record in records:
            click.echo(line(record))
