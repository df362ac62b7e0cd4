"""Stories, decisions and board rows as JSON records, and the few words about a story that every export needs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from monitor.export.jsonl import claim_record, match_record, verdict_record
from monitor.feeds.clean import safe
from monitor.language.facilities import Facility, gazetteer
from monitor.model import Alert, Board, Decision, Feed, Grade, Overdue, Story


def story_record(story: Story, *, reports: bool = True) -> dict[str, Any]:
    """One story: what it says, how far it is corroborated, where its review stands; `reports`: with every report."""
    lead = story.lead
    claim = lead.lead_claim
    verdict = lead.lead_verdict
    review = story.review
    record: dict[str, Any] = {
        "id": story.id,
        "aliases": list(story.aliases),
        "lane": story.lane,
        "severity": story.severity,
        "verdict": lead.verdict,
        "reason": verdict.reason if verdict else None,
        "gloss": lead.gloss or None,
        "title": lead.entry.title,
        "url": lead.entry.url,
        "type": claim.type if claim else None,
        "phase": claim.phase if claim else None,
        "polarity": claim.polarity if claim else None,
        "modality": claim.modality if claim else None,
        "facility": claim.facility if claim else None,
        "place": claim.place if claim else None,
        "country": claim.country if claim else None,
        "first_reported": _time(story.alerts[0].entry.when),
        "latest": _time(story.latest),
        "reports": len(story.alerts),
        "copies": story.copies,
        "families": list(story.families),
        "review": {"state": review.state, "reason": review.reason, "by": review.by, "at": _time(review.at)},
        "tags": list(review.tags),
        "owner": review.owner,
        "grade": grade_record(story.trust),
        "due": review.due.isoformat() if review.due else None,
        "notes": [{"at": _time(note.at), "by": note.by, "text": note.text} for note in review.notes],
    }
    if reports:
        record["alerts"] = [alert_record(alert) for alert in story.alerts]
    return record


def grade_record(grade: Grade | None) -> dict[str, Any] | None:
    """How far a story can be trusted: the letter of its sources, the digit of what they say; `by` null: suggested."""
    if grade is None:
        return None
    return {"reliability": grade.reliability, "credibility": grade.credibility, "by": grade.by, "why": grade.why}


def alert_record(alert: Alert, story: str | None = None) -> dict[str, Any]:
    """One alert with its entry, claims and verdicts; `story` is the story it belongs to, where that is not plain."""
    entry = alert.entry
    record: dict[str, Any] = {
        "entry": entry.id,
        "feed": entry.feed,
        "family": alert.family,
        "lang": alert.lang,
        "title": entry.title,
        "url": entry.url,
        "published": _time(entry.published),
        "first_seen": _time(entry.first_seen),
        "revised": _time(entry.revised),
        "fingerprint": entry.fingerprint,
        "raw_sha256": entry.evidence.raw_sha256 if entry.evidence else None,
        "document_sha256": entry.evidence.document_sha256 if entry.evidence else None,
        "ruleset": alert.ruleset or None,
        "lane": alert.lane,
        "severity": alert.severity,
        "severity_parts": list(alert.severity_parts),
        "gloss": alert.gloss or None,
        "verdict": alert.verdict,
        "lead": alert.lead,
        "matches": [match_record(match) for match in alert.matches],
        "claims": [claim_record(claim) for claim in alert.claims],
        "verdicts": [verdict_record(verdict) for verdict in alert.verdicts],
    }
    return record if story is None else {"story": story, **record}


def decision_record(decision: Decision) -> dict[str, Any]:
    """One line of the journal."""
    return {
        "seq": decision.seq,
        "at": _time(decision.at),
        "by": decision.by,
        "action": decision.action,
        "story": decision.story,
        "claims": list(decision.claims),
        "before": decision.before,
        "after": decision.after,
        "reason": decision.reason,
        "text": decision.text,
        "undoes": decision.undoes,
        "target": decision.target,
        "value": decision.value,
        "was": decision.was,
        "previous": decision.previous,
        "hash": decision.hash,
    }


def overdue_record(item: Overdue) -> dict[str, Any]:
    """A planned fact whose window has passed."""
    return {
        "fact": item.fact.id,
        "subject": item.fact.subject,
        "due": item.due.isoformat(),
        "days": item.days,
        "state": item.state,
        "reason": item.reason,
        "story": item.story,
    }


def grade(feed: Feed | None) -> str:
    """The Admiralty letter of a source as it is shown: "F" where nobody judged."""
    return feed.reliability if feed is not None else "F"


def place_of(facility: str | None) -> Facility | None:
    """The base of this id."""
    return gazetteer().get(facility) if facility else None


def facility_name(story: Story) -> str:
    """The base of the lead claim by its full name; empty where it names none."""
    claim = story.lead.lead_claim
    found = place_of(claim.facility if claim else None)
    return found.name if found else ""


def feeds_of(board: Board) -> dict[str, Feed]:
    """The configured feeds by id."""
    return {row.feed.id: row.feed for row in board.feeds}


def line_of(story: Story) -> str:
    """A story in one line of fields parted by tabs: id, severity, verdict, time, reports/families, review, words."""
    lead = story.lead
    fields = (
        story.id,
        story.severity,
        lead.verdict or "-",
        f"{story.latest:%Y-%m-%dT%H:%MZ}",
        f"{len(story.alerts)}/{len(story.families)}",
        story.review.state,
        lead.gloss or "-",
        lead.entry.title,
    )
    return "\t".join(safe(field).replace("\n", " ").replace("\t", " ") for field in fields)


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None
