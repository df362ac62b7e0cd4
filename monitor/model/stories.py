"""Alerts, the stories they fold into, and what people decided."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from monitor.model.claims import Claim, Verdict
from monitor.model.entries import Entry
from monitor.model.passing import passed
from monitor.model.rules import Match
from monitor.model.words import (
    SEVERITIES,
    Action,
    Credibility,
    Lane,
    Reliability,
    ReviewState,
    Severity,
    VerdictName,
)


@passed
@dataclass(frozen=True, slots=True)
class Alert:
    """An entry that at least one rule matches, read. `lead` is the index of the lead claim, None without claims.

    `extracted` is the lead claim as the program read it, where a person has corrected it. `ruleset` is the fingerprint
    of the rules and the reader that made it, empty where that was only for a moment.
    """

    entry: Entry
    family: str
    lang: str
    matches: tuple[Match, ...]
    claims: tuple[Claim, ...]
    lead: int | None
    verdicts: tuple[Verdict, ...]
    verdict: VerdictName | None
    lane: Lane
    severity: Severity
    severity_parts: tuple[str, ...]
    gloss: str
    extracted: Claim | None = None
    ruleset: str = ""

    @property
    def lead_claim(self) -> Claim | None:
        """The claim that gives the alert its type, phase, verdict and gloss."""
        return None if self.lead is None else self.claims[self.lead]

    @property
    def lead_verdict(self) -> Verdict | None:
        """The verdict to show first: the strongest one on the lead claim, else the first."""
        return next((v for v in self.verdicts if v.claim == self.lead and v.verdict == self.verdict), None)


@dataclass(frozen=True, slots=True)
class Note:
    """A remark of a reviewer."""

    at: datetime
    by: str
    text: str


@dataclass(frozen=True, slots=True)
class Grade:
    """How far a story can be trusted, after the Admiralty system: letter of the source, digit of what it says.

    Suggested where `by` is None (`why` tells from what), else set by that person.
    """

    reliability: Reliability
    credibility: Credibility
    by: str | None = None
    at: datetime | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class StoryReview:
    """Where the review of a story stands, read off the journal. `due`: when what is watched is looked at again;
    `verdict`: what its lead claim did to the baseline when it was decided."""

    state: ReviewState = "unreviewed"
    reason: str | None = None
    by: str | None = None
    at: datetime | None = None
    notes: tuple[Note, ...] = ()
    tags: tuple[str, ...] = ()
    owner: str | None = None
    grade: Grade | None = None
    due: date | None = None
    verdict: str | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """Alerts on the same event, oldest first. `id` is the key of its first claim; `aliases` are former ids.

    `families` are the independent publishers, in order of first report; `copies` counts wire copies folded away.
    `grade` is how far it can be trusted, as suggested; `review.grade` is what a person said instead.
    """

    id: str
    alerts: tuple[Alert, ...]
    families: tuple[str, ...]
    copies: int = 0
    aliases: tuple[str, ...] = ()
    grade: Grade | None = None
    review: StoryReview = field(default_factory=StoryReview)

    @property
    def lead(self) -> Alert:
        """The alert that stands for the story: the first that reports something, else the first of all."""
        for alert in self.alerts:
            claim = alert.lead_claim
            if claim is not None and claim.polarity == "asserted" and claim.modality in ("fact", "reported"):
                return alert
        return self.alerts[0]

    @property
    def first_seen_by(self) -> tuple[str, datetime]:
        """Who had it first, and when it was published there."""
        return self.families[0], self.alerts[0].entry.when

    @property
    def trust(self) -> Grade | None:
        """The grade to show: a person's, else the suggested one."""
        return self.review.grade or self.grade

    @property
    def latest(self) -> datetime:
        """When it was last reported."""
        return max(alert.entry.when for alert in self.alerts)

    @property
    def lane(self) -> Lane:
        """*changes* as soon as one of its alerts is."""
        return "changes" if any(alert.lane == "changes" for alert in self.alerts) else "context"

    @property
    def severity(self) -> Severity:
        """The highest of its alerts."""
        return max((alert.severity for alert in self.alerts), key=SEVERITIES.index)


@dataclass(frozen=True, slots=True)
class Decision:
    """One line of the journal: who did what to which story, with the state before and after, chained by hash.

    `claims` are the keys of the claims the story had, so that a decision survives a story being folded anew. `target`
    is what it is about, where that is not the story: a claim, a fact, another story. `value` and `was` are what it set
    and what stood there before, as canonical JSON.
    """

    seq: int
    at: datetime
    by: str
    action: Action
    story: str
    claims: tuple[str, ...]
    before: ReviewState
    after: ReviewState
    reason: str | None = None
    text: str | None = None
    undoes: int | None = None
    target: str | None = None
    value: str | None = None
    was: str | None = None
    previous: str = ""
    hash: str = ""
