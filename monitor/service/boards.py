"""The board: everything a screen shows at one moment, computed from the store and the configuration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from monitor import review
from monitor.baseline.facts import label_of
from monitor.baseline.overdue import overdue
from monitor.errors import ReviewError
from monitor.feeds.health import sick_regions
from monitor.language.facilities import gazetteer
from monitor.language.lexicon import world
from monitor.model import Board, Fact, Feed, FeedRow, FeedState, Story, StoryReview
from monitor.service.ports import SICK_HEALTH, Workplace
from monitor.service.readings import Readings
from monitor.stories import fold


class Boards:
    """Makes boards. Every method may be called from any thread."""

    def __init__(self, place: Workplace, readings: Readings) -> None:
        self._place, self._readings = place, readings
        self._labels = _labels(place.config.feeds)

    def board(self) -> Board:
        """Everything a screen shows, now."""
        place = self._place
        now = place.clock()
        facts = self._readings.facts()
        entries = 0
        alerts = []
        for entry in place.archive.entries():
            entries += 1
            alert = self._readings.alert(entry, facts)
            if alert is not None:
                alerts.append(alert)
        stories = self._reviewed([self._readings.unmoved(story) for story in fold(alerts, self._labels)])
        rows = tuple(row for row in self.feed_rows() if row.feed.enabled)
        successes = [row.state.first_success for row in rows if row.state.first_success]
        items = overdue(
            facts,
            stories,
            today=now.date(),
            first_success=min(successes).date() if successes else None,
            sources_sick=bool(rows) and all(row.state.health in SICK_HEALTH for row in rows),
        )
        newest = tuple(sorted(stories, key=lambda story: (story.latest, story.id), reverse=True))
        blind = tuple(region.words() for region in sick_regions(rows) if region.publishers > 1)
        return Board(
            now, place.config.user, newest, facts, items, rows, _names(facts), entries, blind, place.label(now)
        )

    def feed_rows(self) -> tuple[FeedRow, ...]:
        """Every configured feed, switched off or not, and how it fares."""
        states = self._place.archive.feed_states()
        return tuple(FeedRow(feed, states.get(feed.id) or FeedState(feed.id)) for feed in self._place.config.feeds)

    def story(self, identifier: str) -> Story:
        """The story of this id or former id. Raises ReviewError."""
        for story in self.board().stories:
            if identifier in (story.id, *story.aliases):
                return story
        raise ReviewError(f"There is no story {identifier}. `monitor` lists the stories with their ids.")

    def _reviewed(self, stories: Sequence[Story]) -> list[Story]:
        """Stories with their reviews, reopened where new independent evidence came after the decision."""
        states = review.states(self._place.archive.journal())
        found = []
        for story in stories:
            held = review.review_of(story.id, (story.id, *story.aliases), states)
            found.append(replace(story, review=_reopened(story, held)))
        return found


def _reopened(story: Story, held: StoryReview) -> StoryReview:
    """A decided story comes back when another independent family, or a contradiction, arrives after the decision."""
    if held.state not in ("confirmed", "dismissed", "watching") or held.at is None:
        return held
    before = {alert.family for alert in story.alerts if alert.entry.first_seen <= held.at}
    for alert in story.alerts:
        late = alert.entry.first_seen > held.at
        if late and ((alert.family in story.families and alert.family not in before) or alert.verdict == "contradicts"):
            return replace(held, state="reopened")
    return held


def _labels(feeds: Sequence[Feed]) -> dict[str, str]:
    """Lower-case names by which others credit our publishers, each with its family."""
    found: dict[str, str] = {}
    for feed in feeds:
        for name in (feed.name, feed.name.split("(")[0].strip(), feed.publisher):
            found.setdefault(name.casefold(), feed.publisher)
    return found


def _names(facts: Sequence[Fact]) -> tuple[tuple[str, str], ...]:
    """Subjects and facilities by id, in words, for whoever draws the board."""
    names = {fact.subject: label_of(fact.subject) for fact in facts}
    names |= {facility.id: facility.short for facility in gazetteer().values()}
    known = world()
    names |= {actor.id: actor.name for actor in known.actors.values()}
    names |= {place.id: place.name for place in known.places.values()}
    return tuple(names.items())
