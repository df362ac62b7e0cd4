"""What is not documented does not exist: every command and option stands in the README or the docs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from monitor.cli import cli

ROOT = Path(__file__).resolve().parents[2]


def commands(group: click.Group, prefix: str = "monitor") -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield f"{prefix} {name}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{prefix} {name}")


ALL = [("monitor", cli), *commands(cli)]


@pytest.fixture(scope="module")
def documents() -> str:
    files = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


@pytest.mark.parametrize(("name", "command"), ALL, ids=[name for name, _ in ALL])
def test_commands_and_options_are_documented(name: str, command: click.Command, documents: str) -> None:
    assert f"`{name}" in documents or f"\n{name}" in documents, f"{name} is missing"
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.opts[0] in documents, f"{name} {parameter.opts[0]} is missing"


@pytest.mark.parametrize(("name", "command"), ALL, ids=[name for name, _ in ALL])
def test_help_texts_have_an_example(name: str, command: click.Command) -> None:
    assert command.help
    assert isinstance(command, click.Group) or "Example" in command.help
