"""The words of the program as types: frozen, free of any library, shared by all parts.

Times are aware UTC datetimes, dates are calendar dates, spans are half-open ranges of code points of the field as it
was read. Ids are made from content, so they are the same in every run. The order below is the way of one item: feed,
entry, match, claim, fact, verdict, alert, story, review, board.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
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
Action = Literal["confirm", "dismiss", "watch", "note", "accept", "reopen", "undo"]
OverdueState = Literal["overdue", "reported done, review", "due, not observable", "unwatched"]

EVENT_TYPES: tuple[EventType, ...] = get_args(EventType)
CONTEXT_TYPES: frozenset[EventType] = frozenset({"exercise", "attack_on_base", "evacuation", "posture_pressure"})
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
DISMISS_REASONS: tuple[DismissReason, ...] = get_args(DismissReason)
FIELDS: tuple[FieldName, ...] = get_args(FieldName)


# ---- feeds -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Feed:
    """A configured source. Identity is `id`, never the URL; `family` is the publisher behind it."""

    id: str
    url: str
    name: str
    lang: str | None = None
    tz: str | None = None
    country: str | None = None
    region: str | None = None
    family: str = ""
    kind: FeedKind = "independent"
    reliability: str = "F"
    interval: timedelta | None = None
    enabled: bool = True
    allow_private: bool = False
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def publisher(self) -> str:
        """The family, or the feed itself where none is given."""
        return self.family or self.id


@dataclass(frozen=True, slots=True)
class FeedState:
    """What the last polls of one feed left behind; stored in the same transaction as the entries."""

    feed: str
    etag: str | None = None
    last_modified: str | None = None
    body_sha256: str | None = None
    health: Health = "unpolled"
    cause: str = ""
    failures: int = 0
    next_due: datetime | None = None
    last_poll: datetime | None = None
    last_success: datetime | None = None
    last_new: datetime | None = None
    first_success: datetime | None = None
    bytes: int = 0
    seconds: float = 0.0
    # How long the document asked us to wait, in seconds; a 304 does not repeat it.
    ttl: int = 0
    # Why the next poll is when it is: "every 12 min: half the usual gap of 24 min".
    rhythm: str = ""
    # A permanent redirect: where to, since when, how often met; `address` once it is adopted; `moved_for` is the
    # fingerprint of the configured address, so that a new one in feeds.yml ends it.
    moved_to: str | None = None
    moved_since: datetime | None = None
    moved_polls: int = 0
    address: str | None = None
    moved_for: str = ""
    # By what the feed's entries are known, and how often that failed of late.
    identity: Identity = "guid"
    keys_judged: int = 0
    keys_collided: int = 0


@dataclass(frozen=True, slots=True)
class Fetched:
    """A body, decoded and within bounds. `wish` is how long the server asks us to wait, `moved_to` where the address we
    asked redirects for good."""

    body: bytes
    url: str
    content_type: str
    etag: str | None
    last_modified: str | None
    wish: timedelta | None
    seconds: float
    moved_to: str | None = None


@dataclass(frozen=True, slots=True)
class NotModified:
    """304: nothing new; validators may have been renewed."""

    etag: str | None
    last_modified: str | None
    wish: timedelta | None
    seconds: float
    moved_to: str | None = None


@dataclass(frozen=True, slots=True)
class FetchFailed:
    """An expected failure, its cause in words a person understands."""

    health: Health
    cause: str
    seconds: float
    retry_after: timedelta | None = None
    status: int | None = None


FetchResult = Fetched | NotModified | FetchFailed


@dataclass(frozen=True, slots=True)
class ParsedEntry:
    """One item as the document gave it, cleaned to plain text, not yet an Entry (no identity, no history)."""

    guid: str | None
    url: str | None
    title: str
    summary: str
    text: str
    published: datetime | None
    source_label: str | None = None


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A document that is a feed. `problems` are survivable: what was odd, in words."""

    title: str
    entries: tuple[ParsedEntry, ...]
    problems: tuple[str, ...] = ()
    ttl: timedelta | None = None


@dataclass(frozen=True, slots=True)
class NotAFeed:
    """A document that gives no entries and is no feed; `health` is "blocked", "not a feed" or "failing"."""

    health: Health
    cause: str


@dataclass(frozen=True, slots=True)
class Revision:
    """An earlier wording of an entry."""

    seen: datetime
    title: str
    summary: str
    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One item as a feed published it. `id` = hash of feed and `key`; `key` = guid, canonical link or content hash."""

    id: str
    feed: str
    key: str
    url: str | None
    title: str
    summary: str
    text: str
    lang: str | None
    published: datetime | None
    first_seen: datetime
    revised: datetime
    fingerprint: str
    source_label: str | None = None
    revisions: tuple[Revision, ...] = ()

    @property
    def when(self) -> datetime:
        """Publication, or where the feed gave none, the moment we first saw it."""
        return self.published or self.first_seen

    def field_text(self, name: FieldName) -> str:
        """The text of one field, the one that spans count in."""
        return {"title": self.title, "summary": self.summary, "text": self.text}[name]


# ---- rules -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RuleExample:
    """A sentence that a rule must (or must not) match; `lang` as the rule's author gave it, else by script."""

    text: str
    matches: bool
    lang: str | None = None
    line: int = 0
    col: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """An indicator, as written. `when` and `unless` are expressions; `keywords` is their form for beginners.

    `place` says where each stands in feeds.yml, for error messages: (line, col) of when, unless, keywords.
    """

    id: str
    type: EventType = "keyword"
    severity: Severity = "medium"
    when: str = ""
    unless: str = ""
    keywords: tuple[str, ...] = ()
    examples: tuple[RuleExample, ...] = ()
    enabled: bool = True
    place: tuple[tuple[str, tuple[int, int]], ...] = ()


@dataclass(frozen=True, slots=True)
class Notify:
    """One line of `notify:` - kept as written; `channel` is bell or command here."""

    when: str
    channel: str
    run: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Config:
    """feeds.yml as a value. `file` is where it came from; it is replaced whole on reload, never edited."""

    file: str
    user: str
    store: str | None
    seeds: str | None
    feeds: tuple[Feed, ...]
    lists: tuple[tuple[str, tuple[str, ...]], ...]
    rules: tuple[Rule, ...]
    notify: tuple[Notify, ...] = ()
    ui: tuple[tuple[str, str], ...] = ()
    keys: tuple[tuple[str, str], ...] = ()
    list_places: tuple[tuple[str, tuple[int, int]], ...] = ()
    shipped_rules: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """One place where a rule holds. `words` is exactly field[start:end]; `parts` are the spans of its terms."""

    rule: str
    field: FieldName
    start: int
    end: int
    words: str
    parts: tuple[tuple[int, int], ...] = ()


# ---- claims ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Count:
    """A number of something as an interval: `high` None is open. `raw` is the wording."""

    raw: str
    low: int
    high: int | None
    unit: CountUnit
    role: CountRole


@dataclass(frozen=True, slots=True)
class DateRange:
    """When, as an interval of days. None at an end means open or (both) not resolvable; `raw` is the wording."""

    raw: str
    start: date | None
    end: date | None
    precision: Precision


@dataclass(frozen=True, slots=True)
class Cue:
    """A word that set phase, polarity or modality: its class, its wording and its span in the claim's field."""

    name: str
    words: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Claim:
    """What the text asserts. `facility`, `place`, `actors` are ids of the gazetteer and the actor table.

    `start`, `end` span the sentence `quote` in `field`; `action` tells what a mission_change does to the mission.
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
    action: Literal["ended", "extended"] | None = None

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


@dataclass(frozen=True, slots=True)
class Fact:
    """A piece of the baseline: who or what, which attribute, its value, since when known, and the passage it rests on.

    `subject` is a facility id, or "actor@area". Exactly one of `status`, `count`, `date`, `text` carries the value.
    `compared` is False for background facts: shown, never compared. `accepted_from` names the story that moved it.
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


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one claim does to one fact, and why, in one sentence. `claim` is an index, `fact` an id or None (new)."""

    claim: int
    fact: str | None
    verdict: VerdictName
    reason: str


# ---- alerts and stories ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Alert:
    """An entry that at least one rule matches, read. `lead` is the index of the lead claim, None without claims."""

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
class StoryReview:
    """Where the review of a story stands, read off the journal."""

    state: ReviewState = "unreviewed"
    reason: str | None = None
    by: str | None = None
    at: datetime | None = None
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """Alerts on the same event, oldest first. `id` is the key of its first claim; `aliases` are former ids.

    `families` are the independent publishers, in order of first report; `copies` counts wire copies folded away.
    """

    id: str
    alerts: tuple[Alert, ...]
    families: tuple[str, ...]
    copies: int = 0
    aliases: tuple[str, ...] = ()
    review: StoryReview = field(default_factory=StoryReview)

    @property
    def lead(self) -> Alert:
        """The alert that stands for the story: the first report."""
        return self.alerts[0]

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

    `claims` are the keys of the claims the story had, so that a decision survives a story being folded anew.
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
    previous: str = ""
    hash: str = ""


# ---- board -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FeedRow:
    """A feed and how it fares."""

    feed: Feed
    state: FeedState


@dataclass(frozen=True, slots=True)
class Overdue:
    """A planned fact whose window has passed. `story` is the report that may have settled it."""

    fact: Fact
    due: date
    days: int
    state: OverdueState
    reason: str
    story: str | None = None


@dataclass(frozen=True, slots=True)
class Board:
    """All that a screen shows, at one moment. Stories of both lanes, newest first; the dashboard draws it, the command
    line prints it."""

    now: datetime
    user: str
    stories: tuple[Story, ...]
    facts: tuple[Fact, ...]
    overdue: tuple[Overdue, ...]
    feeds: tuple[FeedRow, ...]
    names: tuple[tuple[str, str], ...] = ()
    entries: int = 0
    problems: tuple[str, ...] = ()
    label: str = ""

    @property
    def as_of(self) -> date | None:
        """How old the baseline is: the newest seeded fact. One accepted since makes the others no younger."""
        seeded = [fact.as_of for fact in self.facts if fact.accepted_from is None]
        return max(seeded or [fact.as_of for fact in self.facts], default=None)

    def lane(self, name: Lane) -> tuple[Story, ...]:
        """The stories of one lane."""
        return tuple(story for story in self.stories if story.lane == name)


@dataclass(frozen=True, slots=True)
class PollReport:
    """What one poll cycle did. `failed` pairs feed id and cause."""

    polled: int = 0
    unchanged: int = 0
    failed: tuple[tuple[str, str], ...] = ()
    new: int = 0
    revised: int = 0
    alerts: int = 0
    flagged: int = 0
    seconds: float = 0.0
