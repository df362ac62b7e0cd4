"""An entry as an alert: match, extract, compare. Pure; the pipeline has stored the entry before.

What does not depend on the baseline (`understood`) is apart from what does (`judged`), so that a fact that moves costs
a comparison and no reading.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from monitor.baseline.compare import compare, strongest
from monitor.baseline.wording import days, rounded
from monitor.claims import corrected, extract, found_in, lead
from monitor.language.facilities import gazetteer
from monitor.language.lexicon import world
from monitor.model import SEVERITIES, Alert, Claim, Entry, Fact, Feed, FieldName, Lane, Match, Severity, Verdict
from monitor.rules.engine import Ruleset
from monitor.rules.evaluate import Origin

_MET = 40  # code points of the words that a rule of keywords met
TYPE_WORDS = {
    "base_handover": "handover",
    "base_closure": "closure",
    "base_establishment": "base opened",
    "mission_change": "mission",
    "basing_agreement": "agreement",
    "alert_level": "alert level",
    "equipment_move": "equipment moved",
    "force_count": "troop number",
    "attack_on_base": "attack",
    "access_change": "access",
    "posture_pressure": "pressure",
}


def read_entry(entry: Entry, feed: Feed | None, ruleset: Ruleset, facts: Sequence[Fact]) -> Alert | None:
    """Match, extract, compare: the alert that an entry is, or None where no rule matches."""
    alert = understood(entry, feed, ruleset)
    return judged(alert, feed, facts) if alert is not None else None


def understood(entry: Entry, feed: Feed | None, ruleset: Ruleset) -> Alert | None:
    """Match and extract: the alert as far as it does not depend on the baseline, with no verdicts and its rule's
    severity; None where no rule matches."""
    fields: list[tuple[FieldName, str]] = [("title", entry.title), ("summary", entry.summary), ("text", entry.text)]
    written = [(name, text) for name, text in fields if text]
    candidates = ruleset.candidates(written, entry.lang)
    if not candidates:
        return None
    reading = ruleset.read(written, entry.lang)
    names = [entry.feed, entry.source_label or ""]
    names += [feed.name, feed.publisher] if feed is not None else []
    origin = Origin(tuple(name for name in names if name), feed.country if feed is not None else None)
    matches, parts = ruleset.match_with_parts(reading, origin, candidates)
    if not matches:
        return None
    published = local_date(entry.published, feed.tz if feed else None)
    types = {match.rule: ruleset.rule(match.rule).type for match in matches}
    words = ruleset.language(reading.lang).lexicon
    claims = extract(reading, tuple(found_in(matches, parts, types)), words, published=published)
    first = lead(claims)
    lane: Lane = "changes" if any(claim.lane == "changes" for claim in claims) else "context"
    severity, why = rule_severity(matches, ruleset)
    family = feed.publisher if feed else entry.feed
    told = gloss(claims[first], matches) if first is not None else ""
    return Alert(entry, family, reading.lang, matches, claims, first, (), None, lane, severity, (why,), told)


def judged(alert: Alert, feed: Feed | None, facts: Sequence[Fact]) -> Alert:
    """Compare: an alert as `understood` gives it, or one that was held against another baseline, held against this."""
    seen = local_date(alert.entry.published, feed.tz if feed else None) or alert.entry.first_seen.date()
    grade = feed.reliability if feed is not None else "F"
    verdicts = tuple(v for index, claim in enumerate(alert.claims) for v in compare(claim, index, facts, seen, grade))
    said = alert.severity_parts[:1]
    base = next((name for name in SEVERITIES for part in said if part.startswith(f"{name} ")), alert.severity)
    severity, why = moved(base, alert.claims, alert.lead, alert.lane, verdicts)
    return replace(
        alert,
        family=feed.publisher if feed else alert.entry.feed,
        verdicts=verdicts,
        verdict=strongest(verdicts, alert.lead),
        severity=severity,
        severity_parts=(*said, *why),
    )


def amended(alert: Alert, given: Mapping[str, object], feed: Feed | None, facts: Sequence[Fact]) -> Alert:
    """An alert with what a person corrected in its lead claim, held against the baseline again."""
    if alert.lead is None or alert.lead_claim is None:
        return alert
    claim = corrected(alert.lead_claim, given)
    claims = tuple(claim if index == alert.lead else one for index, one in enumerate(alert.claims))
    lane: Lane = "changes" if any(one.lane == "changes" for one in claims) else "context"
    extracted = alert.extracted or alert.lead_claim
    told = gloss(claim, alert.matches)
    return judged(replace(alert, claims=claims, lane=lane, gloss=told, extracted=extracted), feed, facts)


def local_date(published: datetime | None, tz: str | None) -> date | None:
    """The calendar day of publication where the feed is at home."""
    if published is None:
        return None
    return published.astimezone(ZoneInfo(tz) if tz else UTC).date()


def severity_of(
    matches: Sequence[Match],
    claims: Sequence[Claim],
    first: int | None,
    lane: Lane,
    verdicts: Sequence[Verdict],
    ruleset: Ruleset,
) -> tuple[Severity, tuple[str, ...]]:
    """The rule's severity, moved by what the claim is, with each part named."""
    base, why = rule_severity(matches, ruleset)
    severity, steps = moved(base, claims, first, lane, verdicts)
    return severity, (why, *steps)


def rule_severity(matches: Sequence[Match], ruleset: Ruleset) -> tuple[Severity, str]:
    """The highest severity of the rules that match, and which rule it is."""
    rule = max((ruleset.rule(match.rule) for match in matches), key=lambda r: SEVERITIES.index(r.severity))
    return rule.severity, f"{rule.severity} by rule {rule.id}"


def moved(
    base: Severity, claims: Sequence[Claim], first: int | None, lane: Lane, verdicts: Sequence[Verdict]
) -> tuple[Severity, tuple[str, ...]]:
    """A severity moved by what the lead claim is and does to the baseline, with each step named."""
    level, parts = SEVERITIES.index(base), []
    own = [verdict for verdict in verdicts if verdict.claim == first]
    steps = (
        (-1, "planned", first is not None and claims[first].phase == "planned" and lane == "changes"),
        (-2, "context", lane == "context"),
        (1, "touches the baseline", any(v.fact is not None and v.verdict != "incomparable" for v in own)),
        (1, "contradicts", any(v.verdict == "contradicts" for v in own)),
    )
    for step, name, holds in steps:
        if holds:
            level += step
            parts.append(f"{step:+d} {name}")
    return SEVERITIES[min(max(level, 0), len(SEVERITIES) - 1)], tuple(parts)


def gloss(claim: Claim, matches: Sequence[Match] = ()) -> str:
    """A claim in English for those who do not read the script: "handover · planned · Ain al-Asad · 5-11 Jan 2026".

    A rule of keywords alone reads no event: what it met is told instead.
    """
    known = world()
    parts = [TYPE_WORDS.get(claim.type, claim.type.replace("_", " "))]
    met = next((match.words for match in matches if match.rule == claim.rule), "")
    if claim.type == "keyword" and met:
        parts = [f"keyword “{' '.join(met.split())[:_MET]}”"]
    elif claim.type == "mission_change" and claim.action:
        parts = [f"mission {claim.action}"]
    elif claim.type == "equipment_move" and claim.asset:
        parts = [f"{claim.asset.replace('_', ' ')} moved"]
    if claim.polarity == "denied":
        parts.append("denied")
    elif claim.modality in ("hypothetical", "demand", "historical", "background"):
        parts.append(claim.modality)
    if claim.polarity == "asserted" and claim.type not in ("force_count", "keyword"):
        parts.append(claim.phase.replace("_", " "))
    if claim.asset and claim.type != "equipment_move":
        parts.append(claim.asset.replace("_", " "))
    if claim.count is not None:
        parts.append(f"{rounded(claim.count)} {claim.count.role if claim.count.role != 'total' else claim.count.unit}")
    if claim.facility:
        parts.append(gazetteer()[claim.facility].short)
    elif claim.place or claim.country:
        parts.append(known.label(claim.place or claim.country or ""))
    if not claim.facility and claim.actors:
        parts.append(" + ".join(known.label(actor) for actor in claim.actors[:2]))
    if claim.date is not None and claim.date.start is not None and claim.date.end is not None:
        parts.append(days(claim.date))
    return " · ".join(parts)
