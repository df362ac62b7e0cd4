"""Alerts on the same event, folded into stories over feeds and languages: pure, the same in any order of arrival."""

from monitor.stories.credits import (
    AGENCIES as AGENCIES,
    credited as credited,
    outlets as outlets,
    source_of as source_of,
)
from monitor.stories.fold import WINDOW as WINDOW, claim_key as claim_key, fold as fold
from monitor.stories.regroup import Regroup as Regroup, keys_of as keys_of, regrouped as regrouped
from monitor.stories.trust import suggested as suggested
