"""The workflow as tables, the chain as a property: whatever is changed in a journal afterwards is found."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args

import pytest
from hypothesis import assume, given, settings, strategies as st

from monitor import review
from monitor.errors import ReviewError
from monitor.model import DISMISS_REASONS, FACT_ACTIONS, Action, Decision, Grade, Note, ReviewState, StoryReview
from monitor.review.chain import chained

# Drawing a journal costs more than checking it; these counts find every planted mistake.
quick = settings(max_examples=30, deadline=None)
T0 = datetime(2026, 1, 5, 12, tzinfo=UTC)
OPEN_ACTIONS: tuple[Action, ...] = ("confirm", "watch", "dismiss", "note", "accept")


def line(
    journal: Sequence[Decision],
    action: Action,
    *,
    story: str = "s",
    claims: tuple[str, ...] = ("c1",),
    by: str = "layla",
    minute: int | None = None,
) -> list[Decision]:
    """The journal with one more line, at `minute` after T0 (the line's number if not given)."""
    at = T0 + timedelta(minutes=len(journal) + 1 if minute is None else minute)
    if action == "undo":
        return [*journal, review.undo(journal, by=by, at=at)]
    decision = review.decide(
        journal,
        story=story,
        claims=claims,
        action=action,
        by=by,
        at=at,
        reason="opinion" if action in ("dismiss", "grade") else None,
        text=f"note {len(journal) + 1}" if action == "note" else None,
        value=VALUES.get(action),
    )
    return [*journal, decision]


def journal_of(*actions: Action) -> list[Decision]:
    journal: list[Decision] = []
    for action in actions:
        journal = line(journal, action)
    return journal


def stands(journal: Sequence[Decision], story: str = "s", claims: tuple[str, ...] = ("c1",)) -> StoryReview:
    return review.review_of(story, claims, review.states(journal))


# ---- workflow --------------------------------------------------------------------------------------------------------

VALUES: dict[str, dict[str, Any]] = {
    "grade": {"reliability": "B", "credibility": "2"},
    "correct": {"facility": "ain-al-asad"},
    "tag": {"tags": ["iraq"]},
    "own": {"owner": "omar"},
}
WAYS_TO: dict[ReviewState, tuple[Action, ...]] = {
    "unreviewed": (),
    "in_review": ("note",),
    "confirmed": ("confirm",),
    "watching": ("watch",),
    "dismissed": ("dismiss",),
    "reopened": ("confirm", "reopen"),
}
LEADS_TO: dict[Action, ReviewState] = {
    "confirm": "confirmed",
    "accept": "confirmed",
    "watch": "watching",
    "dismiss": "dismissed",
    "reopen": "reopened",
    "close": "closed",
}


@pytest.mark.parametrize("before", WAYS_TO)
@pytest.mark.parametrize("action", [a for a in get_args(Action) if a not in ("undo", *FACT_ACTIONS)])
def test_every_transition(before: ReviewState, action: Action) -> None:
    journal = journal_of(*WAYS_TO[before])
    assert stands(journal).state == before
    if action == "reopen" and before in ("unreviewed", "in_review", "reopened"):
        with pytest.raises(ReviewError, match="nothing to reopen"):
            line(journal, action)
        return
    if action == "close" and before not in ("confirmed", "watching", "dismissed"):
        with pytest.raises(ReviewError, match="only what is decided is closed"):
            line(journal, action)
        return
    expected = LEADS_TO.get(action, "in_review" if before == "unreviewed" else before)
    journal = line(journal, action)
    assert (journal[-1].before, journal[-1].after) == (before, expected)
    assert stands(journal).state == expected


@pytest.mark.parametrize("action", ["confirm", "watch", "dismiss", "accept"])
def test_a_closed_story_has_to_be_reopened_first(action: Action) -> None:
    closed = journal_of("confirm", "close")
    assert stands(closed).state == "closed"
    with pytest.raises(ReviewError, match="Reopen it first"):
        line(closed, action)
    assert stands(line(line(closed, "reopen"), action)).state == LEADS_TO[action]


def test_an_action_of_a_later_version_leaves_the_state_that_it_says() -> None:
    imported = chained((), replace(journal_of("confirm")[0], action="escalate", after="watching"))  # type: ignore[arg-type]
    assert stands([imported]).state == "watching"


def test_tags_owner_grade_and_due_date_stand_beside_the_state() -> None:
    journal = line(line(line([], "tag"), "own"), "grade")
    found = stands(journal)
    assert (found.state, found.tags, found.owner) == ("in_review", ("iraq",), "omar")
    assert found.grade == Grade("B", "2", "layla", journal[2].at, "opinion")
    watched = review.decide(journal, **what("watch", value={"due": "2026-02-01"}))
    assert stands([*journal, watched]).due == date(2026, 2, 1)
    assert stands(line([*journal, watched], "confirm")).due is None
    assert stands(line(line(journal, "undo"), "undo")).owner is None


def what(action: Action, **given_: Any) -> dict[str, Any]:
    return {"story": "s", "claims": ("c1",), "by": "layla", "at": T0, "action": action, **given_}


@pytest.mark.parametrize(
    ("given_", "told"),
    [
        (what("grade", value={"reliability": "G", "credibility": "2"}, reason="x"), "like B2"),
        (what("grade", value={"reliability": "B", "credibility": "2"}), "needs a reason"),
        (what("correct"), "Nothing is corrected"),
        (what("watch", value={"due": "soon"}), "'soon' is no day"),
        (what("close"), "only what is decided is closed"),
        (what("edit_fact"), "not about a story"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(given_: dict[str, Any], told: str) -> None:
    with pytest.raises(ReviewError, match=told):
        review.decide([], **given_)


def test_a_change_of_a_fact_is_a_line_of_the_chain_and_no_review() -> None:
    journal = line([], "confirm")
    written = review.write_fact(
        journal, action="edit_fact", fact="f1", by="omar", at=T0, reason="misread", value={"count": 5}, was={"count": 6}
    )
    journal.append(written)
    assert (written.value, written.was, written.target) == ('{"count":5}', '{"count":6}', "f1")
    assert review.verify(journal) is None
    assert set(review.states(journal)) == {"s", "c1"}
    assert line(journal, "undo", by="omar")[-1].undoes == 2
    with pytest.raises(ReviewError, match="needs a reason"):
        review.write_fact(journal, action="add_fact", fact="f1", by="omar", at=T0, reason=" ", value={})


def test_a_changed_mind_keeps_both_in_the_journal() -> None:
    journal = journal_of("confirm", "dismiss")
    assert [(d.before, d.after) for d in journal] == [("unreviewed", "confirmed"), ("confirmed", "dismissed")]
    assert stands(journal) == StoryReview("dismissed", "opinion", "layla", journal[1].at)
    assert stands(journal_of("dismiss", "confirm")).reason is None, "the reason goes with the dismissal"


def test_nobody_decided() -> None:
    assert stands([]) == StoryReview()
    assert stands(journal_of("confirm"), "other", ("c9",)) == StoryReview()


@pytest.mark.parametrize(
    ("given_", "told"),
    [
        ({"action": "dismiss"}, "needs a reason, and none was given. Choose from: false_positive, duplicate"),
        ({"action": "dismiss", "reason": "boring"}, "'boring' is not one of them. Choose from: false_positive"),
        ({"action": "note"}, "Write the text"),
        ({"action": "note", "text": " \n"}, "Write the text"),
        ({"action": "undo"}, "Use undo"),
        ({"action": "approve"}, "There is no action 'approve'. There are: confirm, dismiss"),
        ({"action": "confirm", "by": "  "}, "set `user:`"),
        ({"action": "confirm", "at": T0.replace(tzinfo=None)}, "time zone"),
    ],
)
def test_refused_with_a_remedy(given_: dict[str, Any], told: str) -> None:
    arguments: dict[str, Any] = {"story": "s", "claims": ("c1",), "by": "layla", "at": T0, **given_}
    with pytest.raises(ReviewError) as caught:
        review.decide([], **arguments)
    assert told in str(caught.value)


@pytest.mark.parametrize("reason", DISMISS_REASONS)
def test_each_reason_dismisses(reason: str) -> None:
    decision = review.decide([], story="s", claims=(), action="dismiss", by="layla", at=T0, reason=reason)
    assert stands([decision]).reason == reason


def test_notes_keep_who_and_when_and_leave_the_verdict_alone() -> None:
    journal = line(line(line([], "note", by="omar"), "confirm"), "note", by="omar")
    result = stands(journal)
    assert result.notes == (Note(journal[0].at, "omar", "note 1"), Note(journal[2].at, "omar", "note 3"))
    assert (result.state, result.by, result.at) == ("confirmed", "layla", journal[1].at)


# ---- finding a story again -------------------------------------------------------------------------------------------


def test_a_story_folded_anew_finds_its_review_by_its_claims() -> None:
    journal = line([], "confirm", story="old", claims=("c1", "c2"))
    assert stands(journal, "new", ("c2", "c7")).state == "confirmed"
    assert stands(journal, "old", ()).state == "confirmed"
    assert set(review.states(journal)) == {"old", "c1", "c2"}


def test_of_two_stories_folded_into_one_the_latest_decision_counts_and_all_notes_stay() -> None:
    journal = line([], "note", story="a", claims=("c1",))
    journal = line(journal, "dismiss", story="b", claims=("c2",))
    journal = line(journal, "note", story="b", claims=("c2",))
    journal = line(journal, "watch", story="a", claims=("c1",))
    merged = stands(journal, "a", ("c1", "c2"))
    assert merged.state == "watching"
    assert [note.text for note in merged.notes] == ["note 1", "note 3"]
    journal = line(journal, "confirm", story="a", claims=("c1", "c2"))
    assert journal[-1].before == "watching"
    assert stands(journal, "b", ("c2",)).state == "confirmed"


def test_in_one_moment_the_storys_own_id_comes_first() -> None:
    journal = line([], "confirm", claims=("c1", "c2"), minute=1)
    journal = line(journal, "dismiss", claims=("c1",), minute=1)
    assert stands(journal, claims=("c2", "c1")).state == "dismissed"


# ---- undo ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("before", WAYS_TO)
@pytest.mark.parametrize("action", OPEN_ACTIONS)
def test_undo_restores_what_stood_before(before: ReviewState, action: Action) -> None:
    journal = journal_of(*WAYS_TO[before])
    was = stands(journal)
    journal = line(line(journal, action), "undo")
    assert stands(journal) == was
    assert (journal[-1].undoes, journal[-1].after) == (journal[-2].seq, before)
    assert journal[-1].before == journal[-2].after


def test_undo_goes_back_step_by_step_until_nothing_is_left() -> None:
    journal = journal_of("confirm", "note", "dismiss", "undo", "undo", "undo")
    assert [d.undoes for d in journal[3:]] == [3, 2, 1]
    assert stands(journal) == StoryReview()
    with pytest.raises(ReviewError, match="nothing to undo"):
        line(journal, "undo")


def test_undo_takes_back_ones_own_latest_only() -> None:
    journal = line(line([], "confirm", by="layla"), "dismiss", by="omar")
    with pytest.raises(ReviewError, match="no decision of sara is in force"):
        line(journal, "undo", by="sara")
    journal = line(journal, "undo", by="layla")
    assert journal[-1].undoes == 1
    assert stands(journal).state == "dismissed", "what omar decided later stays in force"
    assert (journal[-1].before, journal[-1].after) == ("dismissed", "dismissed")


def test_an_undone_note_takes_its_in_review_along_and_leaves_the_others_notes() -> None:
    journal = line(line([], "note", by="layla"), "note", by="omar")
    journal = line(journal, "undo", by="layla")
    assert [note.by for note in stands(journal).notes] == ["omar"]
    assert stands(journal).state == "in_review"
    assert stands(line(journal, "undo", by="omar")) == StoryReview()


# ---- the chain -------------------------------------------------------------------------------------------------------


@st.composite
def journals(draw: st.DrawFn) -> list[Decision]:
    """Journals of one to eight lines by two people about stories that share claims."""
    journal: list[Decision] = []
    for _ in range(draw(st.integers(1, 8))):
        action = draw(st.sampled_from((*OPEN_ACTIONS, "reopen", "undo")))
        claims = tuple(draw(st.lists(st.sampled_from(("c1", "c2", "c3")), max_size=2, unique=True)))
        try:
            journal = line(
                journal,
                action,
                story=draw(st.sampled_from("ab")),
                claims=claims,
                by=draw(st.sampled_from(("layla", "omar"))),
            )
        except ReviewError:
            continue
    assume(journal)
    return journal


@quick
@given(journals())
def test_a_journal_as_it_was_made_is_sound(journal: list[Decision]) -> None:
    assert review.verify(journal) is None
    assert [d.seq for d in journal] == list(range(1, len(journal) + 1))
    assert [d.previous for d in journal] == ["", *(d.hash for d in journal[:-1])]


OTHER_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "seq": st.integers(0, 20),
    "at": st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - naive bounds
    "by": st.text(max_size=4),
    "action": st.sampled_from(get_args(Action)),
    "story": st.text(max_size=4),
    "claims": st.lists(st.text(max_size=3), max_size=3).map(tuple),
    "before": st.sampled_from(get_args(ReviewState)),
    "after": st.sampled_from(get_args(ReviewState)),
    "reason": st.none() | st.sampled_from(DISMISS_REASONS),
    "text": st.none() | st.text(max_size=4),
    "target": st.none() | st.text(max_size=4),
    "value": st.none() | st.just("{}"),
    "was": st.none() | st.just("{}"),
    "undoes": st.none() | st.integers(0, 9),
    "previous": st.text("0123456789abcdef", max_size=64),
    "hash": st.text("0123456789abcdef", max_size=64),
}


def test_the_tampering_below_covers_every_field() -> None:
    assert set(OTHER_VALUES) == set(Decision.__dataclass_fields__)


@pytest.mark.parametrize("name", OTHER_VALUES)
@quick
@given(data=st.data())
def test_any_field_changed_afterwards_is_found(name: str, data: st.DataObject) -> None:
    journal = data.draw(journals())
    index = data.draw(st.integers(0, len(journal) - 1))
    value = data.draw(OTHER_VALUES[name])
    assume(value != getattr(journal[index], name))
    journal[index] = replace(journal[index], **{name: value})
    assert review.verify(journal) == index + 1


@quick
@given(data=st.data())
def test_a_change_with_its_hash_made_good_breaks_the_next_line(data: st.DataObject) -> None:
    journal = data.draw(journals())
    assume(len(journal) > 1)
    index = data.draw(st.integers(0, len(journal) - 2))
    forged = replace(journal[index], by="mallory")
    journal[index] = replace(forged, hash=review.digest(forged))
    assert review.verify(journal) == index + 2


@quick
@given(data=st.data())
def test_a_line_taken_out_or_put_elsewhere_is_found(data: st.DataObject) -> None:
    journal = data.draw(journals())
    assume(len(journal) > 1)
    index = data.draw(st.integers(0, len(journal) - 2))
    assert review.verify(journal[:index] + journal[index + 1 :]) == index + 1
    journal[index], journal[index + 1] = journal[index + 1], journal[index]
    assert review.verify(journal) == index + 1


def test_the_hash_is_the_same_in_every_release() -> None:
    decision = review.decide([], story="s", claims=("c1",), action="note", by="ليلى", at=T0, text="a \ud800 b")
    written_out = (
        '{"action":"note","after":"in_review","at":"2026-01-05T12:00:00+00:00","before":"unreviewed",'
        r'"by":"\u0644\u064a\u0644\u0649","claims":["c1"],"previous":"","seq":1,"story":"s","text":"a \ud800 b"}'
    )
    assert decision.hash == hashlib.sha256(written_out.encode("ascii")).hexdigest()


@quick
@given(journals())
def test_before_and_after_join_up_for_each_claim_of_a_journal(journal: list[Decision]) -> None:
    for number, decision in enumerate(journal):
        earlier, later = review.states(journal[:number]), review.states(journal[: number + 1])
        assert review.review_of(decision.story, decision.claims, earlier).state == decision.before
        assert review.review_of(decision.story, decision.claims, later).state == decision.after
