"""`monitor config`: where the configuration is, whether it holds, what it says, and the way into an editor."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from monitor import config as configuration
from monitor.cli import judged
from monitor.cli.output import Form, as_json, forms
from monitor.cli.setup import Options, load, read_seeds, store_path
from monitor.cli.sharing import pull, push
from monitor.cli.talk import Exit, several, tell
from monitor.errors import ConfigError, InputError
from monitor.feeds.clean import mask_url, safe
from monitor.model import Config, Feed, Notify, Rule
from monitor.store.names import masked


@click.group("config")
def command() -> None:
    """Checks the configuration, shows it, opens it in an editor, tells where it is, or shares it through the store."""


command.add_command(push)
command.add_command(pull)


@command.command("check")
@click.pass_obj
def check(options: Options) -> int:
    """Names every mistake in feeds.yml and the seeds with its line, or says that there is none.

    \b
    Example: monitor --config my.yml config check
    """
    config, ruleset = load(options)
    seeds = read_seeds(config)
    enabled = sum(feed.enabled for feed in config.feeds)
    counts = (several(enabled, "feed"), several(len(ruleset.rules), "rule"), several(len(seeds), "seed"))
    click.echo(f"{config.file}: no mistakes; {', '.join(counts)}")
    for doubt in _doubts(config):
        tell(doubt)
    if not enabled:
        tell(
            "No feed is enabled: nothing will be polled. Add one: monitor feeds add SITE; or write: shipped_feeds: true"
        )
    shipped = {rule.id for rule in judged.load(configuration.shipped() / "feeds.yml").rules}
    if not any(compiled.rule.id in shipped for compiled in ruleset.rules):
        tell("The shipped rules are not in this file. To have them beside your own, write: shipped_rules: true")
    return Exit.DONE


def _doubts(config: Config) -> Iterator[str]:
    """What may be meant, and more likely is a slip: a theme that nobody has, a language without a lexicon."""
    from difflib import get_close_matches

    from monitor.dashboard.settings import THEMES
    from monitor.language.lexicon import LANGUAGES

    theme = dict(config.ui).get("theme")
    if theme is not None and theme not in THEMES:
        from monitor.dashboard.themes import known

        if not known(theme):
            near = get_close_matches(theme, THEMES, 1)
            hint = f" Did you mean {near[0]}?" if near else f" There are: {', '.join(THEMES)}."
            yield f"ui.theme: there is no theme called {safe(theme)}; dark is used.{hint}"
    for feed in config.feeds:
        if feed.lang is not None and feed.lang not in (*LANGUAGES, "ku"):
            yield f"feed {safe(feed.id)}: no lexicon for lang: {safe(feed.lang)}; there are: {' '.join(LANGUAGES)}"


@command.command("path")
@forms(Form.JSON)
@click.pass_obj
def path(options: Options, form: Form) -> int:
    """Prints the files in use: feeds.yml, seeds, store.

    \b
    Example: monitor config path
    """
    found = configuration.find(options.config, Path.cwd(), os.environ)
    config = configuration.load(found)
    places = {
        "feeds.yml": str(found),
        "seeds": str(configuration.seeds_folder(config)),
        "store": masked(store_path(options, config)),
    }
    if form is Form.JSON:
        click.echo(as_json(places))
        return Exit.DONE
    for name, place in places.items():
        click.echo(f"{name:<10} {place}")
    return Exit.DONE


@command.command("show")
@click.pass_obj
def show(options: Options) -> int:
    """Prints the configuration in force, shipped feeds and rules included, as JSON (which is YAML too). What may be a
    secret - headers, passwords and keys in addresses - is masked.

    \b
    Example: monitor config show
    """
    config, _ = load(options)
    click.echo(as_json(config_record(config, store=masked(store_path(options, config)))))
    return Exit.DONE


@command.command("schema")
def schema() -> int:
    """Prints the JSON Schema of feeds.yml, for editors. `monitor init` writes it beside feeds.yml.

    \b
    Example: monitor config schema > feeds.schema.json
    """
    from monitor.schema import json_schema

    click.echo(as_json(json_schema()))
    return Exit.DONE


@command.command("edit")
@click.argument("identifier", metavar="[ID]", required=False)
@click.pass_obj
def edit(options: Options, identifier: str | None) -> int:
    """Opens feeds.yml in $VISUAL or $EDITOR, at the feed or rule of that id, else at the first mistake, and checks it.

    \b
    Example: EDITOR=vim monitor config edit base-handover
    """
    path = configuration.find(options.config, Path.cwd(), os.environ)
    if path.resolve() == (configuration.shipped() / configuration.NAME).resolve():
        raise InputError(f"{path} is the shipped one and stays as it is. `monitor init` writes one of your own.")
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not editor:
        raise InputError("No editor is set. Set EDITOR, for example: EDITOR=nano monitor config edit")
    line = _line_of(path, identifier) if identifier else _first_mistake(path)
    command = editor_command(editor, str(path), line)
    try:
        done = subprocess.run(command, check=False)  # noqa: S603 - the person's own editor, no shell
    except OSError as error:
        raise InputError(f"The editor {command[0]} cannot be started: {error.strerror}. Set EDITOR.") from error
    if done.returncode:
        raise InputError(f"The editor {command[0]} ended with {done.returncode}; nothing was checked.")
    load(options)
    tell(f"{path}: no mistakes")
    return Exit.DONE


def editor_command(editor: str, path: str, line: int) -> list[str]:
    """How this editor is told to open a file at a line. Raises InputError where the setting cannot be read."""
    try:
        words = shlex.split(editor)
    except ValueError as error:
        raise InputError(f"EDITOR cannot be read: {error}. Write a program and its options.") from error
    name = Path(words[0]).name.removesuffix(".exe") if words else ""
    if name in ("code", "code-insiders", "codium", "cursor"):
        return [*words, "--wait", "--goto", f"{path}:{line}"]
    if name in ("hx", "helix", "subl", "micro", "zed", "kate"):
        return [*words, f"{path}:{line}"]
    if name in (
        "vi",
        "vim",
        "nvim",
        "view",
        "nano",
        "pico",
        "emacs",
        "emacsclient",
        "joe",
        "mg",
        "ne",
        "kak",
        "mcedit",
    ):
        return [*words, f"+{line}", path]
    return [*words, path]


def _line_of(path: Path, identifier: str) -> int:
    """The line of a feed or rule. Found in the text, so that a file with mistakes can be mended."""
    pattern = re.compile(rf"^\s*-?\s*\{{?\s*id:\s*[\"']?{re.escape(identifier)}[\"']?\s*(?:[,#}}].*)?$")
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        if pattern.match(line):
            return number
    raise InputError(f"{path} has no feed or rule with the id {identifier!r}.")


def _first_mistake(path: Path) -> int:
    from monitor.cli.setup import load_file

    try:
        load_file(path)
    except ConfigError as error:
        tell(str(error.mistakes[0]))
        return error.mistakes[0].line
    return 1


# ---- records ---------------------------------------------------------------------------------------------------------


def config_record(config: Config, *, store: str) -> dict[str, Any]:
    """The configuration in the form of feeds.yml, with nothing in it that may be a secret."""
    return {
        "user": config.user,
        "store": store,
        "seeds": str(configuration.seeds_folder(config)),
        "ui": {**dict(config.ui), "keys": dict(config.keys)},
        "feeds": [_feed(feed) for feed in config.feeds],
        "lists": {name: list(terms) for name, terms in config.lists},
        "rules": [_rule(rule) for rule in config.rules],
        "notify": [_notify(line) for line in config.notify],
    }


def _feed(feed: Feed) -> dict[str, Any]:
    seconds = int(feed.interval.total_seconds()) if feed.interval is not None else None
    return _given({
        "id": feed.id,
        "url": mask_url(feed.url),
        "name": feed.name,
        "lang": feed.lang,
        "tz": feed.tz,
        "country": feed.country,
        "region": feed.region,
        "family": feed.family,
        "kind": feed.kind,
        "reliability": feed.reliability,
        "interval": f"{seconds}s" if seconds else None,
        "enabled": feed.enabled,
        "allow_private": feed.allow_private,
        "headers": {name: "***" for name, _ in feed.headers},
    })  # fmt: skip


def _rule(rule: Rule) -> dict[str, Any]:
    return _given({
        "id": rule.id,
        "type": rule.type,
        "severity": rule.severity,
        "when": rule.when,
        "unless": rule.unless,
        "keywords": list(rule.keywords),
        "enabled": rule.enabled,
    })  # fmt: skip


def _notify(line: Notify) -> dict[str, Any]:
    spans = {name: getattr(line, name) for name in ("cooldown", "repeat", "digest")}
    return _given({
        "when": line.when,
        "channel": line.channel,
        "run": list(line.run),
        # The address of a hook or of a mailbox is a secret as a whole.
        "url": f"{line.url.partition('://')[0]}://***" if line.url else None,
        "headers": {name: "***" for name, _ in line.headers},
        "allow_private": line.allow_private,
        **{name: f"{int(span.total_seconds())}s" if span else None for name, span in spans.items()},
        "quiet": f"{line.quiet[0]:%H:%M}-{line.quiet[1]:%H:%M}" if line.quiet else None,
        "tz": line.tz,
    })  # fmt: skip


def _given(record: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if value not in (None, "", [], {})}
