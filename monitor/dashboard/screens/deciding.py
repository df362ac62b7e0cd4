"""What can be done with a story, from the list and from its page alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import Binding, BindingType
from textual.screen import Screen

from monitor.dashboard.screens.ask import LinkSheet, NoteSheet, ReasonSheet
from monitor.dashboard.words import link_host
from monitor.model import Action, Story

if TYPE_CHECKING:
    from monitor.dashboard.app import MonitorApp


class Deciding(Screen[None], inherit_bindings=False):
    """A screen with a story under the cursor. Each key that cannot act says why."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "decide('confirm')", "confirm", id="story.confirm", tooltip="Confirm: it is so"),
        Binding("d", "dismiss_story", "dismiss", id="story.dismiss", tooltip="Dismiss, with a reason"),
        Binding("w", "decide('watch')", "watch", id="story.watch", tooltip="Watch: it comes back on new evidence"),
        Binding("a", "decide('accept')", "accept", id="story.accept", tooltip="Accept the change into the baseline"),
        Binding("n", "note", "note", id="story.note", tooltip="Write a note"),
        Binding("u", "undo", "undo", id="story.undo", tooltip="Undo the last decision"),
        Binding(
            "o",
            "open_link",
            "browser",
            id="story.link",
            tooltip="Open the link in the browser, the host is shown first",
            show=False,
        ),
    ]

    @property
    def program(self) -> MonitorApp:
        """The app, as what it is."""
        return cast("MonitorApp", self.app)

    def subject(self) -> Story | None:
        """The story that the keys act on."""
        raise NotImplementedError

    def _writable(self) -> Story | None:
        """The subject where a decision on it can be written; else says why not."""
        if self.program.desk.read_only:
            self.program.say("read-only: decisions are not written here", "warning")
        elif (story := self.subject()) is None:
            self.program.say("no story is selected", "warning")
        else:
            return story
        return None

    def action_decide(self, action: Action) -> None:
        """A decision that needs no question."""
        if (story := self._writable()) is not None:
            self.program.decide(story.id, action)

    def action_dismiss_story(self) -> None:
        """Ask for the reason, then dismiss."""
        if (story := self._writable()) is None:
            return

        def answered(reason: str | None) -> None:
            if reason:
                self.program.decide(story.id, "dismiss", reason=reason)

        self.app.push_screen(ReasonSheet(), answered)

    def action_note(self) -> None:
        """Ask for the words, then note them."""
        if (story := self._writable()) is None:
            return

        def answered(text: str | None) -> None:
            if text:
                self.program.decide(story.id, "note", text=text)

        self.app.push_screen(NoteSheet(), answered)

    def action_undo(self) -> None:
        """Take the last decision back."""
        if self.program.desk.read_only:
            self.program.say("read-only: nothing to undo here", "warning")
        else:
            self.program.undo()

    def action_open_link(self) -> None:
        """Show the host, then open."""
        story = self.subject()
        url = story.lead.entry.url if story else None
        if not url:
            self.program.say("no link" if story else "no story is selected", "warning")
        elif (host := link_host(url)) is None:
            self.program.say("no link that may be opened: only http and https are", "warning")
        else:
            address = url
            self.app.push_screen(LinkSheet(host, address), lambda yes: self.program.open_link(address) if yes else None)
