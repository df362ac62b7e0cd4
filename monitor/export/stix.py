"""Stories as STIX 2.1, for platforms that exchange intelligence. The one importer of stix2, which judges the result.

A story is a report; its base a location; its publishers identities. What STIX has no word for - the posture claim and
what it does to the baseline - stands in a property extension that the bundle defines. Ids come from content, so that
the same story exported twice is the same object, renewed.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from monitor.errors import InputError
from monitor.export.jsonl import claim_record, verdict_record
from monitor.export.stories import feeds_of, grade, place_of
from monitor.feeds.clean import safe, web_url
from monitor.model import Alert, Board, Feed, Story

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:posture-monitor:stix")
_SCHEMA = "urn:posture-monitor:posture-claim:1"
# The definition of the extension never changes, so neither do its times.
_EPOCH = "2026-01-01T00:00:00.000Z"
_KINDS = {"official": "organization", "state": "organization", "party": "organization"}

# The standard's own table (2.1, appendix A) from Admiralty credibility to confidence; 6, not judged, has none.
_CONFIDENCE = {"1": 90, "2": 70, "3": 50, "4": 30, "5": 10}


def bundle(board: Board, stories: Iterable[Story]) -> dict[str, Any]:
    """A STIX 2.1 bundle of these stories."""
    chosen = tuple(stories)
    program = {
        **_object("identity", "program", _EPOCH, _EPOCH),
        "name": "posture-monitor",
        "identity_class": "system",
    }
    definition = {
        **_object("extension-definition", "posture-claim", _EPOCH, _EPOCH),
        "created_by_ref": program["id"],
        "name": "posture claim",
        "description": "What reports assert about a military posture, and what each does to a baseline of known facts.",
        "schema": _SCHEMA,
        "version": "1.0.0",
        "extension_types": ["property-extension"],
    }
    feeds = feeds_of(board)
    objects: dict[str, dict[str, Any]] = {program["id"]: program, definition["id"]: definition}
    for story in chosen:
        linked = [*_locations(story), *_publishers(story, feeds)]
        for one in linked:
            objects.setdefault(one["id"], one)
        report = _report(story, feeds, program["id"], definition["id"], [one["id"] for one in linked])
        objects[report["id"]] = report
    content = "\n".join(f"{one['id']} {one['modified']}" for one in objects.values())
    return {"type": "bundle", "id": _id("bundle", content), "objects": list(objects.values())}


def checked(made: dict[str, Any]) -> str:
    """The bundle as JSON, after stix2 has found nothing wrong with it. Raises InputError."""
    try:
        import stix2
        from stix2.exceptions import STIXError
    except ImportError as error:
        raise InputError(
            "STIX needs the extra [stix]: in the program's folder, uv tool install --force '.[stix]'."
        ) from error
    try:
        parsed = stix2.parse(made, allow_custom=False, version="2.1")
    except STIXError as error:
        raise InputError(f"stix2 refuses the bundle: {safe(str(error))[:500]}. Please report this.") from error
    text: str = parsed.serialize(pretty=True)
    return text


def _report(
    story: Story, feeds: dict[str, Feed], program: str, definition: str, linked: Sequence[str]
) -> dict[str, Any]:
    lead = story.lead
    created = min(alert.entry.first_seen for alert in story.alerts)
    modified = max(
        [created, *(alert.entry.revised for alert in story.alerts), *([story.review.at] if story.review.at else [])]
    )
    claim, verdict, graded = lead.lead_claim, lead.lead_verdict, story.review.grade
    said = [lead.gloss or lead.entry.title, verdict.reason if verdict else ""]
    return {
        **_object("report", f"story:{story.id}", _stamp(created), _stamp(modified)),
        "created_by_ref": program,
        "name": safe(lead.entry.title)[:1000] or story.id,
        "description": safe("\n".join(part for part in said if part)),
        "report_types": ["observed-data"],
        "published": _stamp(lead.entry.when),
        **({"confidence": _CONFIDENCE[graded.credibility]} if graded and graded.credibility in _CONFIDENCE else {}),
        "labels": [f"severity:{story.severity}", f"lane:{story.lane}", f"review:{story.review.state}"]
        + ([f"verdict:{lead.verdict}"] if lead.verdict else []),
        "external_references": [_reference(alert) for alert in story.alerts],
        "object_refs": list(linked) or [program],
        "extensions": {
            definition: {
                "extension_type": "property-extension",
                "story": story.id,
                "gloss": lead.gloss or "none",
                "severity": story.severity,
                "lane": story.lane,
                "reports": len(story.alerts),
                "independent_sources": len(story.families),
                "sources": [
                    {"feed": alert.entry.feed, "family": alert.family, "grade": grade(feeds.get(alert.entry.feed))}
                    for alert in story.alerts
                ],
                **({"claim": _set(claim_record(claim))} if claim else {}),
                **({"verdicts": [_set(verdict_record(one)) for one in lead.verdicts]} if lead.verdicts else {}),
            }
        },
    }


def _reference(alert: Alert) -> dict[str, Any]:
    entry = alert.entry
    url = web_url(entry.url) if entry.url else None
    seen = (
        f"{safe(entry.title)[:500]} (first seen {_stamp(entry.first_seen)}, SHA-256 of the wording {entry.fingerprint})"
    )
    return {"source_name": entry.feed, "description": seen, "external_id": entry.id, **({"url": url} if url else {})}


def _locations(story: Story) -> Iterable[dict[str, Any]]:
    seen = set()
    for alert in story.alerts:
        claim = alert.lead_claim
        facility = place_of(claim.facility if claim else None)
        if facility is None or facility.id in seen:
            continue
        seen.add(facility.id)
        found: dict[str, Any] = {
            **_object("location", f"facility:{facility.id}", _EPOCH, _EPOCH),
            "name": facility.name,
            "country": facility.country,
        }
        if facility.lat is not None and facility.lon is not None:
            metres = {"high": 2_000.0, "medium": 10_000.0}.get(facility.coords, 50_000.0)
            found |= {"latitude": facility.lat, "longitude": facility.lon, "precision": metres}
        yield found


def _publishers(story: Story, feeds: dict[str, Feed]) -> Iterable[dict[str, Any]]:
    for family in story.families:
        feed = next((feed for feed in feeds.values() if feed.publisher == family), None)
        yield {
            **_object("identity", f"family:{family}", _EPOCH, _EPOCH),
            "name": safe(feed.name if feed is not None else family) or "unknown",
            "identity_class": _KINDS.get(feed.kind if feed is not None else "", "organization"),
        }


def _object(kind: str, key: str, created: str, modified: str) -> dict[str, Any]:
    return {"type": kind, "spec_version": "2.1", "id": _id(kind, key), "created": created, "modified": modified}


def _id(kind: str, key: str) -> str:
    return f"{kind}--{uuid.uuid5(NAMESPACE, f'{kind}:{key}')}"


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _set(record: dict[str, Any]) -> dict[str, Any]:
    """Without what is not known: STIX has no null."""
    return {
        key: _set(value) if isinstance(value, dict) else value
        for key, value in record.items()
        if value is not None and value != []
    }
