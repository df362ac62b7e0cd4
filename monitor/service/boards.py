"""The board: everything a screen shows at one moment, computed from the store and the configuration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor import review
from monitor.alerting import amended
from monitor.baseline.facts import label_of
from monitor.baseline.overdue import overdue, planned
from monitor.errors import ReviewError
from monitor.feeds.health import sick_regions
from monitor.language.facilities import gazetteer
from monitor.language.lexicon import world
from monitor.model import Board, Decision, Fact, Feed, FeedRow, FeedState, Found, Lane, Overruled, Reliability, Story
from monitor.service.alerts import Alerts
from monitor.service.ports import SICK_HEALTH, Workplace
from monitor.service.readings import Readings
from monitor.store.alertrows import Generation
from monitor.stories import Regroup, fold, keys_of, outlets, regrouped, suggested


class Boards:
    """Makes boards. Every method may be called from any thread."""

    def __init__(self, place: Workplace, readings: Readings) -> None:
        self._place, self._readings = place, readings
        self._labels = _labels(place.config.feeds)
        self._grades: dict[str, Reliability] = {}
        for feed in place.config.feeds:
            self._grades[feed.publisher] = min(feed.reliability, self._grades.get(feed.publisher, "F"))
        self._journal: tuple[Decision, ...] = ()
        store = place.archive.cache
        self.alerts = Alerts(place, store, readings, self._labels) if store is not None else None

    def board(self, window: int | None = None) -> Board:
        """Everything a screen shows, now; of the stories only so many of the latest, where there is a window."""
        place = self._place
        now = place.clock()
        facts = self._readings.facts()
        rows = tuple(row for row in self.feed_rows() if row.feed.enabled)
        found = self._found(facts, now, window)
        successes = [row.state.first_success for row in rows if row.state.first_success]
        items = overdue(
            facts,
            [*found.stories, *found.settling],
            today=now.date(),
            first_success=min(successes).date() if successes else None,
            asked=any(row.state.health != "unpolled" for row in rows),
            sources_sick=bool(rows) and all(row.state.health in SICK_HEALTH for row in rows),
            names=outlets(place.config.feeds),
        )
        set_aside = self.overruled()
        blind = tuple(region.words() for region in sick_regions(rows) if region.publishers > 1)
        return Board(
            now,
            place.config.user,
            found.stories,
            facts,
            items,
            rows,
            _names(facts),
            found.entries,
            (*map(_told, set_aside), *found.problems, *place.archive.damage(), *blind),
            place.label(now),
            found.more,
            set_aside,
        )

    def page(self, limit: int, before: tuple[datetime, str] | None, lane: Lane | None) -> tuple[Story, ...]:
        """So many stories by (latest report, id), the latest first; `before` such a pair: those that follow it."""
        shown = self.alerts.shown(patient=False) if self.alerts is not None else None
        if self.alerts is None or shown is None:
            whole = self._everything(self._readings.facts())[0]
            after = [s for s in whole if before is None or (s.latest, s.id) < before]
            return tuple(story for story in after if lane in (None, story.lane))[:limit]
        facts = self._readings.facts()
        found = self._reviewed(self.alerts.shelf.page(shown, limit, before, lane, facts), facts, shown)
        # One that was merged with a later one stands on that one's page.
        return tuple(story for story in found if before is None or (story.latest, story.id) < before)

    def search(self, text: str, limit: int) -> tuple[Found, ...]:
        """Entries that hold the words, with their stories."""
        entries = self._place.archive.search(text, limit)
        shown = self.alerts.shown(patient=False) if self.alerts is not None else None
        if self.alerts is None or shown is None:
            whole = self._everything(self._readings.facts())[0]
            stories = {alert.entry.id: story.id for story in whole for alert in story.alerts}
        else:
            stories = self.alerts.shelf.stories_of(shown, [entry.id for entry in entries])
        return tuple(Found(entry, stories.get(entry.id)) for entry in entries)

    def _found(self, facts: tuple[Fact, ...], now: datetime, window: int | None) -> _Stories:
        shown = self.alerts.shown(patient=window is None) if self.alerts is not None else None
        if self.alerts is None or shown is None:
            stories, entries = self._everything(facts)
            return _Stories(stories[:window], entries, more=window is not None and len(stories) > window)
        # One more than asked for tells whether there is more.
        held = self.alerts.shelf.newest(shown, None if window is None else window + 1, facts)
        more = window is not None and len(held) > window
        stories = self._reviewed(held[:window], facts, shown)
        settling: tuple[Story, ...] = ()
        if more:
            ids = {id for fact in planned(facts, now.date()) for id in self.alerts.shelf.about(shown, fact)}
            ids -= {story.id for story in stories}
            settling = self._reviewed(self.alerts.shelf.stories(shown, sorted(ids), facts), facts, shown)
        entries = shown.entries if shown.complete else self._place.archive.count()
        return _Stories(stories, entries, more, settling, self.alerts.problems(shown))

    def _everything(self, facts: tuple[Fact, ...]) -> tuple[tuple[Story, ...], int]:
        """All stories, from every entry, and how many entries there are."""
        entries, alerts = 0, []
        for entry in self._place.archive.entries():
            entries += 1
            alert = self._readings.alert(entry, facts)
            if alert is not None:
                alerts.append(replace(alert, ruleset=self._place.ruleset.fingerprint))
        stories = sorted(fold(alerts, self._labels), key=lambda story: (story.latest, story.id), reverse=True)
        return self._reviewed(stories, facts), entries

    def feed_rows(self) -> tuple[FeedRow, ...]:
        """Every configured feed, switched off or not, and how it fares."""
        states = self._place.archive.feed_states()
        return tuple(FeedRow(feed, states.get(feed.id) or FeedState(feed.id)) for feed in self._place.config.feeds)

    def story(self, identifier: str) -> Story:
        """The story of this id or former id. Raises ReviewError."""
        facts = self._readings.facts()
        shown = self.alerts.shown(patient=False) if self.alerts is not None else None
        if self.alerts is not None and shown is not None:
            found = self._reviewed(self.alerts.shelf.story(shown, identifier, facts), facts, shown)
            found = tuple(s for s in found if identifier in (s.id, *s.aliases))
        else:
            found = tuple(s for s in self._everything(facts)[0] if identifier in (s.id, *s.aliases))
        if not found:
            raise ReviewError(f"There is no story {identifier}. `monitor` lists the stories with their ids.")
        return found[0]

    def _decisions(self) -> tuple[Decision, ...]:
        """The journal; what was read before is read again only where the chain does not go on from it."""
        held = self._journal
        fresh = self._place.archive.journal(held[-1].seq if held else 0)
        if held and fresh and fresh[0].previous != held[-1].hash:
            held, fresh = (), self._place.archive.journal()
        self._journal = (*held, *fresh)
        return self._journal

    def overruled(self) -> tuple[Overruled, ...]:
        """Decisions of this user that somebody else has set aside lately."""
        return review.overruled(self._decisions(), self._place.config.user, self._place.clock())

    def _reviewed(
        self, stories: Sequence[Story], facts: tuple[Fact, ...], shown: Generation | None = None
    ) -> tuple[Story, ...]:
        """Stories as people left them: split and merged, corrected, graded, with their reviews, the latest first.

        `shown`: the generation that the stories come from, where they are not all there are.
        """
        journal = self._decisions()
        states, accepted = review.states(journal), self._place.archive.accepted()
        told = review.corrections(journal)
        today = self._place.clock().date()
        found = []
        for grouped in self._grouped(stories, journal, facts, shown):
            story = self._readings.unmoved(_corrected(grouped, told, self._place.feeds, facts), accepted)
            held = review.review_of(story.id, (story.id, *story.aliases), states)
            graded = suggested(story, self._grades)
            found.append(replace(story, grade=graded, review=review.reopened(story, held, today)))
        return tuple(found)

    def _grouped(
        self, stories: Sequence[Story], journal: Sequence[Decision], facts: tuple[Fact, ...], shown: Generation | None
    ) -> Sequence[Story]:
        """The stories after what people split and merged, with those that others of theirs were merged into."""
        decisions = [Regroup(action, keys) for action, keys in review.groupings(journal)]
        keys = {key for story in stories for key in keys_of(story)}
        if not any(not decision.keys.isdisjoint(keys) for decision in decisions):
            return stories
        held = {story.id: story for story in stories}
        if self.alerts is not None and shown is not None:
            wanted = list(decisions)
            while near := [one for one in wanted if one.action == "merge" and not one.keys.isdisjoint(keys)]:
                wanted = [one for one in wanted if one not in near]
                for key in {key for one in near for key in one.keys} - keys:
                    held |= {story.id: story for story in self.alerts.shelf.story(shown, key, facts)}
                keys = {key for story in held.values() for key in keys_of(story)}
        asked = {alert.entry.id for story in stories for alert in story.alerts}
        united = regrouped(list(held.values()), decisions, self._labels)
        wanted_ones = [story for story in united if any(alert.entry.id in asked for alert in story.alerts)]
        return sorted(wanted_ones, key=lambda story: (story.latest, story.id), reverse=True)


@dataclass(frozen=True, slots=True)
class _Stories:
    """The stories of a board, and those beyond its window that settle something planned."""

    stories: tuple[Story, ...]
    entries: int
    more: bool = False
    settling: tuple[Story, ...] = ()
    problems: tuple[str, ...] = ()


def _told(each: Overruled) -> str:
    """What the earlier of two people has to know."""
    other, mine = each.other, each.mine
    reason = f" as {other.reason}".replace("_", " ") if other.reason else ""
    now = f"{other.after.replace('_', ' ')}{reason} on {other.at:%Y-%m-%d %H:%M}Z"
    return (
        f"{other.by} has set story {other.story} to {now}; you had it {mine.after.replace('_', ' ')}."
        " Decide again, or leave a note that you know."
    )


def _corrected(
    story: Story, told: Mapping[str, Mapping[str, object]], feeds: Mapping[str, Feed], facts: tuple[Fact, ...]
) -> Story:
    """The story with what people corrected in the wordings that it holds."""
    keys = [review.revision_key(alert.entry.id, alert.entry.fingerprint) for alert in story.alerts]
    if not any(key in told for key in keys):
        return story
    alerts = (
        amended(alert, told[key], feeds.get(alert.entry.feed), facts) if key in told else alert
        for key, alert in zip(keys, story.alerts, strict=True)
    )
    return replace(story, alerts=tuple(alerts))


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
