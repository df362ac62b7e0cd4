"""Writes docs/commands.md and docs/configuration.md from the program itself, so that they cannot be wrong.

    uv run python docs/build_reference.py            # from the root of the checkout, after a change of command or key

A test says when they are no longer what this writes.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from monitor.cli import cli  # noqa: E402 - the checkout it stands in
from monitor.cli.talk import MEANING  # noqa: E402
from monitor.schema import json_schema  # noqa: E402

_COMMANDS = """\
# Commands

Made by `docs/build_reference.py` from the program: what stands here is what `monitor COMMAND --help` says.

Before every command may stand `--config FILE`, `--store PATH|URL`, `--read-only`. Standard output is data, standard
error is talk, so that `monitor export csv > reports.csv` holds nothing but the table. `--json` is one document,
`--jsonl` one object a line, `--plain` one line each with fields parted by tabs.

A STORY is named by its id or the first characters of it, as `monitor stories` prints them. A WHEN is an age (`24h`,
`7d`) or a date (`2026-01-05`, `2026-01-17T08:30:00+03:00`). A CONDITION is one or more comparisons joined by `and`:
`severity>=high and verdict=updates,contradicts and rule=base-*`; see [notices](notices.md).

## Exit codes

| code | means |
|---|---|
"""
_CONFIGURATION = """\
# feeds.yml, key by key

Made by `docs/build_reference.py` from the schema that reads the file. The same as a JSON Schema for editors: `monitor
config schema`; `monitor init` writes it beside feeds.yml as `feeds.schema.json`, and the first line of feeds.yml
names it (`# yaml-language-server: $schema=feeds.schema.json`), which editors with the YAML language server follow.

`monitor` takes the first it finds: `--config FILE` (or `MONITOR_CONFIG`), `./feeds.yml`, `feeds.yml` in the
configuration directory (`monitor config path` prints it), the shipped one. `monitor config check` names every mistake
at once with line and column; `monitor config show` prints what is in force, without secrets; `monitor config edit ID`
opens the file at a feed or rule.

A monitor that runs takes a changed file over by itself (SIGHUP: at once). One that does not hold is told, and the one
from before goes on. Only another `store:` waits for the next start. A feed whose address or headers were mended is
polled at once.

`${NAME}` in addresses and headers is the environment variable of that name, `${keyring:SERVICE/NAME}` what
`keyring set SERVICE NAME` has put into the system's keyring (extra `[keyring]`). An unknown key is a mistake,
never passed over.
"""
_TITLES = {
    "": "The file",
    "FeedSection": "feeds: one of them",
    "RuleSection": "rules: one of them",
    "ExamplesSection": "rules: examples",
    "NotifySection": "notify: one line",
    "UiSection": "ui",
    "PollingSection": "polling",
}


def commands() -> str:
    """docs/commands.md."""
    lines = [_COMMANDS.rstrip("\n")]
    lines += [f"| {int(code)} | {means} |" for code, means in MEANING.items()]
    lines += ["", *_command(cli, "monitor")]
    return "\n".join(lines).rstrip() + "\n"


def _command(command: click.Command, name: str) -> Iterator[str]:
    context = click.Context(command, info_name=name)
    arguments = [part for part in command.collect_usage_pieces(context) if part != "[OPTIONS]"]
    group = isinstance(command, click.Group)
    yield f"## `{name}`" if group else f"### `{' '.join([name, *arguments])}`"
    yield ""
    yield from _prose(inspect.cleandoc(command.help or ""))
    options = [parameter for parameter in command.params if isinstance(parameter, click.Option)]
    if options:
        yield ""
        yield "| option | does |"
        yield "|---|---|"
    for option in options:
        record = option.get_help_record(context)
        if record is not None:
            yield f"| `{record[0].replace('|', chr(92) + '|')}` | {record[1].replace('|', chr(92) + '|')} |"
    yield ""
    if isinstance(command, click.Group):
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            assert found is not None
            yield from _command(found, f"{name} {child}")


def _prose(text: str) -> Iterator[str]:
    """The help as paragraphs; what click prints as it stands (after \\b) is code."""
    for paragraph in text.split("\n\n"):
        kept, _, rest = paragraph.partition("\b\n")
        if kept.strip():
            yield from (*kept.rstrip().splitlines(), "")
        if rest:
            examples = [line for line in rest.splitlines() if not line.startswith("Exit codes")]
            yield from ("```text", *examples, "```")
            yield from (line for line in rest.splitlines() if line.startswith("Exit codes"))


def configuration() -> str:
    """docs/configuration.md."""
    schema = json_schema()
    lines = [_CONFIGURATION.rstrip("\n")]
    for name, title in _TITLES.items():
        section = schema["$defs"][name] if name else schema
        lines += ["", f"## {title}", "", section["description"], "", "| key | is | left out | |", "|---|---|---|---|"]
        for key, described in section["properties"].items():
            needed = key in section.get("required", ())
            words = _cell(described.get("description", ""))
            lines.append(
                f"| `{key}` | {_cell(_kind(described))} | {'needed' if needed else _default(described)} | {words} |"
            )
    return "\n".join(lines) + "\n"


def _kind(shape: dict[str, Any]) -> str:
    """What a value is, in words."""
    if "enum" in shape:
        return ", ".join(f"`{value}`" for value in shape["enum"])
    if "anyOf" in shape:
        return " or ".join(_kind(one) for one in shape["anyOf"] if one.get("type") != "null")
    if "$ref" in shape:
        return "a mapping, see below"
    kinds = shape.get("type")
    kind = next((one for one in kinds if one != "null"), "") if isinstance(kinds, list) else kinds or "a sentence"
    if kind == "array":
        inner = shape.get("items", {})
        return "a list of mappings, see below" if "$ref" in inner else "a list"
    words = {"boolean": "true or false", "object": "a mapping", "string": "text"}.get(kind, kind)
    examples = shape.get("examples")
    return f"{words} such as {', '.join(f'`{one}`' for one in examples)}" if examples else words


def _default(shape: dict[str, Any]) -> str:
    value = shape.get("default")
    return "" if value is None else f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


PAGES = {"commands.md": commands, "configuration.md": configuration}

if __name__ == "__main__":
    for name, page in PAGES.items():
        (HERE / name).write_text(page(), encoding="utf-8")
