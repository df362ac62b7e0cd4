"""Domain values with defaults, so that a test names only what it is about; the shipped rules and facts, read once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from monitor.alerting import read_entry
from monitor.baseline.facts import read_facts
from monitor.baseline.seeds import Seed, parse_seed
from monitor.claims import extract, found_in, lead
from monitor.config import load
from monitor.feeds.identity import fingerprint_of
from monitor.language.reading import Reading
from monitor.model import Alert, Claim, Config, Count, DateRange, Entry, Fact, Feed, Match, Rule, Story
from monitor.rules.engine import Ruleset, compile_rules
from monitor.rules.evaluate import Origin

ROOT = Path(__file__).parent.parent
T0 = datetime(2026, 1, 5, 12, tzinfo=UTC)
PUBLISHED = date(2025, 12, 31)
SEED = "ain-al-asad-handover"


# ---- what is shipped -------------------------------------------------------------------------------------------------


@cache
def config() -> Config:
    """feeds.yml of the repository."""
    return load(ROOT / "feeds.yml")


@cache
def ruleset() -> Ruleset:
    """The shipped rules. Its vocabularies are built on first use and kept, which is what makes tests quick."""
    compiled, mistakes = compile_rules(config().rules, config().lists)
    assert compiled is not None, mistakes
    return compiled


@cache
def seed() -> Seed:
    """The shipped article."""
    text, metadata = (ROOT / f"seeds/{SEED}{ending}" for ending in (".txt", ".yml"))
    return parse_seed(SEED, text.read_text(encoding="utf-8"), metadata.read_text(encoding="utf-8"))


@cache
def facts() -> tuple[Fact, ...]:
    """The baseline that the shipped article gives."""
    return read_facts(seed(), ruleset())


def of(attribute: str, subject: str | None = None, among: Sequence[Fact] | None = None) -> list[Fact]:
    """The facts of one attribute, and of one subject where given."""
    known = facts() if among is None else among
    return [fact for fact in known if fact.attribute == attribute and subject in (None, fact.subject)]


# ---- values with defaults --------------------------------------------------------------------------------------------


def entry(title: str = "", summary: str = "", text: str = "", **given: Any) -> Entry:
    """An English entry of T0. `at` sets publication and first sight at once."""
    at = given.pop("at", T0)
    values: dict[str, Any] = {
        "id": "e1",
        "feed": "f",
        "key": "guid:1",
        "url": "https://outlet.example/1",
        "lang": "en",
        "published": at,
        "first_seen": at,
        "revised": at,
        "fingerprint": fingerprint_of(title, summary, text),
    }
    return Entry(**{**values, "title": title, "summary": summary, "text": text, **given})


def feed(identifier: str = "f", **given: Any) -> Feed:
    """A feed whose family is its id."""
    values: dict[str, Any] = {"url": f"https://{identifier}.example/rss", "name": identifier, "lang": "en"}
    return Feed(id=identifier, **{**values, "family": identifier, **given})


def claim(**given: Any) -> Claim:
    """The completed handover of Ain al-Asad, asserted as fact in a headline."""
    values: dict[str, Any] = {
        "type": "base_handover",
        "phase": "completed",
        "polarity": "asserted",
        "modality": "fact",
        "field": "title",
        "start": 0,
        "end": 9,
        "quote": "the words",
        "rule": "base-handover",
        "facility": "ain-al-asad",
        "country": "IQ",
    }
    return Claim(**{**values, **given})


def fact(**given: Any) -> Fact:
    """The announced handover of Ain al-Asad, as of the last day of 2025."""
    values: dict[str, Any] = {
        "id": "f1",
        "subject": "ain-al-asad",
        "attribute": "status",
        "as_of": PUBLISHED,
        "source": "Rudaw",
        "passage": "will hand over the base",
    }
    if not {"count", "date", "text"} & set(given):
        values["status"] = "handover announced"
    return Fact(**{**values, **given})


def count(low: int, high: int | None = -1, **given: Any) -> Count:
    """So many personnel; one number means exactly that many, `high` None is open."""
    values: dict[str, Any] = {"raw": str(low), "unit": "personnel", "role": "total"}
    return Count(**{**values, "low": low, "high": low if high == -1 else high, **given})


def dates(start: date | None, end: date | None = None, precision: Any = None) -> DateRange:
    """A day, or the days from `start` to `end`."""
    return DateRange("when", start, end or start, precision or ("range" if end else "day"))


def day(month: int, number: int, year: int = 2026) -> date:
    """A day, of 2026 unless the year is given."""
    return date(year, month, number)


def alert(*claims: Claim, **given: Any) -> Alert:
    """An alert of these claims. `title`, `at`, `id`, `source_label` go to its entry."""
    words = {name: given.pop(name) for name in ("title", "at", "id", "source_label", "first_seen") if name in given}
    values: dict[str, Any] = {
        "entry": entry(**words),
        "family": "f",
        "lang": "en",
        "matches": (Match("base-handover", "title", 0, 4, "hand"),),
        "claims": claims,
        "lead": lead(claims),
        "verdicts": (),
        "verdict": None,
        "lane": "changes" if any(one.lane == "changes" for one in claims) else "context",
        "severity": "high",
        "severity_parts": (),
        "gloss": "",
    }
    return Alert(**{**values, **given})


def story(*alerts: Alert, **given: Any) -> Story:
    """A story of these alerts."""
    return Story(**{"id": "s1", "alerts": alerts, "families": tuple(one.family for one in alerts), **given})


def rule(identifier: str = "r", when: str = "", **given: Any) -> Rule:
    """A rule of type keyword."""
    return Rule(id=identifier, when=when, **given)


def pool(words: str, *more: str) -> list[str]:
    """Words to draw texts from: those of a string, and others that hold blanks."""
    return [*words.split(), *more]


def after(hours: float) -> datetime:
    """So many hours after T0."""
    return T0 + timedelta(hours=hours)


# ---- reading ---------------------------------------------------------------------------------------------------------


def reading(title: str, lang: str = "en", text: str = "") -> Reading:
    """A headline, and a text below it, read with the shipped vocabulary."""
    return ruleset().read([("title", title), ("text", text)] if text else [("title", title)], lang)


def claims_of(title: str, lang: str = "en", text: str = "", published: date | None = PUBLISHED) -> tuple[Claim, ...]:
    """What the shipped rules make of a headline and a text."""
    read = reading(title, lang, text)
    matches, parts = ruleset().match_with_parts(read, Origin())
    types = {compiled.rule.id: compiled.rule.type for compiled in ruleset().rules}
    words = ruleset().language(read.lang).lexicon
    return extract(read, tuple(found_in(matches, parts, types)), words, published=published)


def lead_of(title: str, lang: str = "en", text: str = "", published: date | None = PUBLISHED) -> Claim:
    """The lead claim of a headline that must have one."""
    claims = claims_of(title, lang, text, published)
    index = lead(claims)
    assert index is not None, f"no claim in {title!r}"
    return claims[index]


def read(title: str, at: datetime = T0, **given: Any) -> Alert | None:
    """A headline of a Baghdad feed, held against the shipped baseline."""
    return read_entry(entry(title, at=at, **given), feed(tz="Asia/Baghdad", country="IQ"), ruleset(), facts())
