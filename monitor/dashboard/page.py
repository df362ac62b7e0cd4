"""The story page as lines: the whole lead entry with the matched words marked, every claim, every report. Pure."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime

from monitor.dashboard.marking import marked, matches_lines
from monitor.dashboard.panes import cue_words, review_lines, severity_lines, sources, verdict_lines
from monitor.dashboard.text import Bidi, Line, Part, is_rtl, isolated, shown, wrap
from monitor.dashboard.words import (
    SEVERITY,
    Names,
    borrowed,
    count_words,
    date_words,
    happening,
    plural,
    spoken,
    stamp,
    standing,
    verdict_words,
)
from monitor.model import Alert, Board, Claim, Count, DateRange, Story

# Shown as words marked or in a line of their own; `aside` weighs claims against each other and tells a reader nothing.
_LEFT_TO_TEXT = frozenset({"start", "end", "field", "cues", "rests_on", "aside"})


def claim_lines(alert: Alert, index: int, *, names: Names, cells: int, bidi: Bidi) -> tuple[Line, ...]:
    """One claim with all its fields and the verdicts on it."""
    claim = alert.claims[index]
    lead = " (lead)" if index == alert.lead else ""
    lines = [
        *wrap(
            (Part(f"claim {index + 1}{lead}: ", "strong"), Part(happening(claim))),
            cells,
            bidi=bidi,
        )
    ]
    for slot in fields(Claim):
        value = getattr(claim, slot.name)
        if slot.name in _LEFT_TO_TEXT or value in (None, (), "", False):
            continue
        said = isolated(_said(slot.name, value, names), bidi)
        lines += wrap(
            (Part(f"  {spoken(slot.name):<11}", "faded"), Part(said)), cells, indent=13, bidi="off" if said else bidi
        )
    if claim.rests_on:
        told = Part(f"{borrowed(claim)}: less sure", "warn")
        lines += wrap((Part(f"  {'rests on':<11}", "faded"), told), cells, indent=13, bidi="off")
    if claim.cues:
        lines += wrap((Part(f"  {'cues':<11}", "faded"), Part(cue_words(claim, bidi))), cells, indent=13, bidi="off")
    for verdict in alert.verdicts:
        if verdict.claim == index:
            word, mark = verdict_words(verdict.verdict, claim)
            lines += wrap(
                (Part(f"  {mark} {word}: ", verdict.verdict), Part(shown(verdict.reason))), cells, indent=4, bidi=bidi
            )
    return tuple(lines)


def _said(slot: str, value: object, names: Names) -> str:
    """The value of one field of a claim in words."""
    if isinstance(value, Count):
        return f"{count_words(value)} (“{shown(value.raw)}”)"
    if isinstance(value, DateRange):
        return f"{date_words(value)}, {value.precision}" + (f" (“{shown(value.raw)}”)" if value.raw else "")
    if isinstance(value, tuple):
        return ", ".join(names[str(one)] for one in value)
    if isinstance(value, float):
        return f"{value:.2f}"
    if slot in ("facility", "place", "country", "host", "recipient"):
        return names[str(value)]
    return (
        f"“{shown(str(value))}”"
        if slot == "quote"
        else shown(str(value))
        if slot in ("said_by", "rule")
        else spoken(shown(str(value)))
    )


def _entry_lines(alert: Alert, board: Board, cells: int, bidi: Bidi) -> list[Line]:
    """Title, times, link and the marked text of one entry."""
    entry, now = alert.entry, board.now
    lines: list[Line] = []
    for title in marked(alert, "title") or (((Part("(no title)"),)),):
        lines += wrap(tuple(Part(part.text, part.tone or "strong") for part in title), cells, bidi=bidi)
    feed = next((row.feed for row in board.feeds if row.feed.id == entry.feed), None)
    name = shown(feed.name) if feed else shown(entry.feed)
    kind = f" ({standing(feed)})" if feed else ""
    label = f", credits {shown(entry.source_label)}" if entry.source_label else ""
    lines += wrap((Part(f"{name}{kind}{label}, language {shown(alert.lang)}", "faded"),), cells, bidi=bidi)
    published = stamp(entry.published, now) if entry.published else "not given"
    lines += wrap(
        (Part(f"published {published}, first seen {stamp(entry.first_seen, now)}", "faded"),), cells, bidi=bidi
    )
    if entry.revisions:
        said = f"{plural(len(entry.revisions), 'earlier wording')}, last changed {stamp(entry.revised, now)}; before: "
        lines += wrap(
            (Part(said, "warn"), Part(isolated(shown(entry.revisions[-1].title), bidi))), cells, indent=2, bidi=bidi
        )
    lines += wrap((Part(shown(entry.url) if entry.url else "no link", "faded"),), cells, bidi="off")
    for field in ("summary", "text"):
        if entry.field_text(field).strip() and (field == "summary" or entry.text.strip() != entry.summary.strip()):
            lines.append(())
            for paragraph in marked(alert, field):
                lines += wrap(paragraph, cells, bidi=bidi)
    return lines


def reports_lines(story: Story, *, now: datetime, cells: int, bidi: Bidi, names: dict[str, str]) -> tuple[Line, ...]:
    """Every report of the story, oldest first: when, who, headline."""
    lines: list[Line] = []
    for number, alert in enumerate(story.alerts, 1):
        copy = "" if alert.family in story.families else " (copy)"
        source = names.get(alert.entry.feed) or shown(alert.entry.feed)
        head = f"{number:>2} {stamp(alert.entry.when, now)}  {source}{copy}  "
        title = shown(alert.entry.title[:2000])
        lines += wrap(
            (Part(head, "faded"), Part(isolated(title, bidi))), cells, indent=3, bidi="off" if is_rtl(title) else bidi
        )
    return tuple(lines)


def story_lines(board: Board, story: Story, *, cells: int, bidi: Bidi = "auto") -> tuple[Line, ...]:
    """The page of a story at a width of `cells`."""
    lead, now = story.lead, board.now
    names = Names.on(board)
    word, mark = SEVERITY[story.severity]
    verdict = verdict_words(lead.verdict, lead.lead_claim)[0] if lead.verdict else "no verdict"
    top = (
        Part(f"{word} {mark}  ", story.severity),
        Part(f"{verdict}  ", lead.verdict or ""),
        Part(shown(lead.gloss), "strong"),
    )
    lines: list[Line] = [*wrap(top, cells, indent=2, bidi=bidi), (), *_entry_lines(lead, board, cells, bidi)]
    lines += [(), (Part("Why", "head"),), *matches_lines(lead, cells=cells, bidi=bidi)]
    lines += verdict_lines(board, story, cells=cells, bidi=bidi)
    lines += severity_lines(story, cells=cells, bidi=bidi)
    lines += [(), (Part(plural(len(lead.claims), "claim"), "head"),)]
    for index in range(len(lead.claims)):
        lines += claim_lines(lead, index, names=names, cells=cells, bidi=bidi)
    lines += [(), (Part(f"{plural(len(story.alerts), 'report')} of this story", "head"),)]
    lines += wrap(sources(story, board.feeds, now, bidi), cells, indent=2, bidi=bidi)
    feeds = {row.feed.id: shown(row.feed.name) for row in board.feeds}
    lines += reports_lines(story, now=now, cells=cells, bidi=bidi, names=feeds)
    lines += [(), (Part("Review", "head"),), *review_lines(story, cells=cells, now=now, bidi=bidi)]
    return tuple(lines)
