"""What stands beside and below the list: the baseline a story touches, and why the story is there. Pure lines."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.dashboard.marking import marked, matches_lines
from monitor.dashboard.text import Bidi, Line, Part, cut, isolated, paragraphs, shown, width, wrap
from monitor.dashboard.words import (
    SEVERITY,
    VERDICT,
    Names,
    borrowed,
    claim_says,
    fact_value,
    moment,
    plural,
    spoken,
    stamp,
    standing,
    verdict_words,
)

if TYPE_CHECKING:
    from monitor.model import Alert, Board, Claim, Fact, FeedRow, Overdue, Story, Verdict

_PASSAGE = 2000  # code points of a passage shown
_LABEL = 14  # cells of what a fact tells


def facility_of(story: Story, names: Names) -> str:
    """What a story is about, for titles: the facility of its lead claim, else its place or country, else nothing."""
    for claim in (story.lead.lead_claim, *story.lead.claims):
        if claim is not None and (key := claim.facility or claim.place or claim.country):
            return names[key]
    return ""


def touched(story: Story, board: Board) -> tuple[tuple[Fact, Verdict, Claim], ...]:
    """The facts a story has a verdict on, its lead alert's first, each once."""
    facts = {fact.id: fact for fact in board.facts}
    found: dict[str, tuple[Fact, Verdict, Claim]] = {}
    for alert in story.alerts:
        for verdict in alert.verdicts:
            if verdict.fact in facts and verdict.fact not in found and verdict.claim < len(alert.claims):
                found[verdict.fact] = (facts[verdict.fact], verdict, alert.claims[verdict.claim])
    return tuple(found.values())


def accepted_of(board: Board, ids: Collection[str]) -> tuple[Fact, ...]:
    """The facts in force that were accepted from a story, by its id and former ids."""
    return tuple(fact for fact in board.facts if fact.accepted_from in ids)


def stays(board: Board, ids: Collection[str]) -> str:
    """What a dismissal does not take out of the baseline, to be said behind something else; "" where it is nothing."""
    names = Names.on(board)
    held = [f"{_called(fact, names)} {fact_value(fact, names)}" for fact in accepted_of(board, ids)]
    return f" · accepted of it, and stays in the baseline: {'; '.join(held)}" if held else ""


def _called(fact: Fact, names: Names) -> str:
    """Subject and attribute; a count says by itself that it is one."""
    counted = fact.count is not None and fact.attribute == "count"
    return names.subject(fact.subject) + ("" if counted else f" {spoken(fact.attribute)}")


def _passage(fact: Fact, cells: int, bidi: Bidi, most: int | None) -> tuple[Line, ...]:
    """The words a fact rests on, or who wrote it without any, with source and date."""
    moved = f", accepted from story {shown(fact.accepted_from)[:12]}" if fact.accepted_from else ""
    passage = shown(fact.passage[:_PASSAGE])
    quoted = Part(f"“{passage}”", "quote")
    if not passage and fact.by:
        quoted = Part(f"added by hand by {shown(fact.by)}" + (f": {shown(fact.reason)}" if fact.reason else ""))
    source = "" if not passage and fact.source == fact.by else f"{shown(fact.source)} "
    said = (quoted, Part(f"  {source}{fact.as_of.isoformat()}{moved}", "faded"))
    return tuple((Part("  "), *line) for line in wrap(said, cells - 2, bidi=bidi, most=most))


def overdue_lines(items: Sequence[Overdue], *, names: Names, cells: int, bidi: Bidi = "auto") -> tuple[Line, ...]:
    """The planned facts whose window has passed, longest overdue first; those that nobody watched last."""
    lines: list[Line] = []
    for item in sorted(items, key=lambda item: (item.state == "unwatched", -item.days)):
        lines += wrap(_late(item, names), cells, indent=2, bidi=bidi)
    return tuple(lines)


def _late(item: Overdue, names: Names) -> Line:
    days = plural(item.days, "day")
    said = item.state if item.state != "overdue" else f"overdue {days}"
    said = f"unwatched, {days} past" if item.state == "unwatched" else said
    if item.reason:
        return (Part(f"{said}: ", "warn"), Part(shown(item.reason)))
    fact = f"{names.subject(item.fact.subject)} {spoken(item.fact.attribute)} {fact_value(item.fact, names)}"
    return (Part(f"{said}: ", "warn"), Part(f"{fact}, due {item.due.isoformat()}"))


def baseline_lines(
    board: Board, story: Story | None, *, names: Names, cells: int, bidi: Bidi = "auto", whole: bool = False
) -> tuple[Line, ...]:
    """Facts the story touches with their passages, then what it says nothing of: its own bases first.

    `whole` gives every fact its passage (the plain twin has no pane to open).
    """
    lines: list[Line] = []
    hit = touched(story, board) if story else ()
    moved = accepted_of(board, {story.id, *story.aliases}) if story else ()
    for fact in moved:
        said = (Part("✓ ACCEPTED ", "confirms"), Part(f"{_called(fact, names)}: ", "strong"))
        since = Part(f" as of {fact.as_of.isoformat()}, version {fact.version}", "faded")
        lines += wrap((*said, Part(fact_value(fact, names), "confirms"), since), cells, indent=2, bidi=bidi)
    for fact, verdict, claim in hit:
        word, mark = VERDICT[verdict.verdict]
        lines += wrap(
            (
                Part(f"{mark} {word} ", verdict.verdict),
                Part(f"{_called(fact, names)}: ", "strong"),
                Part(fact_value(fact, names)),
                Part(" → this story: ", "faded"),
                Part(claim_says(claim, fact.attribute), verdict.verdict),
            ),
            cells,
            indent=2,
            bidi=bidi,
        )
        lines += _passage(fact, cells, bidi, 4)
    if story is not None and not hit and not moved:
        lines += wrap((Part("No fact of the baseline is touched by this story.", "faded"),), cells, bidi=bidi)
    claims = [claim for alert in story.alerts for claim in alert.claims] if story else []
    here = {area for claim in claims for area in (claim.facility, claim.place, claim.country) if area}
    touched_ids = {known.id for known, _, _ in hit} | {fact.id for fact in moved}
    others = [fact for fact in board.facts if fact.id not in touched_ids]
    others.sort(key=lambda fact: (_area(fact) not in here, not fact.compared))
    if whole:
        for fact in others:
            lines += _with_passage(fact, names, cells, bidi) if fact.text is None else ()
        background = [fact for fact in others if fact.text is not None]
        lines += [(Part("  Background", "head"),)] if background else []
        for fact in background:  # it is its own passage
            lines += ((Part("  "), *line) for line in _passage(fact, cells - 2, bidi, 2))
    elif story is None and board.overdue:
        lines += [(Part("Overdue", "head"),), *overdue_lines(board.overdue, names=names, cells=cells, bidi=bidi)]
        lines += _grouped(others, names, cells, bidi)
    else:
        lines += _unmentioned(board, others, here, names, cells, bidi)
    if not board.facts:
        lines += wrap(
            (Part("The baseline is empty: no seed has been read, so every claim is new.", "warn"),), cells, bidi=bidi
        )
    return tuple(lines)


def _area(fact: Fact) -> str:
    return fact.subject.rpartition("@")[2]


def _unmentioned(
    board: Board, others: Sequence[Fact], here: set[str], names: Names, cells: int, bidi: Bidi
) -> tuple[Line, ...]:
    """What the story says nothing of: facts of its own places and what is overdue there, then all else by its name."""
    near = [fact for fact in others if _area(fact) in here]
    far = [fact for fact in others if _area(fact) not in here]
    lines = [*_grouped(near, names, cells, bidi)]
    lines += overdue_lines(
        [item for item in board.overdue if _area(item.fact) in here], names=names, cells=cells, bidi=bidi
    )
    if here and far:
        lines.append((Part("Elsewhere", "head"),))
    lines += _grouped(far, names, cells, bidi)
    if elsewhere := [item for item in board.overdue if _area(item.fact) not in here]:
        lines += [(Part("Overdue elsewhere" if here else "Overdue", "head"),)]
        lines += overdue_lines(elsewhere, names=names, cells=cells, bidi=bidi)
    return tuple(lines)


def _grouped(facts: Sequence[Fact], names: Names, cells: int, bidi: Bidi) -> tuple[Line, ...]:
    """Facts under what they are of, with source and day where all of a group share them; background last."""
    groups: dict[str, list[Fact]] = {}
    for fact in facts:
        groups.setdefault(names.subject(fact.subject) if fact.text is None else "Background", []).append(fact)
    lines: list[Line] = []
    for subject, held in groups.items():
        days, names_of = {fact.as_of.isoformat() for fact in held}, {shown(fact.source) for fact in held}
        day = days.pop() if len(days) == len(names_of) == 1 else ""
        source = f"{names_of.pop()} {day}" if day else ""
        source = source if width(subject) + width(source) + 2 <= cells else day
        subject = cut(subject, cells - width(source) - 2)
        gap = " " * (cells - width(subject) - width(source))
        lines.append((Part(subject, "strong"), Part(f"{gap}{source}" if source else "", "faded")))
        for fact in held:
            lines += _value_lines(fact, names, cells, bidi, sourced=bool(source))
    return tuple(lines)


def _value_lines(fact: Fact, names: Names, cells: int, bidi: Bidi, *, sourced: bool) -> tuple[Line, ...]:
    """One fact under the head of its group: what it tells, and the value."""
    if fact.text is not None:
        return wrap((Part(f"  {shown(fact.text)}", "faded"),), cells, indent=2, bidi=bidi, most=2)
    source = "" if sourced else f"  {shown(fact.source)} {fact.as_of.isoformat()}"
    label = f"  {spoken(fact.attribute):<{_LABEL}} "
    return wrap(
        (Part(label, "faded"), Part(fact_value(fact, names)), Part(source, "faded")),
        cells,
        indent=len(label),
        bidi=bidi,
        most=3,
    )


def _with_passage(fact: Fact, names: Names, cells: int, bidi: Bidi) -> tuple[Line, ...]:
    """A fact as the plain twin shows it, which has no pane to open: with the words it rests on."""
    value = (Part("  "), Part(f"{_called(fact, names)}: ", "faded"), Part(fact_value(fact, names)))
    return (
        *wrap(value, cells, indent=2, bidi=bidi),
        *((Part("  "), *line) for line in _passage(fact, cells - 2, bidi, 3)),
    )


# ---- why -------------------------------------------------------------------------------------------------------------


def cue_words(claim: Claim, bidi: Bidi) -> str:
    """The words that set phase, polarity and modality, each name once: "completed by “has”, “left”"."""
    found: dict[str, list[str]] = {}
    for cue in claim.cues:
        found.setdefault(spoken(cue.name), []).append(isolated(f"“{shown(cue.words)}”", bidi))
    return "; ".join(f"{name} by {', '.join(words)}" for name, words in found.items())


def reasons(story: Story) -> tuple[tuple[Verdict, str], ...]:
    """Every verdict's reason as a sentence, each once."""
    found: dict[str, Verdict] = {}
    for alert in story.alerts:
        for verdict in alert.verdicts:
            found.setdefault(shown(verdict.reason), verdict)
    return tuple((verdict, reason) for reason, verdict in found.items() if reason)


def sources(story: Story, rows: tuple[FeedRow, ...], now: datetime, bidi: Bidi = "auto") -> Line:
    """The independent outlets with what they are and when each first had it, then the copies."""
    feeds = {row.feed.id: row.feed for row in rows}
    parts: list[Part] = [Part("sources: ", "strong")]
    for position, family in enumerate(story.families):
        own = [alert for alert in story.alerts if alert.family == family]
        feed = feeds.get(own[0].entry.feed) if own else None
        grade = f" ({standing(feed)})" if feed else ""
        first = f" first seen {moment(min(alert.entry.first_seen for alert in own), now)}" if own else ""
        parts += [Part(" · ", "faded")] if position else []
        name = (shown(feed.name) if feed else "") or shown(family)
        parts += [Part(isolated(name, bidi)), Part(grade + first, "faded")]
    if story.copies:
        parts.append(Part(f" · {plural(story.copies, 'copy', 'copies')} folded away", "faded"))
    return tuple(parts)


def review_lines(story: Story, *, cells: int, now: datetime, bidi: Bidi) -> tuple[Line, ...]:
    """Where the review stands, who decided, and the notes."""
    review = story.review
    said = spoken(review.state)
    said += f" by {shown(review.by)}" if review.by else ""
    said += f", {stamp(review.at, now)}" if review.at else ""
    said += f": {shown(spoken(review.reason))}" if review.reason else ""
    lines = [*wrap((Part("review: ", "strong"), Part(said)), cells, indent=2, bidi=bidi)]
    for note in review.notes:
        head = f"note: {shown(note.by)}, {stamp(note.at, now)}: "
        for number, text in enumerate(paragraphs(note.text)):
            lines += wrap(
                (Part(head if number == 0 else "  ", "faded"), Part(isolated(text, bidi))), cells, indent=2, bidi=bidi
            )
    return tuple(lines)


def why_lines(board: Board, story: Story | None, *, cells: int, bidi: Bidi = "auto") -> tuple[Line, ...]:
    """Why a story is on the board: headline, verdict reasons, matches, cues, severity, sources, review."""
    if story is None:
        return ((Part("Select a story to see why it is here.", "faded"),),)
    lead = story.lead
    lines: list[Line] = []
    for title in marked(lead, "title")[:1] or ((Part("(no title)"),),):
        lines += wrap(tuple(Part(part.text, part.tone or "strong") for part in title), cells, bidi=bidi, most=2)
    lines += verdict_lines(board, story, cells=cells, bidi=bidi)
    lines += matches_lines(lead, cells=cells, bidi=bidi, short=True)
    lines += _reading(lead, cells, bidi)
    lines += severity_lines(story, cells=cells, bidi=bidi)
    lines += wrap(sources(story, board.feeds, board.now, bidi), cells, indent=2, bidi=bidi)
    lines += review_lines(story, cells=cells, now=board.now, bidi=bidi)
    return tuple(lines)


def verdict_lines(board: Board, story: Story, *, cells: int, bidi: Bidi) -> tuple[Line, ...]:
    """What the story does to the baseline and why; of one whose change was accepted, what holds now comes first, then
    what it would still change, then what held before it.
    """
    names, known = Names.on(board), {fact.id for fact in board.facts}
    moved = accepted_of(board, {story.id, *story.aliases})
    lines: list[Line] = []
    for fact in moved:
        said = Part(f"{_called(fact, names)} is now {fact_value(fact, names)}, as of {fact.as_of.isoformat()}")
        lines += wrap((Part("✓ accepted: ", "confirms"), said), cells, indent=2, bidi=bidi)
    before: list[Line] = []
    for verdict, reason in reasons(story):
        claims = (alert.claims for alert in story.alerts if verdict in alert.verdicts)
        word, mark = verdict_words(verdict.verdict, next(claims)[verdict.claim])
        if moved and verdict.fact is not None and verdict.fact not in known:
            told = (Part(f"before that, {mark} {word}: ", "faded"), Part(reason, "faded"))
            before += wrap(told, cells, indent=2, bidi=bidi)
            continue
        left = "not accepted, " if moved and verdict.verdict in ("updates", "contradicts") else ""
        lines += wrap((Part(f"{mark} {left}{word}: ", verdict.verdict), Part(reason)), cells, indent=2, bidi=bidi)
    if moved:
        areas, own = {_area(fact) for fact in moved}, {story.id, *story.aliases}
        for item in board.overdue:
            if item.story is not None and item.story not in own and _area(item.fact) in areas:
                told = (Part("more to accept, from another story: ", "warn"), Part(shown(item.reason)))
                lines += wrap(told, cells, indent=2, bidi=bidi)
    return (*lines, *before)


def _reading(alert: Alert, cells: int, bidi: Bidi) -> tuple[Line, ...]:
    """How the lead claim was read, by which words, and the sentence where it is not the headline."""
    claim = alert.lead_claim
    if claim is None:
        return ()
    cues = cue_words(claim, bidi)
    rests = f" · {borrowed(claim)}" if claim.rests_on else ""
    said = (
        Part("read as: ", "strong"),
        Part(claim_says(claim)),
        Part(rests, "warn"),
        Part(f" · {cues}" if cues else "", "faded"),
    )
    lines = [*wrap(said, cells, indent=2, bidi=bidi)]
    if claim.field != "title" and (quote := shown(claim.quote[:_PASSAGE])):
        lines += wrap(
            (Part(f"in the {claim.field}: ", "strong"), Part(f"“{quote}”", "quote")), cells, bidi=bidi, most=3
        )
    return tuple(lines)


def severity_lines(story: Story, *, cells: int, bidi: Bidi) -> tuple[Line, ...]:
    """How grave, and what it was weighed by."""
    weighed = ", ".join(shown(part) for part in story.lead.severity_parts)
    word = (Part("severity: ", "strong"), Part(SEVERITY[story.severity][0], story.severity))
    return wrap((*word, Part(f" = {weighed}" if weighed else "", "faded")), cells, indent=2, bidi=bidi)
