"""`grade`, `tag`, `own`, `merge`, `split`, `close`, `reopen`, `correct`: what else a person does with a story."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import get_args

import click

from monitor.claims.correct import correction
from monitor.cli.decide import print_decision
from monitor.cli.output import Form, forms
from monitor.cli.setup import Options, opened, whole_board
from monitor.cli.stories import one_story
from monitor.cli.talk import Exit
from monitor.errors import InputError
from monitor.model import Count, CountUnit, DateRange, Decision, Phase
from monitor.service import Monitor

_STORY = click.argument("identifier", metavar="STORY")
_NUMBERS = re.compile(r"(\d{1,9})(?:-(\d{1,9})?)?")


@click.command("grade")
@_STORY
@click.argument("grade")
@click.option("--reason", required=True, help="Why: it stands in the journal.")
@forms(Form.JSON)
@click.pass_obj
def grade(options: Options, identifier: str, grade: str, reason: str, form: Form) -> int:
    """Grades a story, instead of the suggested grade: A-F for its sources, 1-6 for what they say (Admiralty system).

    \b
    Example: monitor grade 3f2a91c0 B2 --reason "two ministries, one of them concerned"
    """
    return _write(options, identifier, form, lambda monitor, story: monitor.grade(story, grade, reason=reason))


@click.command("tag")
@_STORY
@click.argument("tags", nargs=-1)
@forms(Form.JSON)
@click.pass_obj
def tag(options: Options, identifier: str, tags: tuple[str, ...], form: Form) -> int:
    """Sets the tags of a story; without any it has none.

    \b
    Example: monitor tag 3f2a91c0 anbar handover
    """
    return _write(options, identifier, form, lambda monitor, story: monitor.tag(story, tags))


@click.command("own")
@_STORY
@click.argument("owner", required=False)
@forms(Form.JSON)
@click.pass_obj
def own(options: Options, identifier: str, owner: str | None, form: Form) -> int:
    """Says who looks after a story; without a name nobody does.

    \b
    Example: monitor own 3f2a91c0 layla
    """
    return _write(options, identifier, form, lambda monitor, story: monitor.own(story, owner))


@click.command("merge")
@_STORY
@click.argument("other", metavar="OTHER")
@forms(Form.JSON)
@click.pass_obj
def merge(options: Options, identifier: str, other: str, form: Form) -> int:
    """Puts two stories together that are about one event.

    \b
    Example: monitor merge 3f2a91c0 70d8589d
    """
    with opened(options) as monitor:
        board = whole_board(monitor)
        story = one_story(board, identifier)
        decision = monitor.merge(story.id, one_story(board, other).id)
    print_decision(decision, form, story)
    return Exit.DONE


@click.command("split")
@_STORY
@click.argument("entries", metavar="ENTRY...", nargs=-1, required=True)
@forms(Form.JSON)
@click.pass_obj
def split(options: Options, identifier: str, entries: tuple[str, ...], form: Form) -> int:
    """Makes a story of its own of some of a story's reports, named by their entries (`monitor show STORY --json`).

    \b
    Example: monitor split 3f2a91c0 9c1185a5c5e9fc54
    """
    return _write(options, identifier, form, lambda monitor, story: monitor.split(story, entries))


@click.command("close")
@_STORY
@forms(Form.JSON)
@click.pass_obj
def close(options: Options, identifier: str, form: Form) -> int:
    """Closes a story: nothing more is expected of it.

    \b
    Example: monitor close 3f2a91c0
    """
    return _write(options, identifier, form, lambda monitor, story: monitor.decide(story, "close"))


@click.command("reopen")
@_STORY
@forms(Form.JSON)
@click.pass_obj
def reopen(options: Options, identifier: str, form: Form) -> int:
    """Opens a decided or closed story again.

    \b
    Example: monitor reopen 3f2a91c0
    """
    return _write(options, identifier, form, lambda monitor, story: monitor.decide(story, "reopen"))


@click.command("correct")
@_STORY
@click.option("--entry", metavar="ENTRY", help="Which report; else the first.")
@click.option("--facility", metavar="ID", help="The base that it means, such as ain-al-asad.")
@click.option("--phase", type=click.Choice(get_args(Phase)), help="How far the event is.")
@click.option("--count", "number", metavar="N|N-M|N-", help="How many: 1200, 1000-1500, 1000- (or more).")
@click.option(
    "--unit",
    type=click.Choice(get_args(CountUnit)),
    default="personnel",
    show_default=True,
    help="Of what, with --count.",
)
@click.option("--role", default="total", show_default=True, help="total, remaining, leaving or arriving, with --count.")
@click.option("--date", "day", metavar="DAY|DAY/DAY", help="When: 2026-01-17, 2026-01-05/2026-01-11.")
@click.option(
    "--unset", multiple=True, type=click.Choice(["facility", "count", "date"]), help="What the text does not give."
)
@click.option("--reason", help="Why: it stands in the journal.")
@forms(Form.JSON)
@click.pass_obj
def correct(
    options: Options,
    identifier: str,
    entry: str | None,
    facility: str | None,
    phase: str | None,
    number: str | None,
    unit: CountUnit,
    role: str,
    day: str | None,
    unset: tuple[str, ...],
    reason: str | None,
    form: Form,
) -> int:
    """Corrects what was read out of a report, for its present wording; the verdict follows.

    \b
    Example: monitor correct 3f2a91c0 --count 300 --role leaving --reason "the text says 300"
    """
    given = correction(
        facility=facility,
        count=_count(number, unit) if number else None,
        role=role if number else None,
        when=_days(day) if day else None,
        phase=phase,
        unset=frozenset(unset),
    )
    return _write(
        options, identifier, form, lambda monitor, story: monitor.correct(story, given, entry=entry, reason=reason)
    )


def _write(options: Options, identifier: str, form: Form, act: Callable[[Monitor, str], Decision]) -> int:
    with opened(options) as monitor:
        story = one_story(whole_board(monitor), identifier)
        decision = act(monitor, story.id)
    print_decision(decision, form, story)
    return Exit.DONE


def _count(text: str, unit: CountUnit) -> Count:
    found = _NUMBERS.fullmatch(text.strip())
    if found is None or (found[2] and int(found[2]) < int(found[1])):
        raise InputError(f"--count {text!r} is no number; write 1200, 1000-1500, or 1000- for that many or more.")
    high = int(found[2]) if found[2] else None if text.strip().endswith("-") else int(found[1])
    return Count(text.strip(), int(found[1]), high, unit, "total")


def _days(text: str) -> DateRange:
    first, slash, last = text.strip().partition("/")
    try:
        start = date.fromisoformat(first)
        end = date.fromisoformat(last) if slash else start
    except ValueError as error:
        raise InputError(f"--date {text!r} is no date; write 2026-01-17, or 2026-01-05/2026-01-11.") from error
    if end < start:
        raise InputError(f"--date {text!r} ends before it begins; write the earlier day first.")
    return DateRange(text.strip(), start, end, "range" if slash else "day")
