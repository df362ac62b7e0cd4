"""The words of the program as types: frozen, free of any library, shared by all parts.

Times are aware UTC datetimes, dates are calendar dates, spans are half-open ranges of code points of the field as it
was read. Ids are made from content, so they are the same in every run. The modules follow the way of one item: feeds,
entries, rules (matches), claims (facts, verdicts), stories (alerts, reviews), board; config beside them.
"""

from monitor.model.board import (
    Board as Board,
    FeedRow as FeedRow,
    Found as Found,
    Overdue as Overdue,
    Overruled as Overruled,
    PollReport as PollReport,
    Progress as Progress,
)
from monitor.model.claims import (
    Claim as Claim,
    Count as Count,
    Cue as Cue,
    DateRange as DateRange,
    Fact as Fact,
    Ledger as Ledger,
    LedgerRow as LedgerRow,
    Verdict as Verdict,
)
from monitor.model.config import Config as Config, Notify as Notify, Polling as Polling, SharedConfig as SharedConfig
from monitor.model.entries import Entry as Entry, Evidence as Evidence, Revision as Revision
from monitor.model.feeds import (
    Feed as Feed,
    FeedState as FeedState,
    Fetched as Fetched,
    FetchFailed as FetchFailed,
    FetchResult as FetchResult,
    NotAFeed as NotAFeed,
    NotModified as NotModified,
    ParsedEntry as ParsedEntry,
    ParsedFeed as ParsedFeed,
)
from monitor.model.rules import Match as Match, Rule as Rule, RuleExample as RuleExample
from monitor.model.stories import (
    Alert as Alert,
    Decision as Decision,
    Grade as Grade,
    Note as Note,
    Story as Story,
    StoryReview as StoryReview,
)
from monitor.model.words import (
    ATTRIBUTES as ATTRIBUTES,
    BY_HAND as BY_HAND,
    CONTEXT_TYPES as CONTEXT_TYPES,
    CREDIBILITIES as CREDIBILITIES,
    DISMISS_REASONS as DISMISS_REASONS,
    EVENT_TYPES as EVENT_TYPES,
    FACT_ACTIONS as FACT_ACTIONS,
    FIELDS as FIELDS,
    RELIABILITIES as RELIABILITIES,
    SEVERITIES as SEVERITIES,
    Action as Action,
    Attribute as Attribute,
    CountRole as CountRole,
    CountUnit as CountUnit,
    Credibility as Credibility,
    DismissReason as DismissReason,
    EventType as EventType,
    FactAction as FactAction,
    FeedKind as FeedKind,
    FieldName as FieldName,
    Health as Health,
    Identity as Identity,
    Lane as Lane,
    Modality as Modality,
    OverdueState as OverdueState,
    Phase as Phase,
    Polarity as Polarity,
    Precision as Precision,
    Reliability as Reliability,
    ReviewState as ReviewState,
    Severity as Severity,
    VerdictName as VerdictName,
)
