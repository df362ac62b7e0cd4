"""The brief: what a board says, in the order a reader wants it, ready for Markdown and HTML. Pure.

Grouped by facility; under each the facts held before, then the stories with claim, verdict, passages, sources with
their grades, and hashes. It ends with the head of the chain of decisions, so that a printed brief can be held against
the journal.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from monitor.baseline.compare import value_of
from monitor.baseline.facts import label_of
from monitor.export.stories import facility_name, feeds_of, grade
from monitor.feeds.clean import safe, web_url
from monitor.feeds.health import is_offline, is_sick, told
from monitor.language.lexicon import world
from monitor.model import Alert, Board, Fact, Feed, Story

ELSEWHERE = "No base named"
_REASONS = 8


@dataclass(frozen=True, slots=True)
class Held:
    """A fact of the baseline, with the passage it rests on."""

    subject: str
    attribute: str
    value: str
    passage: str
    source: str
    url: str
    as_of: str


@dataclass(frozen=True, slots=True)
class Source:
    """One report: who, how they are graded, when, where, and the hash of the item as it was published (of the wording
    that was read, where that was not kept)."""

    name: str
    family: str
    kind: str
    grade: str
    lang: str
    title: str
    url: str
    published: str
    revisions: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Told:
    """One story: what it claims, what that does to the baseline and why, on what evidence."""

    id: str
    severity: str
    verdict: str
    gloss: str
    title: str
    lang: str
    reasons: tuple[str, ...]
    quote: str
    rules: str
    counts: str
    review: str
    grade: str
    notes: tuple[str, ...]
    against: tuple[Held, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """All stories about one base (or place), newest first."""

    name: str
    stories: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Brief:
    """All of it, as words."""

    title: str
    made: str
    user: str
    baseline: str
    chosen: str
    sections: tuple[Section, ...]
    overdue: tuple[str, ...]
    feeds: str
    sick: tuple[str, ...]
    decisions: int
    chain: str
    stories: str


def brief(board: Board, stories: Iterable[Story], *, chain: tuple[int, str], chosen: str, title: str) -> Brief:
    """The brief of these stories; `chain` is how many decisions there are and the hash of the last, `chosen` says in
    words which stories these are."""
    feeds = feeds_of(board)
    facts = {fact.id: fact for fact in board.facts}
    groups: dict[str, list[Told]] = {}
    for story in stories:
        groups.setdefault(_where(story), []).append(_told(story, feeds, facts))
    names = sorted(groups, key=lambda name: (name == ELSEWHERE, name))
    sick = [row for row in board.feeds if is_sick(row)]
    as_of = board.as_of
    return Brief(
        title=safe(title),
        made=_moment(board.now),
        user=safe(board.user),
        baseline=f"as of {as_of}, {(board.now.date() - as_of).days} days old" if as_of else "empty",
        chosen=chosen,
        sections=tuple(Section(safe(name), tuple(groups[name])) for name in names),
        overdue=tuple(f"{label_of(item.fact.subject)}: {safe(item.reason)}" for item in board.overdue),
        feeds=_fare(board, len(sick)),
        sick=tuple(f"{safe(row.feed.name)}: {safe(told(row.state.health, row.state.cause))}" for row in sick),
        decisions=chain[0],
        chain=chain[1],
        stories=_many(sum(len(told) for told in groups.values()), "story", "stories"),
    )


def _fare(board: Board, sick: int) -> str:
    """How far silence can be trusted, in one sentence."""
    watched = [row for row in board.feeds if row.feed.enabled]
    total = len(watched)
    if is_offline(board.feeds):
        return f"All {total} feeds fail: what is missing here says nothing."
    unpolled = sum(row.state.health == "unpolled" for row in watched)
    said = f"{total} {'feed' if total == 1 else 'feeds'} watched, {sick} of them sick"
    said += f", {unpolled} not polled yet" if unpolled else ""
    return f"{said}. Silence of those is no all-clear." if sick or unpolled else f"{said}."


def _where(story: Story) -> str:
    claim = story.lead.lead_claim
    where = (claim.place or claim.country) if claim else None
    return facility_name(story) or (world().label(where) if where else ELSEWHERE)


def _told(story: Story, feeds: dict[str, Feed], facts: dict[str, Fact]) -> Told:
    lead = story.lead
    claim = lead.lead_claim
    touched = dict.fromkeys(one.fact for alert in story.alerts for one in alert.verdicts if one.fact)
    review = story.review
    decided = review.state.replace("_", " ")
    decided += f" ({review.reason.replace('_', ' ')})" if review.reason else ""
    decided += f" by {safe(review.by)}, {_moment(review.at)}" if review.by and review.at else ""
    reasons = dict.fromkeys(f"{one.verdict}: {safe(one.reason)}" for alert in story.alerts for one in alert.verdicts)
    return Told(
        id=story.id,
        severity=story.severity,
        verdict=lead.verdict or "no verdict",
        gloss=safe(lead.gloss),
        title=safe(lead.entry.title),
        lang=lead.lang,
        reasons=(
            *list(reasons)[:_REASONS],
            *([f"and {len(reasons) - _REASONS} more"] if len(reasons) > _REASONS else []),
        ),
        quote=safe(claim.quote) if claim else "",
        rules=", ".join(dict.fromkeys(match.rule for alert in story.alerts for match in alert.matches)),
        counts=f"{_many(len(story.alerts), 'report')}, {_many(len(story.families), 'independent source')}",
        review=decided,
        grade=_graded(story),
        notes=tuple(f"{safe(note.by)}, {_moment(note.at)}: {safe(note.text)}" for note in review.notes),
        against=tuple(_held(facts[key]) for key in touched if key in facts),
        sources=tuple(_source(alert, feeds.get(alert.entry.feed)) for alert in story.alerts),
    )


def _some(reasons: list[str]) -> tuple[str, ...]:
    more = len(reasons) - _REASONS
    return (*reasons[:_REASONS], *([f"and {more} more"] if more > 0 else []))


def _graded(story: Story) -> str:
    """ "B2 (suggested: two independent sources)"; empty where nobody and nothing has graded it."""
    grade = story.review.grade
    if grade is None:
        return ""
    who = f"by {safe(grade.by)}" if grade.by else "suggested"
    return f"{grade.reliability}{grade.credibility} ({who}{': ' + safe(grade.why) if grade.why else ''})"


def _many(number: int, one: str, more: str = "") -> str:
    return f"{number} {one if number == 1 else more or one + 's'}"


def _held(fact: Fact) -> Held:
    value = fact.text if fact.text is not None else value_of(fact)
    url = web_url(fact.url) if fact.url else None
    return Held(
        safe(label_of(fact.subject)),
        fact.attribute.replace("_", " "),
        safe(value),
        safe(fact.passage),
        safe(fact.source),
        url or "",
        f"{fact.as_of}",
    )


def _source(alert: Alert, feed: Feed | None) -> Source:
    entry = alert.entry
    return Source(
        name=safe(feed.name if feed is not None else entry.feed),
        family=safe(alert.family),
        kind=feed.kind.replace("_", " ") if feed is not None else "by hand",
        grade=grade(feed),
        lang=alert.lang,
        title=safe(entry.title),
        url=(web_url(entry.url) if entry.url else None) or "",
        published=_moment(entry.when) + ("" if entry.published else " (first seen)"),
        revisions=len(entry.revisions),
        sha256=entry.evidence.raw_sha256 if entry.evidence else entry.fingerprint,
    )


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} {moment.tzname() or 'UTC'}"
