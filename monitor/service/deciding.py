"""What people decide on stories and claims: each decision is one line of the journal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from monitor import review
from monitor.baseline.accept import proposals
from monitor.baseline.compare import value_of
from monitor.baseline.facts import label_of
from monitor.baseline.wording import changed_words
from monitor.claims import corrected, standing
from monitor.errors import ReviewError
from monitor.model import Action, Decision, Fact, Story
from monitor.service.boards import Boards
from monitor.service.ports import Workplace
from monitor.service.readings import Readings
from monitor.stories import claim_key, outlets

_JUDGING: frozenset[Action] = frozenset({"confirm", "dismiss", "watch", "accept", "close"})


class Deciding:
    """Writes decisions. Every method may be called from any thread."""

    def __init__(self, place: Workplace, readings: Readings, boards: Boards) -> None:
        self._place, self._readings, self._boards = place, readings, boards

    def decide(
        self,
        story_id: str,
        action: Action,
        *,
        reason: str | None = None,
        text: str | None = None,
        due: date | None = None,
    ) -> Decision:
        """Writes a decision into the journal; accepting also writes the proposed fact. Raises ReviewError.

        `due`: until when a story is watched.
        """
        story = self._story(story_id)
        facts: tuple[Fact, ...] = ()
        if action == "accept":
            facts, text = self._accepting(story)
        given: dict[str, Any] | None = {"due": due.isoformat()} if due is not None else None
        if facts:
            given, *also = [_told(fact) for fact in facts]
            given |= {"also": also} if also else {}
        was = {"verdict": story.lead.verdict} if action in _JUDGING else None
        return self._write(story, action, reason=reason, text=text, value=given, was=was, facts=facts)

    def correct(self, story_id: str, entry: str | None, given: Mapping[str, Any], reason: str | None) -> Decision:
        """Corrects the lead claim of one report of a story (its first, if none is named), for its present wording."""
        story = self._story(story_id)
        alert = next((one for one in story.alerts if one.entry.id.startswith(entry or "")), None)
        if alert is None or alert.lead_claim is None:
            raise ReviewError(f"The story has no report {entry!r} with a claim. `monitor show {story.id}` lists them.")
        claim = alert.lead_claim
        target = review.revision_key(alert.entry.id, alert.entry.fingerprint)
        text = "; ".join(changed_words(claim, corrected(claim, given), given))
        return self._write(
            story, "correct", reason=reason, text=text, value=given, was=standing(claim, given), target=target
        )

    def split(self, story_id: str, entries: Sequence[str]) -> Decision:
        """Makes a story of its own of some of a story's reports."""
        story = self._story(story_id)
        apart = [alert for alert in story.alerts if any(alert.entry.id.startswith(one) for one in entries if one)]
        if not apart or len(apart) == len(story.alerts):
            raise ReviewError("Name some of the story's reports by their entries' ids, and not all of them.")
        keys = tuple(dict.fromkeys(claim_key(alert) for alert in apart))
        return self._write(story, "split", keys=keys, value={"entries": [alert.entry.id for alert in apart]})

    def merge(self, story_id: str, other_id: str) -> Decision:
        """Puts two stories together."""
        story, other = self._story(story_id), self._story(other_id)
        if story.id == other.id:
            raise ReviewError("That is one story already. Name two.")
        return self._write(story, "merge", keys=(*_keys(story), *_keys(other)), target=other.id)

    def grade(self, story_id: str, grade: str, reason: str) -> Decision:
        """Grades a story, like B2: how reliable its source is, and how credible what it says."""
        story = self._story(story_id)
        was = story.trust
        before = {"reliability": was.reliability, "credibility": was.credibility} if was is not None else None
        given = {"reliability": grade[:1].upper(), "credibility": grade[1:]}
        return self._write(story, "grade", reason=reason, value=given, was=before)

    def tag(self, story_id: str, tags: Sequence[str]) -> Decision:
        """Sets the tags of a story."""
        story = self._story(story_id)
        wanted = sorted({tag.strip() for tag in tags if tag.strip()})
        return self._write(story, "tag", value={"tags": wanted}, was={"tags": list(story.review.tags)})

    def own(self, story_id: str, owner: str | None) -> Decision:
        """Says who looks after a story; None for nobody."""
        story = self._story(story_id)
        return self._write(story, "own", value={"owner": owner}, was={"owner": story.review.owner})

    def _story(self, identifier: str) -> Story:
        self._place.writable()
        return self._boards.story(identifier)

    def _write(
        self,
        story: Story,
        action: Action,
        *,
        keys: tuple[str, ...] | None = None,
        reason: str | None = None,
        text: str | None = None,
        target: str | None = None,
        value: Mapping[str, Any] | None = None,
        was: Mapping[str, Any] | None = None,
        facts: tuple[Fact, ...] = (),
    ) -> Decision:
        """One line of the journal, with the facts that it accepts."""
        place = self._place
        at, user = place.clock(), place.config.user

        def decided(journal: tuple[Decision, ...]) -> Decision:
            return review.decide(
                journal,
                story=story.id,
                claims=keys or _keys(story),
                action=action,
                by=user,
                at=at,
                reason=reason,
                text=text,
                target=target,
                value=value,
                was=was,
            )

        return place.archive.accept(facts[0], decided, facts[1:]) if facts else place.archive.append(decided)

    def undo(self) -> Decision:
        """Takes back this user's latest decision. Raises ReviewError where there is none."""
        self._place.writable()
        at, user = self._place.clock(), self._place.config.user
        return self._place.archive.append(lambda journal: review.undo(journal, by=user, at=at))

    def _accepting(self, story: Story) -> tuple[tuple[Fact, ...], str]:
        """The facts that accepting this story writes, and the changes in words. Raises ReviewError."""
        facts, accepted = self._readings.facts(), self._place.archive.accepted()
        made, why_not = proposals(story, facts, outlets(self._place.config.feeds), accepted)
        held = [fact for fact in accepted if fact.accepted_from in (story.id, *story.aliases) and not fact.retired]
        if not made and held:
            what = "; ".join(f"{label_of(fact.subject)}: {value_of(fact)}" for fact in held)
            raise ReviewError(f"Already accepted: {what}. u takes it back.")
        if not made:
            raise ReviewError(f"Nothing to accept: {why_not}.")
        return made, "; ".join(_change(fact, facts) for fact in made)


def _change(fact: Fact, facts: Sequence[Fact]) -> str:
    """A change of the baseline in words."""
    before = next((f for f in facts if (f.subject, f.attribute) == (fact.subject, fact.attribute)), None)
    was = value_of(before) if before is not None else "nothing known"
    now = "past" if fact.retired else value_of(fact)
    return f"{label_of(fact.subject)}, {fact.attribute.replace('_', ' ')}: {was} → {now} (as of {fact.as_of})"


def _told(fact: Fact) -> dict[str, Any]:
    """An accepted fact, as the journal tells of it."""
    told = {"fact": fact.id, "subject": fact.subject, "value": value_of(fact), "as_of": fact.as_of.isoformat()}
    return {**told, "retired": True} if fact.retired else told


def _keys(story: Story) -> tuple[str, ...]:
    return tuple(dict.fromkeys(claim_key(alert) for alert in story.alerts))
