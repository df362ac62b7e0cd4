"""The closed vocabularies: every word that a stored record may carry."""

from __future__ import annotations

from typing import Literal, get_args

FeedKind = Literal["independent", "state", "pro_government", "party", "official", "wire"]
Health = Literal["unpolled", "ok", "failing", "blocked", "not a feed", "stale", "silent", "muted", "offline"]
Identity = Literal["guid", "link", "hash"]
FieldName = Literal["title", "summary", "text"]
EventType = Literal[
    "base_handover",
    "base_closure",
    "base_establishment",
    "withdrawal",
    "deployment",
    "rotation",
    "mission_change",
    "basing_agreement",
    "alert_level",
    "exercise",
    "equipment_move",
    "force_count",
    "attack_on_base",
    "access_change",
    "evacuation",
    "posture_pressure",
    "keyword",
]
Phase = Literal["planned", "under_way", "completed", "postponed", "cancelled", "unclear"]
Polarity = Literal["asserted", "denied"]
Modality = Literal["fact", "reported", "hypothetical", "demand", "historical", "background"]
Lane = Literal["changes", "context"]
Severity = Literal["low", "medium", "high", "critical"]
VerdictName = Literal["confirms", "refines", "updates", "contradicts", "stale", "related", "incomparable", "new"]
Attribute = Literal[
    "status",
    "count",
    "contributors",
    "membership",
    "mission",
    "effective_date",
    "mandate_end",
    "alert_level",
    "background",
]
Precision = Literal["day", "week", "month", "quarter", "year", "range"]
CountRole = Literal["total", "remaining", "leaving", "arriving"]
CountUnit = Literal[
    "personnel", "aircraft", "vehicles", "ships", "countries", "members", "attacks", "lawmakers", "bases"
]
ReviewState = Literal["unreviewed", "in_review", "confirmed", "watching", "dismissed", "closed", "reopened"]
DismissReason = Literal["false_positive", "duplicate", "historical", "hypothetical", "irrelevant", "opinion"]
Action = Literal[
    "confirm",
    "dismiss",
    "watch",
    "note",
    "accept",
    "reopen",
    "close",
    "split",
    "merge",
    "correct",
    "grade",
    "tag",
    "own",
    "add_fact",
    "edit_fact",
    "retire_fact",
    "undo",
]
FactAction = Literal["add_fact", "edit_fact", "retire_fact"]
Reliability = Literal["A", "B", "C", "D", "E", "F"]
Credibility = Literal["1", "2", "3", "4", "5", "6"]
OverdueState = Literal[
    "overdue", "reported done, review", "put off, review", "called off, review", "due, not observable", "unwatched"
]
BY_HAND = "by-hand"
"""The feed of reports that a person adds."""

EVENT_TYPES: tuple[EventType, ...] = get_args(EventType)
CONTEXT_TYPES: frozenset[EventType] = frozenset({"exercise", "attack_on_base", "evacuation", "posture_pressure"})
FACT_ACTIONS: tuple[FactAction, ...] = get_args(FactAction)
ATTRIBUTES: tuple[Attribute, ...] = get_args(Attribute)
RELIABILITIES: tuple[Reliability, ...] = get_args(Reliability)
CREDIBILITIES: tuple[Credibility, ...] = get_args(Credibility)
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
DISMISS_REASONS: tuple[DismissReason, ...] = get_args(DismissReason)
FIELDS: tuple[FieldName, ...] = get_args(FieldName)
