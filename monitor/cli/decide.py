"""`confirm`, `dismiss`, `watch`, `note`, `accept`, `undo`: the keys of the dashboard, for scripts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import click

from monitor.cli.output import Form, as_json, forms
from monitor.cli.setup import Options, opened, whole_board
from monitor.cli.stories import one_story
from monitor.cli.talk import Exit
from monitor.dashboard.words import spoken
from monitor.export.stories import decision_record
from monitor.feeds.clean import safe
from monitor.model import DISMISS_REASONS, Action, Decision, Story

_SAME = {("confirm", "confirmed"), ("dismiss", "dismissed")}
_DONE: Mapping[str, str] = {
    "confirm": "confirmed",
    "dismiss": "dismissed",
    "watch": "watched",
    "note": "note written",
    "accept": "accepted",
    "undo": "undone:",
    "correct": "corrected",
    "grade": "graded",
    "split": "split off",
    "merge": "joined",
    "tag": "tagged",
    "own": "owner named",
    "close": "closed",
    "reopen": "opened again",
}
_STORY = click.argument("identifier", metavar="STORY")
_NOTE = click.option("--note", "text", metavar="TEXT", help="A remark that stays with the decision.")


@click.command("confirm")
@_STORY
@_NOTE
@forms(Form.JSON)
@click.pass_obj
def confirm(options: Options, identifier: str, text: str | None, form: Form) -> int:
    """Marks a story as confirmed.

    \b
    Example: monitor confirm 3f2a91c0 --note "seen in two ministries' statements"
    """
    return _decide(options, identifier, "confirm", form, text=text)


@click.command("dismiss")
@_STORY
@click.option("--reason", required=True, type=click.Choice(DISMISS_REASONS), help="Why it is dismissed.")
@_NOTE
@forms(Form.JSON)
@click.pass_obj
def dismiss(options: Options, identifier: str, reason: str, text: str | None, form: Form) -> int:
    """Dismisses a story; the reason is a label by which rules are judged.

    \b
    Example: monitor dismiss 3f2a91c0 --reason historical
    """
    return _decide(options, identifier, "dismiss", form, reason=reason, text=text)


@click.command("watch")
@_STORY
@click.option(
    "--until", metavar="DAY", type=click.DateTime(["%Y-%m-%d"]), help="It comes back on that day; else in a week."
)
@_NOTE
@forms(Form.JSON)
@click.pass_obj
def watch(options: Options, identifier: str, until: datetime | None, text: str | None, form: Form) -> int:
    """Watches a story: it comes back when its day passes, with a new independent source or a contradiction.

    \b
    Example: monitor watch 3f2a91c0
    """
    return _decide(options, identifier, "watch", form, text=text, due=until.date() if until else None)


@click.command("note")
@_STORY
@click.argument("text")
@forms(Form.JSON)
@click.pass_obj
def note(options: Options, identifier: str, text: str, form: Form) -> int:
    """Adds a remark to a story.

    \b
    Example: monitor note 3f2a91c0 "the ministry has been asked"
    """
    return _decide(options, identifier, "note", form, text=text)


@click.command("accept")
@_STORY
@forms(Form.JSON)
@click.pass_obj
def accept(options: Options, identifier: str, form: Form) -> int:
    """Accepts the change that a story proposes into the baseline; the new version cites the story.

    \b
    Example: monitor accept 3f2a91c0
    """
    return _decide(options, identifier, "accept", form)


@click.command("undo")
@forms(Form.JSON)
@click.pass_obj
def undo(options: Options, form: Form) -> int:
    """Takes back your latest decision. The journal keeps both.

    \b
    Example: monitor undo
    """
    with opened(options) as monitor:
        decision = monitor.undo()
        known = whole_board(monitor).stories if form is not Form.JSON else ()
    print_decision(decision, form, next((story for story in known if story.id == decision.story), None))
    return Exit.DONE


def _decide(options: Options, identifier: str, action: Action, form: Form, **given: Any) -> int:
    with opened(options) as monitor:
        board = whole_board(monitor)
        story = one_story(board, identifier)
        standing = _standing(story, board.user, action, given, monitor.journal())
        decision = standing or monitor.decide(story.id, action, **given)
    print_decision(decision, form, story, already=standing is not None)
    return Exit.DONE


def _standing(
    story: Story, user: str, action: Action, given: Mapping[str, Any], journal: Sequence[Decision]
) -> Decision | None:
    """The user's own decision by which the story is already what it is to become, where nothing would be added."""
    review = story.review
    if given.get("text") or review.by != user or (action, review.state) not in _SAME:
        return None
    if review.reason != given.get("reason"):
        return None
    ids = {story.id, *story.aliases}
    mine = (one for one in reversed(journal) if one.action == action and one.by == user and one.story in ids)
    return next(mine, None)


def print_decision(decision: Decision, form: Form, story: Story | None = None, *, already: bool = False) -> None:
    """What was written into the journal about `story`; `already`: it stood there before."""
    if form is Form.JSON:
        click.echo(as_json(decision_record(decision)))
        return
    before, after = spoken(decision.before), spoken(decision.after)
    done = _DONE.get(decision.action, spoken(decision.action))
    done += f" line {decision.undoes}" if decision.undoes is not None else ""
    done += f" as {spoken(decision.reason)}" if decision.action == "dismiss" and decision.reason else ""
    done += f" with {decision.target[:8]}" if decision.action == "merge" and decision.target else ""
    done += f", {before} -> {after}" if before != after and after not in done else ""
    about = safe(story.lead.gloss or story.lead.entry.title) if story is not None else ""
    said = "; ".join(words for words in (about, safe(decision.text or "")) if words)
    of = f"story {decision.story[:8]}, " if decision.story else ""
    line = f"{done}{': ' if said else ''}{said} ({of}journal line {decision.seq})"
    click.echo(f"already {line}; nothing is written" if already else line)
