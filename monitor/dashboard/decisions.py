"""The decisions of this sitting: ordered in turn, and kept so that what was undone can be done again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from monitor.dashboard.desk import Desk
from monitor.dashboard.messages import Decided
from monitor.dashboard.words import spoken
from monitor.dashboard.workers import Job

if TYPE_CHECKING:
    from monitor.model import Action, Decision


_BESIDE: Mapping[str, str] = {  # what leaves the story where it stands
    "note": "note written",
    "correct": "corrected",
    "grade": "graded",
    "split": "split off",
    "merge": "joined",
}


class Decisions:
    """Orders decisions by `write`; what is refused comes back as a message of the worker."""

    def __init__(self, write: Callable[[Job], None]) -> None:
        self._write = write
        self._undone: list[tuple[str, Callable[[Desk], Decision]]] = []
        self._own: dict[int, tuple[str, Callable[[Desk], Decision]]] = {}

    def order(self, what: str, run: Callable[[Desk], Decision]) -> None:
        """Have a decision of any kind written; `what` names it where it is refused."""
        self._undone.clear()
        self._write(Job(what, run))

    def decide(self, story_id: str, action: Action, *, reason: str | None = None, text: str | None = None) -> None:
        """Have a decision written that needs no more than a reason or words."""
        self.order(action, lambda desk: desk.decide(story_id, action, reason=reason, text=text))

    def undo(self) -> None:
        """Have the last decision taken back."""
        self._write(Job("undo", lambda desk: desk.undo()))

    def redo(self) -> bool:
        """Have done again what was undone in this sitting; False where nothing was."""
        if not self._undone:
            return False
        action, run = self._undone.pop()
        self._write(Job(f"redo {action}", run, again=True))
        return True

    def heard(self, message: Decided) -> str:
        """A decision stands in the journal: what it did, in words."""
        decision = message.decision
        if decision.action == "undo":
            if decision.undoes in self._own:
                self._undone.append(self._own[decision.undoes])
        else:
            self._own[decision.seq] = (decision.action, message.run)
        moved = decision.text if decision.action == "accept" else None
        said = f"accepted: {moved}" if moved else self._said(decision)
        return f"again, {said}" if message.again else said

    def _said(self, decision: Decision) -> str:
        """What was done, and where it leads, unless it is no step of the review."""
        before, after = spoken(decision.before), spoken(decision.after)
        if decision.action in _BESIDE:
            return _BESIDE[decision.action] + (f"; {before} → {after}" if before != after else "")
        done = spoken(decision.action)
        if decision.action == "undo":
            what = self._own.get(decision.undoes or -1)
            done = f"undone: {spoken(what[0])}" if what else "undone"
        return f"{done}: {before} → {after}" if before != after else f"{done}: it stays {after}"
