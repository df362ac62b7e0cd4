"""Alerts, claims and facts as JSON records: the names used here hold everywhere in JSON."""

from __future__ import annotations

from datetime import date
from typing import Any

import orjson

from monitor.model import Alert, Claim, Count, DateRange, Fact, LedgerRow, Match, Verdict


def line(record: dict[str, Any]) -> str:
    """One record as one line. A lone surrogate, which JSON cannot hold, becomes a question mark."""
    try:
        return orjson.dumps(record).decode()
    except (orjson.JSONEncodeError, TypeError):
        import json

        return json.dumps(record, ensure_ascii=False).encode("utf-8", "replace").decode()


def reading_record(identifier: Any, alert: Alert | None, story: str | None) -> dict[str, Any]:
    """What `monitor read` says of one entry."""
    lead = alert.lead_claim if alert else None
    return {
        "id": identifier,
        "flagged": alert is not None and alert.lane == "changes",
        "lane": alert.lane if alert else None,
        "type": lead.type if lead else None,
        "phase": lead.phase if lead else None,
        "polarity": lead.polarity if lead else None,
        "modality": lead.modality if lead else None,
        "severity": alert.severity if alert else None,
        "gloss": alert.gloss if alert and lead else None,
        "matches": [match_record(match) for match in alert.matches] if alert else [],
        "claims": [claim_record(claim) for claim in alert.claims] if alert else [],
        "verdict": alert.verdict if alert else None,
        "verdicts": [verdict_record(verdict) for verdict in alert.verdicts] if alert else [],
        "story": story,
    }


def match_record(match: Match) -> dict[str, Any]:
    """One place where a rule holds."""
    return {"rule": match.rule, "field": match.field, "start": match.start, "end": match.end, "words": match.words}


def claim_record(claim: Claim) -> dict[str, Any]:
    """One claim."""
    return {
        "type": claim.type,
        "phase": claim.phase,
        "polarity": claim.polarity,
        "modality": claim.modality,
        "facility": claim.facility,
        "place": claim.place,
        "country": claim.country,
        "actors": list(claim.actors),
        "host": claim.host,
        "recipient": claim.recipient,
        "asset": claim.asset,
        "count": count_record(claim.count),
        "date": date_record(claim.date),
        "said_by": claim.said_by,
        "quote": claim.quote,
        "confidence": claim.confidence,
        "rests_on": list(claim.rests_on),
    }


def count_record(count: Count | None) -> dict[str, Any] | None:
    """An interval; null is its open end."""
    if count is None:
        return None
    return {"raw": count.raw, "low": count.low, "high": count.high, "unit": count.unit, "role": count.role}


def date_record(when: DateRange | None) -> dict[str, Any] | None:
    """An interval of days; null is its open end."""
    return None if when is None else {"raw": when.raw, "start": _day(when.start), "end": _day(when.end)}


def verdict_record(verdict: Verdict) -> dict[str, Any]:
    """One verdict; `claim` is an index into the claims."""
    return {"claim": verdict.claim, "fact": verdict.fact, "verdict": verdict.verdict, "reason": verdict.reason}


def fact_record(fact: Fact) -> dict[str, Any]:
    """One fact of the baseline."""
    return {
        "id": fact.id,
        "subject": fact.subject,
        "attribute": fact.attribute,
        "status": fact.status,
        "count": count_record(fact.count),
        "date": date_record(fact.date),
        "text": fact.text,
        "names": list(fact.names),
        "as_of": fact.as_of.isoformat(),
        "source": fact.source,
        "passage": fact.passage,
        "url": fact.url,
        "version": fact.version,
        "compared": fact.compared,
        "accepted_from": fact.accepted_from,
        "grade": fact.grade,
        "replaces": fact.replaces,
        "retired": fact.retired,
        "reason": fact.reason,
        "by": fact.by,
        "at": fact.at.isoformat() if fact.at else None,
    }


def ledger_record(row: LedgerRow) -> dict[str, Any]:
    """One row of the ledger: what holds, and what held before."""
    return {
        "subject": row.subject,
        "attribute": row.attribute,
        "facts": [fact_record(fact) for fact in row.facts],
        "before": [fact_record(fact) for fact in row.before],
        "due": date_record(row.due),
        "late": row.late,
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
