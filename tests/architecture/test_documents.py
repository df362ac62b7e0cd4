"""What is not documented does not exist, and what is documented is true: commands, options, codes, keys, examples."""

from __future__ import annotations

import importlib.util
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import click
import pytest
from click.testing import CliRunner

from monitor import config
from monitor.cli import cli
from monitor.cli.commands import COMMANDS
from monitor.cli.talk import MEANING, Exit
from monitor.rules.engine import compile_rules

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
NAMES = {"T": "x", "HOOK": "x", "MAIL": "x", "EXAMPLE_TOKEN": "x", "SHAFAQ_TOKEN": "x", "MY_TOKEN": "x", "NAME": "x"}
NO_COMMANDS = {"|", ";", "&&", ">", ">>", "<", "2>&1", ">/dev/null"}


def commands(group: click.Group, prefix: str = "monitor") -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield f"{prefix} {name}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{prefix} {name}")


ALL = [("monitor", cli), *commands(cli)]


@cache
def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def blocks(language: str) -> list[Any]:
    """The code blocks of one language, with the page they stand on."""
    found = []
    for path in PAGES:
        for number, block in enumerate(re.findall(rf"^```{language}\n(.*?)^```", text_of(path), re.M | re.S)):
            found.append(pytest.param(block, id=f"{path.name}-{number}"))
    return found


# ---- nothing is missing ----------------------------------------------------------------------------------------------


@cache
def reference() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_reference", ROOT / "docs" / "build_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["commands.md", "configuration.md"])
def test_the_reference_is_current(name: str) -> None:
    made = reference().PAGES[name]()
    assert text_of(ROOT / "docs" / name) == made, "run: uv run python docs/build_reference.py"


@pytest.mark.parametrize(("name", "command"), ALL, ids=[name for name, _ in ALL])
def test_commands_and_options_are_documented(name: str, command: click.Command) -> None:
    page = text_of(ROOT / "docs" / "commands.md")
    section = re.search(rf"^##+ `{re.escape(name)}[ `](.*?)(?=^##+ |\Z)", page, re.M | re.S)
    assert section, f"{name} is missing"
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert all(option in section[1] for option in parameter.opts), f"{name} {parameter.opts} is missing"


@pytest.mark.parametrize("name", sorted({name.split()[1] for name, _ in ALL if " " in name}))
def test_the_readme_names_every_command(name: str) -> None:
    assert f"`monitor {name}" in text_of(ROOT / "README.md")


@pytest.mark.parametrize("name", cli.list_commands(click.Context(cli)))
def test_the_list_of_commands_says_of_each_what_it_says_itself(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert COMMANDS[name][1] == command.get_short_help_str(limit=1000)


@pytest.mark.parametrize("code", list(Exit))
def test_exit_codes_are_documented(code: Exit) -> None:
    assert f"| {int(code)} | {MEANING[code]} |" in text_of(ROOT / "docs" / "commands.md")
    assert re.search(rf"Exit codes: .*\b{int(code)} ", text_of(ROOT / "README.md"))


@pytest.mark.parametrize(("name", "command"), ALL, ids=[name for name, _ in ALL])
def test_help_texts_have_an_example_that_can_be_typed(name: str, command: click.Command) -> None:
    assert command.help
    if not isinstance(command, click.Group):
        assert "Example" in command.help
    for line in re.findall(r"(?:Example: |^  )(.*\bmonitor\b.*)", command.help, re.M):
        typed(line.split("      ")[0])


# ---- nothing is wrong ------------------------------------------------------------------------------------------------


def typed(line: str) -> None:
    """Parses every `monitor ...` of a shell line, running nothing."""
    words = shlex.split(line, comments=True)
    for start in [number for number, word in enumerate(words) if word == "monitor" or word.endswith("/bin/monitor")]:
        ends = [number for number, word in enumerate(words) if number > start and word in NO_COMMANDS]
        try:
            parsed(words[start + 1 : min(ends, default=len(words))])
        except click.BadParameter as error:
            if not re.search("No such file|does not exist", error.message):  # a file of the example's reader
                raise


def parsed(arguments: list[str]) -> None:
    context: click.Context = cli.make_context("monitor", list(arguments))
    while isinstance(context.command, click.Group) and (left := [*context._protected_args, *context.args]):
        name, command, rest = context.command.resolve_command(context, left)
        assert command is not None
        context = command.make_context(name, rest, parent=context)


@pytest.mark.parametrize("block", [*blocks("sh"), *blocks("ini"), *blocks("cron")])
def test_commands_in_the_documents_can_be_typed(block: str) -> None:
    for line in block.splitlines():
        if re.search(r"(?:^|[ /=|(])monitor ", line) and not line.startswith("systemctl"):
            typed(re.sub(r"^(ExecStart=|(\S+ ){5}(?=\$HOME))", "", line).replace("%h", "/home/layla"))


@pytest.mark.parametrize("block", blocks("yaml"))
def test_configurations_in_the_documents_hold(block: str, tmp_path: Path) -> None:
    if "language: en" in block:  # a lexicon, not a feeds.yml
        return
    file = tmp_path / "feeds.yml"
    file.write_text(block, encoding="utf-8")
    found = config.load(file, env=NAMES)
    ruleset, mistakes = compile_rules(found.rules, found.lists)
    assert not mistakes
    assert ruleset is not None
    for compiled in ruleset.rules:
        from monitor.rules.engine import failing_examples

        assert not failing_examples(ruleset, compiled)


@pytest.mark.parametrize("block", blocks("console"))
def test_what_the_documents_show_is_what_happens(block: str, tmp_path: Path, compiled_once: None) -> None:
    """`$ ` is typed, `< ` handed in; every other line must stand in what was printed, in that order."""
    file = tmp_path / "feeds.yml"
    file.write_text("user: layla\nshipped_rules: true\nfeeds: []\n", encoding="utf-8")
    before = ["--config", str(file), "--store", str(tmp_path / "store.db")]
    for step in re.split(r"^\$ ", block, flags=re.M)[1:]:
        command, *lines = step.rstrip("\n").split("\n")
        given = "\n".join(line[2:] for line in lines if line.startswith("< "))
        env = {"XDG_STATE_HOME": str(tmp_path), "COLUMNS": "100"}
        done = CliRunner().invoke(
            cli, [*before, *shlex.split(command)[1:]], input=given, env=env, standalone_mode=False
        )
        assert done.exception is None
        at = 0
        for line in [line for line in lines if not line.startswith("< ")]:
            at = done.output.find(line, at)
            assert at >= 0, f"{command}: {line!r} is not in\n{done.output}"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\((?!https?://)([^)\s]+)\)", text_of(path)):
        file, _, heading = target.partition("#")
        found = (path.parent / file).resolve() if file else path
        assert found.exists(), f"{path.name}: {target}"
        if heading:
            titles = re.findall(r"^#+ (.+)$", text_of(found), re.M)
            slugs = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
            assert heading in slugs, f"{path.name}: {target}"
