"""What people split and merge: laid over the stories that folding gives, so that it holds in any order of arrival."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from monitor.model import Alert, Story
from monitor.stories.fold import claim_key, fold


@dataclass(frozen=True, slots=True)
class Regroup:
    """One decision: the alerts with these claim keys are a story of their own, or their stories are one."""

    action: Literal["split", "merge"]
    keys: frozenset[str]


def regrouped(stories: Sequence[Story], decisions: Sequence[Regroup], labels: Mapping[str, str]) -> tuple[Story, ...]:
    """The stories after the decisions, in the order in which these were made.

    A split takes from every story what it names; a merge puts together all stories that hold any of its keys. Keys
    that no alert has (an entry was revised) do nothing. `labels` as in `fold`.
    """
    current = list(stories)
    for decision in decisions:
        touched = [story for story in current if not decision.keys.isdisjoint(keys_of(story))]
        if decision.action == "merge":
            made = [_united(touched)] if len(touched) > 1 else touched
        else:
            made = [part for story in touched for part in _parted(story, decision.keys, labels)]
        kept = [story for story in current if story not in touched]
        current = [*kept, *made]
    return tuple(sorted(current, key=lambda story: _moment(story.alerts[0])))


def keys_of(story: Story) -> frozenset[str]:
    """The claim keys of a story's alerts."""
    return frozenset((story.id, *story.aliases))


def _united(stories: Sequence[Story]) -> Story:
    alerts = sorted((alert for story in stories for alert in story.alerts), key=_moment)
    ordered = sorted(stories, key=lambda story: _moment(story.alerts[0]))
    families = tuple(dict.fromkeys(family for story in ordered for family in story.families))
    keys = tuple(dict.fromkeys(claim_key(alert) for alert in alerts))
    aliases = dict.fromkeys((*keys[1:], *(key for story in ordered for key in (story.id, *story.aliases))))
    aliases.pop(keys[0], None)
    copies = sum(story.copies for story in stories)
    return replace(
        ordered[0], id=keys[0], alerts=tuple(alerts), families=families, copies=copies, aliases=tuple(aliases)
    )


def _parted(story: Story, keys: frozenset[str], labels: Mapping[str, str]) -> list[Story]:
    apart = [alert for alert in story.alerts if claim_key(alert) in keys]
    rest = [alert for alert in story.alerts if claim_key(alert) not in keys]
    if not apart or not rest:
        return [story]
    return [_united(fold(part, labels)) for part in (rest, apart)]


def _moment(alert: Alert) -> tuple[object, str]:
    return (alert.entry.when, alert.entry.id)
