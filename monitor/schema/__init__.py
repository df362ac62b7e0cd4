"""What feeds.yml may say, and how each mistake in it is worded.

The only importer of pydantic; `monitor.config` imports it when a file is read, so importing that stays cheap. A finding
names its path in the file; the caller turns it into line and column. The same classes give the JSON Schema for editors
and the reference in docs/.
"""

from monitor.schema.findings import Finding, check, check_lists
from monitor.schema.published import json_schema
from monitor.schema.sections import (
    ExamplesSection,
    FeedSection,
    NotifySection,
    PollingSection,
    RuleSection,
    Section,
    TopSection,
    UiSection,
)
from monitor.schema.values import not_web

__all__ = [
    "ExamplesSection",
    "FeedSection",
    "Finding",
    "NotifySection",
    "PollingSection",
    "RuleSection",
    "Section",
    "TopSection",
    "UiSection",
    "check",
    "check_lists",
    "json_schema",
    "not_web",
]
