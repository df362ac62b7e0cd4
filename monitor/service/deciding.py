"""What people decide: confirm, dismiss, watch, note, accept, undo - each one line of the journal."""

from __future__ import annotations

from monitor import review
from monitor.baseline.accept import proposal
from monitor.baseline.compare import value_of
from monitor.baseline.facts import label_of
from monitor.errors import ReviewError
from monitor.model import Action, Decision, Fact, Story
from monitor.service.boards import Boards
from monitor.service.ports import Workplace
from monitor.service.readings import Readings
from monitor.stories import claim_key


class Deciding:
    """Writes decisions. Every method may be called from any thread."""

    def __init__(self, place: Workplace, readings: Readings, boards: Boards) -> None:
        self._place, self._readings, self._boards = place, readings, boards

    def decide(self, story_id: str, action: Action, *, reason: str | None = None, text: str | None = None) -> Decision:
        """Writes a decision into the journal; accepting also writes the proposed fact. Raises ReviewError."""
        place = self._place
        place.writable()
        story = self._boards.story(story_id)
        keys = tuple(dict.fromkeys(claim_key(alert) for alert in story.alerts))
        at, user = place.clock(), place.config.user

        fact: Fact | None = None
        if action == "accept":
            fact, text = self._accepting(story)

        def decided(journal: tuple[Decision, ...]) -> Decision:
            return review.decide(
                journal, story=story.id, claims=keys, action=action, by=user, at=at, reason=reason, text=text
            )

        return place.archive.append(decided) if fact is None else place.archive.accept(fact, decided)

    def undo(self) -> Decision:
        """Takes back this user's latest decision. Raises ReviewError where there is none."""
        self._place.writable()
        at, user = self._place.clock(), self._place.config.user
        return self._place.archive.append(lambda journal: review.undo(journal, by=user, at=at))

    def _accepting(self, story: Story) -> tuple[Fact, str]:
        """The fact that accepting this story writes, and the change in words. Raises ReviewError."""
        facts = self._readings.facts()
        held = next((fact for fact in facts if fact.accepted_from in (story.id, *story.aliases)), None)
        if held is not None:
            raise ReviewError(f"Already accepted: {label_of(held.subject)}: {value_of(held)}. u takes it back.")
        fact, why_not = proposal(story, facts)
        if fact is None:
            raise ReviewError(f"Nothing to accept: {why_not}.")
        before = next((f for f in facts if (f.subject, f.attribute) == (fact.subject, fact.attribute)), None)
        was = value_of(before) if before is not None else "nothing known"
        what = fact.attribute.replace("_", " ")
        return fact, f"{label_of(fact.subject)}, {what}: {was} → {value_of(fact)} (as of {fact.as_of})"
