"""Reports as CSV, one row each, which a spreadsheet may open without running what a headline says."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from monitor.export.stories import feeds_of, grade, place_of
from monitor.feeds.clean import safe
from monitor.model import Alert, Board, Story

COLUMNS = (
    "story", "lane", "severity", "verdict", "reason", "type", "phase", "polarity", "modality", "gloss",
    "facility", "facility_name", "lat", "lon", "country", "actors",
    "count_low", "count_high", "count_unit", "count_role",
    "date_start", "date_end", "date_words", "published", "first_seen", "feed", "family", "grade", "lang",
    "title", "url", "quote", "rules", "sources", "review", "reviewed_by", "fingerprint",
)  # fmt: skip
# Spreadsheets take a cell that begins so for a formula; full-width forms are folded to the plain ones by some.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠|%")
_CELL = 32_000  # characters a cell may hold in every common spreadsheet


def write(board: Board, stories: Iterable[Story]) -> Iterator[str]:
    """Lines of CSV (RFC 4180, UTF-8), the header first."""
    yield _line(COLUMNS)
    feeds = feeds_of(board)
    for story in stories:
        for alert in story.alerts:
            yield _line(_row(story, alert, grade(feeds.get(alert.entry.feed))))


def harmless(value: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe before it where it would."""
    text = safe(value)[:_CELL].replace("\n", " ")
    return f"'{text}" if text.startswith(_FORMULA) else text


def _row(story: Story, alert: Alert, reliability: str) -> tuple[str, ...]:
    claim, verdict, entry = alert.lead_claim, alert.lead_verdict, alert.entry
    facility = place_of(claim.facility if claim else None)
    count, when = (claim.count, claim.date) if claim else (None, None)
    values = (
        story.id,
        alert.lane,
        alert.severity,
        alert.verdict,
        verdict.reason if verdict else None,
        claim.type if claim else None,
        claim.phase if claim else None,
        claim.polarity if claim else None,
        claim.modality if claim else None,
        alert.gloss,
        facility.id if facility else None,
        facility.name if facility else None,
        facility.lat if facility else None,
        facility.lon if facility else None,
        claim.country if claim else None,
        " ".join(claim.actors) if claim else None,
        count.low if count else None,
        count.high if count else None,
        count.unit if count else None,
        count.role if count else None,
        when.start if when else None,
        when.end if when else None,
        when.raw if when else None,
        f"{entry.published:%Y-%m-%dT%H:%M:%SZ}" if entry.published else None,
        f"{entry.first_seen:%Y-%m-%dT%H:%M:%SZ}",
        entry.feed,
        alert.family,
        reliability,
        alert.lang,
        entry.title,
        entry.url,
        claim.quote if claim else None,
        " ".join(dict.fromkeys(match.rule for match in alert.matches)),
        len(story.families),
        story.review.state,
        story.review.by,
        entry.fingerprint,
    )
    return tuple(_cell(value) for value in values)


def _cell(value: object) -> str:
    # Numbers of our own may begin with a minus (a longitude); they are no formula.
    return "" if value is None else str(value) if isinstance(value, int | float) else harmless(str(value))


def _line(cells: Iterable[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="").writerow(cells)
    return buffer.getvalue()
