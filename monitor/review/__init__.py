"""The workflow of review and its journal: who decided what on which story, and where that leaves it.

Pure: a journal comes in, a decision to append or a view of it goes out.
"""

from monitor.review.chain import canonical as canonical, digest as digest, standing as standing, verify as verify
from monitor.review.hands import (
    corrections as corrections,
    groupings as groupings,
    revision_key as revision_key,
)
from monitor.review.overruled import overruled as overruled
from monitor.review.reopening import reopened as reopened
from monitor.review.workflow import (
    ACTIONS as ACTIONS,
    decide as decide,
    review_of as review_of,
    states as states,
    undo as undo,
    write_fact as write_fact,
)
