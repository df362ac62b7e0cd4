"""What stands beside and below the list: the baseline a story touches, and why the story is there. Pure lines."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from monitor.dashboard.text import Bidi, Line, Part, isolated, paragraphs, shown, wrap
from monitor.dashboard.words import SEVERITY, VERDICT, Names, claim_says, fact_value, moment, plural, spoken, stamp
from monitor.model import Alert, Board, Claim, Fact, FeedRow, Match, Overdue, Story, Verdict

_PASSAGE = 2000  # code points of a passage shown
_MATCHES = 12


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


def _called(fact: Fact, names: Names) -> str:
    """Subject and attribute; a count says by itself that it is one."""
    counted = fact.count is not None and fact.attribute == "count"
    return names.subject(fact.subject) + ("" if counted else f" {spoken(fact.attribute)}")


def _passage(fact: Fact, cells: int, bidi: Bidi, most: int | None, lead: str = "") -> tuple[Line, ...]:
    """The words a fact rests on, with source and date."""
    moved = f", accepted from story {shown(fact.accepted_from)[:12]}" if fact.accepted_from else ""
    said = (
        Part(lead, "faded"),
        Part(f"“{shown(fact.passage[:_PASSAGE])}”", "quote"),
        Part(f"  {shown(fact.source)} {fact.as_of.isoformat()}{moved}", "faded"),
    )
    return tuple((Part("  "), *line) for line in wrap(said, cells - 2, bidi=bidi, most=most))


def overdue_lines(board: Board, *, names: Names, cells: int, bidi: Bidi = "auto") -> tuple[Line, ...]:
    """The planned facts whose window has passed, longest overdue first."""
    lines: list[Line] = []
    for item in sorted(board.overdue, key=lambda item: -item.days):
        lines += wrap(_late(item, names), cells, indent=2, bidi=bidi)
    return tuple(lines)


def _late(item: Overdue, names: Names) -> Line:
    days = plural(item.days, "day")
    said = item.state if item.state != "overdue" else f"overdue {days}"
    said = f"unwatched, {days} past" if item.state == "unwatched" else said
    fact = f"{names.subject(item.fact.subject)} {spoken(item.fact.attribute)} {fact_value(item.fact, names)}"
    what = f": {fact}, due {item.due.isoformat()}. "
    return (Part(said, "warn"), Part(what), Part(shown(item.reason), "faded"))


def baseline_lines(
    board: Board, story: Story | None, *, names: Names, cells: int, bidi: Bidi = "auto", whole: bool = False
) -> tuple[Line, ...]:
    """Facts the story touches with their passages, then what is overdue, then the other facts in one line each.

    `whole` gives every fact its passage (the plain twin has no pane to open).
    """
    lines: list[Line] = []
    hit = touched(story, board) if story else ()
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
    if story is not None and not hit:
        lines += wrap((Part("No fact of the baseline is touched by this story.", "faded"),), cells, bidi=bidi)
    # What nobody could watch is old news: it stands last.
    late = tuple(item for item in board.overdue if item.state != "unwatched")
    unwatched = tuple(item for item in board.overdue if item.state == "unwatched")
    if not whole and late:
        lines += overdue_lines(replace(board, overdue=late), names=names, cells=cells, bidi=bidi)
    here = {claim.facility for alert in story.alerts for claim in alert.claims if claim.facility} if story else set()
    others = [fact for fact in board.facts if fact.id not in {known.id for known, _, _ in hit}]
    for fact in sorted(others, key=lambda fact: (fact.subject not in here, not fact.compared)):
        lines += _other(fact, names, cells, bidi, whole)
    if not whole and unwatched:
        lines += overdue_lines(replace(board, overdue=unwatched), names=names, cells=cells, bidi=bidi)
    if not board.facts:
        lines += wrap(
            (Part("The baseline is empty: no seed has been read, so every claim is new.", "warn"),), cells, bidi=bidi
        )
    return tuple(lines)


def _other(fact: Fact, names: Names, cells: int, bidi: Bidi, whole: bool) -> tuple[Line, ...]:
    """A fact the story does not mention: a line or two, with its passage only in the plain twin."""
    if whole and fact.text is not None:
        # Background is its own passage.
        return tuple((Part("  "), *line) for line in _passage(fact, cells - 2, bidi, 2, "background "))
    kind = Part(f"{_called(fact, names)}: ", "faded")
    value = Part(fact_value(fact, names), "" if fact.compared else "faded")
    if not whole:
        return wrap(
            (kind, value, Part(f"  {shown(fact.source)} {fact.as_of.isoformat()}", "faded")),
            cells,
            indent=2,
            bidi=bidi,
            most=2,
        )
    return (
        *wrap((Part("  "), kind, value), cells, indent=2, bidi=bidi),
        *((Part("  "), *line) for line in _passage(fact, cells - 2, bidi, 3)),
    )


# ---- why -------------------------------------------------------------------------------------------------------------


def match_words(match: Match, field: str, bidi: Bidi) -> str:
    """The words a rule met: each term in quotes with how far they stand apart, else the whole span."""
    terms = [field[start:end] for start, end in match.parts if 0 <= start < end <= len(field)]
    if not 1 < len(terms) < 5:
        return isolated(f"“{shown(match.words[:300])}”", bidi)
    said = ", ".join(isolated(f"“{shown(term[:120])}”", bidi) for term in terms)
    if len(terms) == 2:
        between = len(field[match.parts[0][1] : match.parts[1][0]].split())
        said += f" {plural(between, 'word')} apart" if between else " side by side"
    return said


def matches_lines(alert: Alert, *, cells: int, bidi: Bidi) -> tuple[Line, ...]:
    """One line per match: rule, field, words."""
    lines: list[Line] = []
    for match in alert.matches[:_MATCHES]:
        words = match_words(match, alert.entry.field_text(match.field), bidi)
        lines += wrap(
            (Part(f"{shown(match.rule)}: ", "strong"), Part(f"{match.field} "), Part(words, "mark")),
            cells,
            indent=2,
            bidi=bidi,
        )
    if len(alert.matches) > _MATCHES:
        lines.append((Part(f"and {len(alert.matches) - _MATCHES} more matches", "faded"),))
    return tuple(lines)


def cue_words(claim: Claim, bidi: Bidi) -> str:
    """The cues that set phase, polarity and modality: "completed “has”"."""
    return ", ".join(f"{spoken(cue.name)} {isolated(f'“{shown(cue.words)}”', bidi)}" for cue in claim.cues)


def reasons(story: Story) -> tuple[tuple[Verdict, str], ...]:
    """Every verdict's reason as a sentence, each once."""
    found: dict[str, Verdict] = {}
    for alert in story.alerts:
        for verdict in alert.verdicts:
            found.setdefault(shown(verdict.reason), verdict)
    return tuple((verdict, reason) for reason, verdict in found.items() if reason)


def sources(story: Story, rows: tuple[FeedRow, ...], now: datetime) -> Line:
    """The independent families with what they are and when each first had it, then the copies."""
    feeds = {row.feed.id: row.feed for row in rows}
    parts: list[Part] = [Part("sources: ", "strong")]
    for position, family in enumerate(story.families):
        own = [alert for alert in story.alerts if alert.family == family]
        feed = feeds.get(own[0].entry.feed) if own else None
        grade = f" ({spoken(feed.kind)}, {shown(feed.reliability)})" if feed else ""
        first = f" first seen {moment(min(alert.entry.first_seen for alert in own), now)}" if own else ""
        parts += [Part(" · ", "faded")] if position else []
        parts += [Part(shown(family)), Part(grade + first, "faded")]
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
    lines = [*wrap((Part(shown(lead.entry.title[:2000]) or "(no title)", "strong"),), cells, bidi=bidi, most=2)]
    for verdict, reason in reasons(story):
        word, mark = VERDICT[verdict.verdict]
        lines += wrap((Part(f"{mark} {word}: ", verdict.verdict), Part(reason)), cells, indent=2, bidi=bidi)
    lines += matches_lines(lead, cells=cells, bidi=bidi)
    if lead.lead_claim is not None and lead.lead_claim.cues:
        lines += wrap((Part("cues: ", "strong"), Part(cue_words(lead.lead_claim, bidi))), cells, indent=2, bidi=bidi)
    word = SEVERITY[story.severity][0]
    weighed = ", ".join(shown(part) for part in lead.severity_parts)
    lines += wrap(
        (Part("severity: ", "strong"), Part(f"{word} ", story.severity), Part(weighed, "faded")),
        cells,
        indent=2,
        bidi=bidi,
    )
    lines += wrap(sources(story, board.feeds, board.now), cells, indent=2, bidi=bidi)
    lines += review_lines(story, cells=cells, now=board.now, bidi=bidi)
    return tuple(lines)
