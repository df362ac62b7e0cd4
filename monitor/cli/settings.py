"""`monitor config`: where the configuration is, and whether it holds."""

from __future__ import annotations

import os
from pathlib import Path

import click

from monitor import config as configuration
from monitor.cli.setup import Options, load, read_seeds, store_path
from monitor.cli.talk import Exit, several, tell
from monitor.store.engine import masked


@click.group("config")
def command() -> None:
    """Checks the configuration, or tells where it is."""


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
    if not enabled:
        tell("No feed is enabled: nothing will be polled. Add one under feeds:")
    shipped = {rule.id for rule in configuration.load(configuration.shipped() / "feeds.yml").rules}
    if not any(compiled.rule.id in shipped for compiled in ruleset.rules):
        tell("The shipped rules are not in this file. To have them beside your own, write: shipped_rules: true")
    return Exit.DONE


@command.command("path")
@click.pass_obj
def path(options: Options) -> int:
    """Prints the files in use: feeds.yml, seeds, store.

    \b
    Example: monitor config path
    """
    found = configuration.find(options.config, Path.cwd(), os.environ)
    config = configuration.load(found)
    click.echo(f"feeds.yml  {found}")
    click.echo(f"seeds      {configuration.seeds_folder(config)}")
    click.echo(f"store      {masked(store_path(options, config))}")
    return Exit.DONE
