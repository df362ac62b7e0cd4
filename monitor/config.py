"""feeds.yml as a Config: found, read, judged, with every mistake at its line and column at once.

Reading takes the file apart: what is wrong is noted and left out, and the caller's `check` still judges the rules of
the rest, so that a person mends a file in one go. ruamel.yaml stays in `yamlfile`, pydantic in `schema`; both are
imported when a file is read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor import filters
from monitor.errors import ConfigError, InputError, Mistake
from monitor.model import Config, Feed, Notify, Polling, Rule, RuleExample
from monitor.vault import Vault

if TYPE_CHECKING:
    from monitor.schema import ExamplesSection, Finding, NotifySection, RuleSection, TopSection
    from monitor.yamlfile import Document

NAME = "feeds.yml"
Place = tuple[int, int]
Check = Callable[[Config], Sequence[Mistake]]


# ---- where files are -------------------------------------------------------------------------------------------------


def find(explicit: str | None, cwd: Path, env: Mapping[str, str]) -> Path:
    """The feeds.yml to use: `explicit` (--config), MONITOR_CONFIG, ./feeds.yml, the user's own, else the shipped one.

    Raises ConfigError where a file that was asked for by name is not there.
    """
    for asked, origin in ((explicit, "--config"), (env.get("MONITOR_CONFIG"), "MONITOR_CONFIG")):
        if asked:
            path = cwd / Path(asked).expanduser()
            path = path / NAME if path.is_dir() else path
            if not path.exists():
                what = f"{origin} names this file, but it is not there; mend the path, or run `monitor init` to get one"
                raise ConfigError((Mistake(str(path), 1, 1, what),))
            return path
    from platformdirs import user_config_path

    candidates = (cwd / NAME, user_config_path("monitor", appauthor=False) / NAME)
    return next((path for path in candidates if path.is_file()), shipped() / NAME)


def shipped() -> Path:
    """The folder with the shipped feeds.yml and seeds/: inside the package once installed, else the checkout's root."""
    package = Path(__file__).resolve().parent
    defaults = package / "defaults"
    return defaults if (defaults / NAME).is_file() else package.parent


def seeds_folder(config: Config) -> Path:
    """The seed articles: the `seeds:` setting (relative to feeds.yml), else seeds/ beside it, else the shipped ones."""
    beside = Path(config.file).parent
    if config.seeds is not None:
        return beside / Path(config.seeds).expanduser()
    return beside / "seeds" if (beside / "seeds").is_dir() else shipped() / "seeds"


# ---- reading ---------------------------------------------------------------------------------------------------------


def load(path: Path, *, check: Check | None = None, env: Mapping[str, str] | None = None) -> Config:
    """Read feeds.yml. `check` judges what this module cannot (it compiles the rules) and returns its mistakes.

    `env` is for `${NAME}` in addresses and headers; absent: the process's own. What they name of the keyring is asked
    for there. Raises ConfigError with every mistake.
    """
    from monitor import yamlfile

    file = str(path)
    document = yamlfile.load(_text(path), file)
    reading = _Reading(document, file, Vault(env))
    config, checkable = _config(reading)
    if config.seeds is not None and not seeds_folder(config).is_dir():
        reading.wrong(("seeds",), f"there is no folder {seeds_folder(config)}; mend the path, or delete the key")
    if check is not None and checkable:
        reading.mistakes.extend(check(config))
    if reading.mistakes:
        raise ConfigError(tuple(reading.mistakes))
    return config


def written_urls(text: str, file: str) -> dict[str, str]:
    """Feed ids and their addresses as written, with `${NAME}` not filled in. Raises ConfigError."""
    from monitor import yamlfile

    data = yamlfile.load(text, file).data or {}
    return {str(feed.get("id")): str(feed.get("url")) for feed in data.get("feeds") or [] if isinstance(feed, dict)}


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        what = f"this file cannot be read ({error.strerror}); mend the path or its rights, or run `monitor init`"
        raise ConfigError((Mistake(str(path), 1, 1, what),)) from error
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        col = error.start - content.rfind(b"\n", 0, error.start)
        what = "this byte is not UTF-8; save the file as UTF-8"
        raise ConfigError((Mistake(str(path), line, col, what),)) from error


@dataclass(slots=True)
class _Reading:
    """A document on its way to a Config, with the mistakes found so far."""

    document: Document
    file: str
    env: Mapping[str, str]
    mistakes: list[Mistake] = field(default_factory=list)

    def wrong(self, path: tuple[str | int, ...], what: str, *, at_key: bool = False) -> None:
        place = self.document.key_place(path) if at_key else self.document.place(path)
        self.mistakes.append(Mistake(self.file, *place, what))

    def note(self, findings: Sequence[Finding]) -> None:
        for finding in findings:
            self.wrong(finding.path, finding.what, at_key=finding.at_key)

    def unique(self, items: list[Any], section: str, noun: str) -> None:
        """Note every id that stands twice, whatever else is wrong with its owner."""
        lines: dict[str, int] = {}
        for index, item in enumerate(items):
            name = item.get("id") if isinstance(item, dict) else None
            if not isinstance(name, str):
                continue
            if name in lines:
                what = f'the {noun} id "{name}" is taken in line {lines[name]}; choose another'
                self.wrong((section, index, "id"), what)
            lines.setdefault(name, self.document.place((section, index, "id"))[0])


def _config(reading: _Reading) -> tuple[Config, bool]:
    """What can be read of the document, and whether its rules can be judged: not where lists they may use are lost."""
    from monitor import schema

    top = _top(reading)
    ui, findings = schema.check(schema.UiSection, top.ui or {}, ("ui",), reading.env)
    reading.note(findings)
    ui = ui or schema.UiSection()
    looks = (("bidi", ui.bidi), ("theme", ui.theme), ("ascii", "true" if ui.ascii else None))
    lists = _lists(reading, top.lists or {})
    polling = _polling(reading, top.polling or {})
    config = Config(
        file=reading.file,
        user=top.user or account(),
        store=top.store,
        seeds=top.seeds,
        feeds=_feeds(reading, top.feeds or [], polling),
        lists=lists,
        rules=_rules(reading, top.rules or []),
        shipped_rules=top.shipped_rules,
        shipped_feeds=top.shipped_feeds,
        notify=_notify(reading, top.notify or []),
        polling=polling,
        ui=tuple((name, value) for name, value in looks if value is not None),
        keys=tuple((ui.keys or {}).items()),
        key_places=tuple((name, reading.document.key_place(("ui", "keys", name))) for name in ui.keys or {}),
        list_places=tuple((name, reading.document.key_place(("lists", name))) for name, _ in lists),
    )
    given = reading.document.data.get("lists") if isinstance(reading.document.data, dict) else None
    whole = isinstance(given or {}, dict) and len(lists) == len(given or {}) and all(terms for _, terms in lists)
    return config, whole


def _top(reading: _Reading) -> TopSection:
    """The keys of the file; a wrong one is noted and then read as if it were not there."""
    from monitor import schema

    data = reading.document.data
    raw = {} if data is None else data
    top, findings = schema.check(schema.TopSection, raw, (), reading.env)
    reading.note(findings)
    if top is not None:
        return top
    wrong = {finding.path[0] for finding in findings if finding.path}
    return schema.TopSection(**{key: raw[key] for key in raw if key not in wrong} if isinstance(raw, dict) else {})


def _polling(reading: _Reading, raw: dict[Any, Any]) -> Polling:
    from monitor import schema

    given, findings = schema.check(schema.PollingSection, raw, ("polling",), reading.env)
    reading.note(findings)
    if given is None:
        return Polling()
    if not given.floor <= given.interval <= given.ceiling:
        what = "floor, interval and ceiling must not be out of order: floor 5m, interval 30m, ceiling 24h"
        reading.wrong(("polling",), what)
    return Polling(**given.model_dump(exclude={"megabytes"}), size=given.megabytes * 1024 * 1024)


def _feeds(reading: _Reading, items: list[Any], polling: Polling) -> tuple[Feed, ...]:
    from monitor import schema

    reading.unique(items, "feeds", "feed")
    feeds = []
    for index, item in enumerate(items):
        feed, findings = schema.check(schema.FeedSection, item, ("feeds", index), reading.env)
        reading.note(findings)
        if feed is not None:
            changed = {
                "name": feed.name or feed.id,
                "family": feed.family or "",
                "headers": tuple((feed.headers or {}).items()),
            }
            feeds.append(Feed(**feed.model_dump() | changed))
            if feed.interval is not None and feed.interval < polling.floor:
                least = f"{polling.floor.total_seconds() / 60:g}m"
                what = f"no feed is asked more often than every {least} (floor, under polling:); write that or more"
                reading.wrong(("feeds", index, "interval"), what)
    return tuple(feeds)


def _lists(reading: _Reading, raw: dict[Any, Any]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The word lists. A wrong term is left out, the list stays: what its rules say can still be judged."""
    from monitor import schema

    findings = schema.check_lists(raw)
    reading.note(findings)
    wrong = {finding.path[1:] for finding in findings}
    lists = []
    for name, terms in raw.items():
        if not isinstance(name, str) or any(finding.at_key and finding.path == ("lists", name) for finding in findings):
            continue
        usable = terms if isinstance(terms, list) else []
        lists.append((name, tuple(term.strip() for i, term in enumerate(usable) if (name, i) not in wrong)))
    return tuple(lists)


def _rules(reading: _Reading, items: list[Any]) -> tuple[Rule, ...]:
    from monitor import schema

    reading.unique(items, "rules", "rule")
    rules = []
    for index, item in enumerate(items):
        path = ("rules", index)
        rule, findings = schema.check(schema.RuleSection, item, path, reading.env)
        reading.note(findings)
        if not isinstance(item, dict):
            continue
        given = [key for key in ("when", "keywords") if item.get(key) is not None]
        if len(given) == 2:
            reading.wrong(path, "this rule has both when and keywords; keep one of them")
        if not given:
            reading.wrong(path, "this rule has neither when nor keywords; write one of them")
        if rule is None:
            rule = _without_mistakes(item, {finding.path[2] for finding in findings if len(finding.path) > 2}, index)
        if rule is not None and given:
            rules.append(_rule(reading, rule, path))
    return tuple(rules)


def _without_mistakes(item: dict[Any, Any], wrong: set[str | int], index: int) -> RuleSection | None:
    """A rule whose other keys are wrong, as far as its expressions can still be judged."""
    from monitor import schema

    kept = {"id": f"rule-{index + 1}"} | {key: value for key, value in item.items() if key not in wrong}
    return schema.check(schema.RuleSection, kept, (), {})[0] if kept.keys() & {"when", "keywords"} else None


def _rule(reading: _Reading, rule: RuleSection, path: tuple[str | int, ...]) -> Rule:
    keys = ("id", "when", "unless", "keywords")
    return Rule(
        id=rule.id,
        type=rule.type,
        severity=rule.severity,
        when=rule.when or "",
        unless=rule.unless or "",
        keywords=tuple(rule.keywords or ()),
        examples=_examples(reading, rule.examples, (*path, "examples")),
        enabled=rule.enabled,
        place=tuple((key, reading.document.place((*path, key))) for key in keys if getattr(rule, key) is not None),
    )


def _examples(
    reading: _Reading, examples: ExamplesSection | None, path: tuple[str | int, ...]
) -> tuple[RuleExample, ...]:
    if examples is None:
        return ()
    read = []
    for key, items in (("match", examples.match), ("not", examples.not_)):
        for index, item in enumerate(items or ()):
            for lang, text in item:
                where = (*path, key, index) if lang is None else (*path, key, index, lang)
                line, col = reading.document.place(where)
                read.append(RuleExample(text=text, matches=key == "match", lang=lang, line=line, col=col))
    return tuple(read)


def _notify(reading: _Reading, items: list[Any]) -> tuple[Notify, ...]:
    from monitor import schema

    lines = []
    for index, item in enumerate(items):
        path = ("notify", index)
        line, findings = schema.check(schema.NotifySection, item, path, reading.env)
        reading.note(findings)
        if line is None:
            continue
        before = len(reading.mistakes)
        _check_channel(reading, line, path)
        try:
            filters.parse(line.when)
        except InputError as error:
            reading.wrong((*path, "when"), str(error))
        if len(reading.mistakes) == before:
            given = {
                "run": tuple(line.run or ()),
                "url": line.url or "",
                "headers": tuple((line.headers or {}).items()),
            }
            lines.append(Notify(**line.model_dump() | given))
    return tuple(lines)


def _check_channel(reading: _Reading, line: NotifySection, path: tuple[str | int, ...]) -> None:
    """Note what a channel needs and does not have, or has and does not use."""
    from monitor import schema

    name = line.channel
    needed = {"command": "run", "webhook": "url", "apprise": "url"}.get(name)
    if needed is not None and not getattr(line, needed):
        what = "the program and its arguments as a list" if needed == "run" else "the address to send to"
        reading.wrong(path, f'the channel "{name}" needs the key "{needed}": {what}')
    if line.run and needed != "run":
        what = f'the channel "{name}" runs nothing; delete "run", or write channel: command'
        reading.wrong((*path, "run"), what)
    if line.url and needed != "url":
        reading.wrong((*path, "url"), f'the channel "{name}" has no address; delete "url"')
    if name == "webhook" and line.url and (what := schema.not_web(line.url)):
        reading.wrong((*path, "url"), what)


def account() -> str:
    """Who is at the keyboard, for a file that names nobody."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "unknown"
