"""What can be done with a story, from the list and from its page alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import BindingType
from textual.screen import Screen

from monitor.dashboard.panes import stays
from monitor.dashboard.widgets.keys import binds
from monitor.dashboard.words import link_host

if TYPE_CHECKING:
    from monitor.dashboard.app import MonitorApp
    from monitor.model import Action, Story

DECIDING: list[BindingType] = binds((
    ("story.confirm", "decide('confirm')"),
    ("story.dismiss", "dismiss_story"),
    ("story.watch", "decide('watch')"),
    ("story.accept", "decide('accept')"),
    ("story.note", "note"),
    ("story.correct", "correct"),
    ("story.grade", "grade"),
    ("story.split", "split"),
    ("story.merge", "merge"),
    ("story.undo", "undo"),
    ("story.redo", "redo"),
    ("story.link", "open_link"),
    ("story.copy_link", "copy_link"),
    ("story.copy_citation", "copy_citation"),
    ("story.pipe", "pipe"),
))  # fmt: skip


class Deciding(Screen[None], inherit_bindings=False):
    """A screen with a story under the cursor. Each key that cannot act says why."""

    BINDINGS: ClassVar[list[BindingType]] = DECIDING

    @property
    def program(self) -> MonitorApp:
        """The app, as what it is."""
        return cast("MonitorApp", self.app)

    def subject(self) -> Story | None:
        """The story that the keys act on."""
        raise NotImplementedError

    def selected(self) -> Story | None:
        """The subject; where there is none, says so."""
        if (story := self.subject()) is None:
            self.program.say("no story is selected", "warning")
        return story

    def writable(self) -> Story | None:
        """The subject where a decision on it can be written; else says why not."""
        if self.program.read_only:
            self.program.say("read-only: decisions are not written here. Start without --read-only", "warning")
        elif self.program.crew.desk is None:
            self.program.say("the program is still opening: decide when it is open", "warning")
        else:
            return self.selected()
        return None

    def action_decide(self, action: Action) -> None:
        """A decision that needs no question."""
        if (story := self.writable()) is not None:
            self.program.decisions.decide(story.id, action)

    def action_dismiss_story(self) -> None:
        """Ask for the reason, then dismiss."""
        from monitor.dashboard.screens.ask import ReasonSheet

        if (story := self.writable()) is None:
            return

        def answered(reason: str | None) -> None:
            if reason:
                self.program.decisions.decide(story.id, "dismiss", reason=reason)

        board = self.program.main.now_board()
        warning = stays(board, {story.id, *story.aliases}) if board is not None else ""
        self.app.push_screen(ReasonSheet(warning), answered)

    def action_note(self) -> None:
        """Ask for the words, then note them."""
        from monitor.dashboard.screens.ask import LineSheet

        if (story := self.writable()) is None:
            return

        def answered(text: str | None) -> None:
            if text:
                self.program.decisions.decide(story.id, "note", text=text)

        self.app.push_screen(LineSheet("Note: enter writes it, esc does not"), answered)

    def action_correct(self) -> None:
        """Ask which field of the lead claim, then what it should be."""
        from monitor.dashboard.screens.revising import correct

        if (story := self.writable()) is not None:
            correct(self.program, story)

    def action_grade(self) -> None:
        """Ask for a grade and why."""
        from monitor.dashboard.screens.revising import grade

        if (story := self.writable()) is not None:
            grade(self.program, story)

    def action_split(self) -> None:
        """Ask which reports."""
        from monitor.dashboard.screens.revising import split

        if (story := self.writable()) is not None:
            split(self.program, story)

    def action_merge(self) -> None:
        """Mark this story, or join it with the marked one."""
        from monitor.dashboard.screens.revising import merge

        if (story := self.writable()) is not None:
            merge(self.program, story)

    def action_undo(self) -> None:
        """Take the last decision back."""
        if self.program.read_only:
            self.program.say("read-only: nothing to undo here", "warning")
        else:
            self.program.decisions.undo()

    def action_redo(self) -> None:
        """Do again what was undone."""
        if self.program.read_only:
            self.program.say("read-only: nothing to redo here", "warning")
        elif not self.program.decisions.redo():
            self.program.say("nothing to redo: nothing of this sitting was undone", "warning")

    # ---- links and copies --------------------------------------------------------------------------------------------

    def _link(self) -> tuple[str, str] | None:
        """Address and host of the story; where there is none that may be used, says why."""
        if (story := self.selected()) is None:
            return None
        url = story.lead.entry.url
        host = link_host(url)
        if not url:
            self.program.say("this report has no link", "warning")
        elif host is None:
            self.program.say("no link that may be opened: only http and https are", "warning")
        else:
            return url, host
        return None

    def action_open_link(self) -> None:
        """Show the host, then open."""
        from monitor.dashboard.screens.ask import LinkSheet

        if (link := self._link()) is not None:
            url, host = link
            self.app.push_screen(LinkSheet(host, url), lambda yes: self.program.open_link(url) if yes else None)

    def action_copy_link(self) -> None:
        """The link into the clipboard."""
        from monitor.dashboard.copying import copy_text

        if (link := self._link()) is not None:
            copy_text(self.program, link[0], "the link")

    def action_copy_citation(self) -> None:
        """A citation into the clipboard."""
        from monitor.dashboard.copying import citation, copy_text

        board = self.program.main.now_board()
        if board is not None and (story := self.selected()) is not None:
            copy_text(self.program, citation(board, story), "the citation")

    def action_pipe(self) -> None:
        """Ask for a command, give it the story."""
        from monitor.dashboard.copying import run_pipe, story_json
        from monitor.dashboard.screens.ask import LineSheet

        if self.program.is_web:
            self.program.say("commands are not run from the browser", "warning")
            return
        if (story := self.selected()) is None:
            return

        def answered(command: str | None) -> None:
            if command:
                run_pipe(self.program, command, story_json(story))

        self.app.push_screen(LineSheet("Give the story as JSON to a command, such as: jq .  enter runs it"), answered)
