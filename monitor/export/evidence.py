"""The evidence for one story as a set of files: what was published, what it was read as, who decided what.

Every file's SHA-256 stands in SHA256SUMS (check with `sha256sum -c`), and the journal's lines carry the chain whose
head the manifest names, so that a bundle can be held against the store it came from.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from monitor.errors import StoreError
from monitor.export.jsonl import fact_record, line
from monitor.export.stories import alert_record, decision_record, story_record
from monitor.feeds.evidence import unpacked
from monitor.model import Alert, Decision, Fact, Story


def bundle(
    story: Story, journal: Sequence[Decision], facts: Sequence[Fact], *, now: datetime, sound: bool
) -> dict[str, bytes]:
    """The files of a bundle by name, the same for the same story and moment.

    Args:
        story: with all its reports.
        journal: all decisions: those on the story are written, the head of the chain is named.
        facts: the baseline in force; those that the story's verdicts name are written.
        now: when the bundle is made.
        sound: whether the journal's chain was verified.
    """
    keys = {story.id, *story.aliases}
    decisions = [one for one in journal if one.story in keys or not keys.isdisjoint(one.claims)]
    touched = {verdict.fact for alert in story.alerts for verdict in alert.verdicts}
    files = {
        "story.json": _json(story_record(story, reports=False)),
        "journal.jsonl": _lines(decision_record(one) for one in decisions),
        "baseline.jsonl": _lines(fact_record(fact) for fact in facts if fact.id in touched),
    }
    reports = []
    for number, alert in enumerate(story.alerts, 1):
        name = f"reports/{number:03}-{_name(alert.entry.feed)}"
        files[f"{name}.json"] = _json(_report(alert))
        found, problem = _item(alert)
        if found is not None:
            files[f"{name}.item.json"] = found
        reports.append({"report": f"{name}.json", "item": f"{name}.item.json" if found else None, "problem": problem})
    files["manifest.json"] = _json(
        {
            "story": story.id,
            "gloss": story.lead.gloss,
            "made": now.isoformat(),
            "journal_head": journal[-1].hash if journal else None,
            "journal_lines": len(journal),
            "journal_sound": sound,
            "reports": reports,
        }
    )
    sums = "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    return {**files, "SHA256SUMS": sums.encode()}


def _report(alert: Alert) -> dict[str, Any]:
    """One report: its wording now and before, and where it was found."""
    entry, evidence = alert.entry, alert.entry.evidence
    record = {**alert_record(alert), "summary": entry.summary, "text": entry.text}
    record["revisions"] = [
        {"seen": one.seen.isoformat(), "title": one.title, "summary": one.summary, "text": one.text}
        for one in entry.revisions
    ]
    record["evidence"] = evidence and {
        "fetched_at": evidence.fetched_at.isoformat(),
        "document_url": evidence.url,
        "document_sha256": evidence.document_sha256,
        "etag": evidence.etag,
        "last_modified": evidence.last_modified,
        "item_sha256": evidence.raw_sha256,
    }
    return record


def _item(alert: Alert) -> tuple[bytes | None, str | None]:
    """The item as it was published, or why it is not there."""
    if alert.entry.evidence is None:
        return None, "no item was kept: it was handed in by hand, or stored by an earlier version"
    try:
        return unpacked(alert.entry.evidence), None
    except StoreError as error:
        return None, str(error)


def _name(feed: str) -> str:
    """A feed's id as part of a file name."""
    return "".join(char if char.isascii() and (char.isalnum() or char in "-_") else "_" for char in feed)[:60]


def _json(record: Mapping[str, Any]) -> bytes:
    return (json.dumps(record, ensure_ascii=True, indent=1) + "\n").encode("ascii")


def _lines(records: Any) -> bytes:
    return "".join(line(record) + "\n" for record in records).encode("utf-8", "replace")
