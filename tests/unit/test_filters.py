"""Conditions over stories: what they mean, and what they refuse."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, strategies as st

from monitor.errors import InputError
from monitor.filters import NAMES, holds, parse
from monitor.model import StoryReview
from tests.builders import T0, alert, claim, story

STORY = story(
    alert(claim(actors=("US", "coalition")), verdict="updates", severity="high", family="rudaw"),
    alert(claim(type="withdrawal", phase="planned", facility=None, place="erbil"), verdict="confirms", family="ina"),
    review=StoryReview("watching", None, "layla", T0),
)


@pytest.mark.parametrize(
    ("condition", "fits"),
    [
        ("", True),
        ("severity>=high", True),
        ("severity>high", False),
        ("severity<critical and severity>=medium", True),
        ("severity=low,high", True),
        ("severity!=high", False),
        ("verdict=contradicts,updates", True),
        ("verdict=contradicts", False),
        ("verdict!=contradicts", True),
        ("rule=base-*", True),
        ("rule=withdrawal", False),
        ("type=withdrawal AND phase=planned", True),
        ("facility=ain-al-asad", True),
        ("facility=ain*", True),
        ("facility=asad", False),
        ("place=erbil and country=IQ", True),
        ("actor=US", True),
        ("lane=context", False),
        ("family=ina and feed=f and lang=en", True),
        ("review=watching", True),
        ("sources>=2", True),
        ("sources>2", False),
        ("reports=2", True),
        ("  severity >= high   and  lane = changes ", True),
    ],
)
def test_a_condition_holds_or_does_not(condition: str, fits: bool) -> None:
    assert holds(parse(condition), STORY) is fits


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("high", "is no condition; write one like severity>=high"),
        ("severity>=", "is no condition"),
        ("severty>=high", 'unknown word "severty", did you mean "severity"?'),
        ("severity>=hig", 'unknown severity "hig", did you mean "high"?'),
        ("verdict=updated", 'unknown verdict "updated", did you mean "updates"?'),
        ("lane=all", 'unknown lane "all"; known are changes, context'),
        ("verdict>=updates", '"verdict" has no order; write verdict=updates or verdict!=updates'),
        ("sources>=two", '"two" is no number; write sources>=2'),
        ("severity>=high,low", "severity>= takes one value"),
        ("severity>=high or lane=changes", 'unknown severity "high or lane=changes"'),
    ],
)
def test_what_is_no_condition_is_refused_with_what_to_write(condition: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(condition)
    assert words in str(caught.value)


def test_every_word_may_be_asked_of_a_story_without_claims() -> None:
    bare = story(replace(alert(), claims=(), lead=None, verdict=None))
    for name in NAMES:
        value: Any = {"severity": "high", "lane": "changes", "sources": "1", "reports": "1"}.get(name, "*")
        assert holds(parse(f"{name}={value}"), bare) in (True, False)


@given(st.text(max_size=60))
def test_any_text_is_a_condition_or_refused(text: str) -> None:
    try:
        found = parse(text)
    except InputError:
        return
    assert holds(found, STORY) in (True, False)
