"""Opens what a command needs: configuration, rules, seeds, store. Here the parts that know the world are handed in.

Each part is imported where it is opened: a command that needs no network or store does not wait for them.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from monitor import __version__, cache, config as configuration
from monitor.baseline.seeds import Seed, parse_seed
from monitor.cli import judged
from monitor.cli.options import Options as Options
from monitor.cli.talk import Progress, tell
from monitor.errors import ConfigError, Mistake, SeedError, StoreError
from monitor.language.words import tokenize
from monitor.model import Board, Config, Polling
from monitor.rules.engine import Ruleset, compile_rules

if TYPE_CHECKING:
    from monitor.feeds.fetch import Fetcher
    from monitor.service import Monitor
    from monitor.store.archive import Archive

USER_AGENT = f"monitor/{__version__} (posture-monitor, a feed reader)"


def load(options: Options) -> tuple[Config, Ruleset]:
    """Configuration and compiled rules. Raises ConfigError with every mistake of both."""
    path = configuration.find(options.config, Path.cwd(), os.environ)
    return load_file(path)


def load_file(path: Path) -> tuple[Config, Ruleset]:
    """The same for one file. What compiles is kept in the cache for the next start."""
    cache.attach()
    compiled: list[Ruleset] = []

    def check(config: Config) -> Sequence[Mistake]:
        rules = _beside_shipped(config).rules
        ruleset, mistakes = compile_rules(rules, config.lists, file=config.file, list_places=config.list_places)
        if ruleset is not None:
            compiled.append(ruleset)
        return (*mistakes, *_wrong_keys(config))

    config = judged.load(path, check=check)
    if not compiled and (mistakes := check(config)):
        raise ConfigError(tuple(mistakes))
    # Whoever compiles the rules again, in another process, is to have the same.
    return _beside_shipped(config), compiled[-1]


def _wrong_keys(config: Config) -> list[Mistake]:
    """What is wrong with the keys that feeds.yml remaps."""
    if not config.keys:
        return []
    from monitor.dashboard.keys import mistakes as wrong_keys

    places = dict(config.key_places)
    return [Mistake(config.file, *places[ident], f"ui.keys: {what}") for ident, what in wrong_keys(config.keys)]


def _beside_shipped(config: Config) -> Config:
    """With the shipped feeds and rules, where feeds.yml asks for them; of two with the same id the user's counts."""
    path = configuration.shipped() / "feeds.yml"
    if not (config.shipped_rules or config.shipped_feeds) or Path(config.file).resolve() == path.resolve():
        return config
    shipped = judged.load(path)
    rules, feeds = {rule.id for rule in config.rules}, {feed.id for feed in config.feeds}
    if config.shipped_rules:
        config = replace(config, rules=(*config.rules, *(rule for rule in shipped.rules if rule.id not in rules)))
    if config.shipped_feeds:
        config = replace(config, feeds=(*config.feeds, *(feed for feed in shipped.feeds if feed.id not in feeds)))
    return config


def read_seeds(config: Config) -> tuple[Seed, ...]:
    """All articles of the seeds folder, by name. Raises SeedError."""
    folder = configuration.seeds_folder(config)
    found = []
    for path in sorted(folder.glob("*.txt")):
        meta = path.with_suffix(".yml")
        try:
            text = path.read_text(encoding="utf-8")
            metadata = meta.read_text(encoding="utf-8") if meta.exists() else None
        except (OSError, UnicodeDecodeError) as error:
            raise SeedError(
                f"{path} cannot be read: {error}. It must be a UTF-8 text file that you may read."
            ) from error
        found.append(parse_seed(path.stem, text, metadata))
    return tuple(found)


def seed_rules(config: Config, own: Ruleset) -> Ruleset:
    """The rules that read the seeds: the shipped ones, so that a small feeds.yml still has the whole baseline."""
    shipped = configuration.shipped() / "feeds.yml"
    if Path(config.file).resolve() == shipped.resolve():
        return own
    return load_file(shipped)[1]


def store_path(options: Options, config: Config | None) -> Path | str:
    """Where the store is: --store, MONITOR_STORE, `store:` (relative to its feeds.yml), else the data directory. An
    address is returned as text."""
    if options.store:
        return options.store if "://" in options.store else Path(options.store).expanduser()
    if config is not None and config.store is not None:
        from monitor.store.names import located

        return located(config.store, Path(config.file).absolute().parent)
    import platformdirs

    return platformdirs.user_data_path("monitor", appauthor=False) / "store.db"


def open_store(options: Options, config: Config) -> Archive:
    """The store that these options and this configuration name. Raises StoreError."""
    from monitor.store.archive import Archive

    path = store_path(options, config)
    if options.store is None and config.store is None and isinstance(path, Path):
        _adopt_json(path)
    if options.store is None and config.store is not None and isinstance(path, Path):
        _not_from_here(config.store, path)
    archive = Archive.open(path, fold=folded)
    if archive.copied is not None:
        tell(f"{archive.place} was brought to the form of this monitor; as it was before it is in {archive.copied}")
    return archive


def open_place(options: Options) -> Archive:
    """The store without the rules, even where feeds.yml is wrong if --store names it. Raises StoreError."""
    from monitor.store.archive import Archive

    if options.store is not None:
        return Archive.open(store_path(options, None), fold=folded)
    return open_store(options, configuration.load(configuration.find(options.config, Path.cwd(), os.environ)))


def folded(text: str) -> str:
    """Text as the search compares it: words in the spelling in which rules compare them."""
    return " ".join(token.folded for token in tokenize(text, ""))


def _not_from_here(written: str, path: Path) -> None:
    """Until lately a relative `store:` was looked for where the command was run: nobody begins anew unawares."""
    former = Path.cwd() / Path(written.removeprefix("sqlite:///")).expanduser()
    if not path.exists() and former.is_file():
        raise StoreError(
            f"{path} is not there: `store: {written}` is relative to the feeds.yml that names it. There is a {former}:"
            " move it there, or write its whole path in feeds.yml."
        )


def _adopt_json(path: Path) -> None:
    """The store of a monitor that knew only JSON becomes the SQLite one, once."""
    old = path.with_name("store.json")
    if path.exists() or not old.exists():
        return
    from monitor.store.transfer import adopt

    tell(f"copying {old} into {path} ...")
    number = adopt(old, path)
    tell(f"{number} documents copied. {old} is no longer used; you may keep it as a backup.")


def fetcher(polling: Polling) -> Fetcher:
    """A fetcher within the bounds of feeds.yml."""
    from monitor.feeds.fetch import Fetcher

    times = {name: getattr(polling, name).total_seconds() for name in ("connect", "read", "wall")}
    return Fetcher(user_agent=USER_AGENT, max_bytes=polling.size, **times)


@contextmanager
def opened(options: Options, *, ring: Callable[[], None] | None = None) -> Iterator[Monitor]:
    """A Monitor over the configuration and its store; the store is closed at the end. One that runs on follows changes
    of feeds.yml and the seeds. `ring` sounds the bell of notices, from any thread."""
    from monitor.cli.live import Renewing  # it loads configurations with the functions above
    from monitor.notify import Notifier
    from monitor.notify.outbox import Outbox
    from monitor.reader import Reader
    from monitor.service import Monitor, utc_now

    config, ruleset = load(options)
    outbox = Outbox.at(outbox_path(store_path(options, config)))
    with open_store(options, config) as archive, closing(Renewing(options, config, Reader(config))) as renewing:
        shared = Outbox.at(archive.common) if archive.common is not None else None
        notifier = Notifier(outbox, clock=utc_now, ring=ring or bell, user_agent=USER_AGENT, shared=shared)
        try:
            monitor = Monitor(
                config,
                ruleset,
                read_seeds(config),
                archive,
                fetcher(config.polling),
                seed_rules=seed_rules(config, ruleset),
                read_only=options.read_only,
                reader=renewing.reader,
                renewal=renewing,
                notices=notifier,
            )
            with closing(monitor):
                yield monitor
        finally:
            for problem in notifier.close():
                tell(problem)


def whole_board(monitor: Monitor) -> Board:
    """The board for a command that prints once: the whole archive is read by the rules of now first, however long that
    takes, and what the board's reader has to know is told."""
    progress = Progress()
    monitor.read_archive(progress=lambda far: progress(f"reading the archive, {far.done:,} of {far.total:,} entries"))
    progress.end()
    board = monitor.board()
    for problem in board.problems:
        tell(problem)
    return board


def outbox_path(place: Path | str) -> Path:
    """Where notices wait: beside a store that is a file, else in the state directory under the store's name."""
    if isinstance(place, Path):
        return place.with_name(f"{place.name}.notices")
    import platformdirs

    from monitor.store.names import masked

    name = hashlib.sha256(masked(place).encode()).hexdigest()[:12]
    return platformdirs.user_state_path("monitor", appauthor=False) / f"notices-{name}.db"


def bell() -> None:
    """Rings the terminal that standard error goes to, if it does."""
    if sys.stderr.isatty():
        sys.stderr.write("\a")
        sys.stderr.flush()
