"""What a text asserts, what is held true, and what the one does to the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from monitor.model.passing import passed
from monitor.model.words import (
    CONTEXT_TYPES,
    Attribute,
    CountRole,
    CountUnit,
    EventType,
    FieldName,
    Lane,
    Modality,
    Phase,
    Polarity,
    Precision,
    Reliability,
    VerdictName,
)


@passed
@dataclass(frozen=True, slots=True)
class Count:
    """A number of something as an interval: `high` None is open. `raw` is the wording."""

    raw: str
    low: int
    high: int | None
    unit: CountUnit
    role: CountRole


@passed
@dataclass(frozen=True, slots=True)
class DateRange:
    """When, as an interval of days. None at an end means open or (both) not resolvable; `raw` is the wording."""

    raw: str
    start: date | None
    end: date | None
    precision: Precision


@passed
@dataclass(frozen=True, slots=True)
class Cue:
    """A word that set phase, polarity or modality: its class, its wording and its span in the claim's field."""

    name: str
    words: str
    start: int
    end: int


@passed
@dataclass(frozen=True, slots=True)
class Claim:
    """What the text asserts. `facility`, `place`, `actors` are ids of the gazetteer and the actor table.

    `start`, `end` span the sentence `quote` in `field`; `action` tells what a mission_change does to the mission.
    `rests_on` says what the sentence leaves open and another one tells: "facility: the headline".
    `aside`: told in passing beside an event ("after the withdrawal", "500 are still there"), so that it leads last.
    """

    type: EventType
    phase: Phase
    polarity: Polarity
    modality: Modality
    field: FieldName
    start: int
    end: int
    quote: str
    rule: str
    facility: str | None = None
    place: str | None = None
    country: str | None = None
    actors: tuple[str, ...] = ()
    host: str | None = None
    recipient: str | None = None
    asset: str | None = None
    count: Count | None = None
    date: DateRange | None = None
    said_by: str | None = None
    cues: tuple[Cue, ...] = ()
    confidence: float = 0.5
    action: Literal["ended", "extended", "started"] | None = None
    aside: bool = False
    rests_on: tuple[str, ...] = ()

    @property
    def lane(self) -> Lane:
        """*changes* where something is asserted as fact or report, has not been put off, and is a posture change."""
        changes = (
            self.polarity == "asserted"
            and self.modality in ("fact", "reported")
            and self.phase not in ("postponed", "cancelled", "unclear")
            and self.type not in CONTEXT_TYPES
        )
        return "changes" if changes else "context"


@passed
@dataclass(frozen=True, slots=True)
class Fact:
    """A piece of the baseline: who or what, which attribute, its value, since when known, and the passage it rests on.

    `subject` is a facility id, or "actor@area". Exactly one of `status`, `count`, `date`, `text` carries the value.
    `compared` is False for background facts: shown, never compared. `accepted_from` names the story that moved it.
    What a person wrote carries `by`, `at`, `reason`; an edit `replaces` the fact of that id, and where `retired` that
    one no longer holds. `grade` is the source's Admiralty letter.
    """

    id: str
    subject: str
    attribute: Attribute
    as_of: date
    source: str
    passage: str
    status: str | None = None
    count: Count | None = None
    date: DateRange | None = None
    text: str | None = None
    names: tuple[str, ...] = ()
    url: str | None = None
    version: int = 1
    compared: bool = True
    accepted_from: str | None = None
    grade: Reliability = "F"
    replaces: str | None = None
    retired: bool = False
    reason: str | None = None
    by: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One thing that the ledger follows: what holds of it at the ledger's date, and what held before, newest first.

    `facts` are several only where sources of the same day disagree on a number. `due` is the planned window of the
    step that a state announces; `late` the days by which it has passed without the step.
    """

    subject: str
    attribute: Attribute
    facts: tuple[Fact, ...]
    before: tuple[Fact, ...] = ()
    due: DateRange | None = None
    late: int | None = None


@dataclass(frozen=True, slots=True)
class Ledger:
    """The state of every base, force and mission, and every number of forces, as it was held on one day."""

    as_of: date
    rows: tuple[LedgerRow, ...]


@passed
@dataclass(frozen=True, slots=True)
class Verdict:
    """What one claim does to one fact, and why, in one sentence. `claim` is an index, `fact` an id or None (new)."""

    claim: int
    fact: str | None
    verdict: VerdictName
    reason: str
