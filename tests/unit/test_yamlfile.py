"""YAML files: the values of YAML 1.2, the place of each, and a plain sentence for each way a file can be broken."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, strategies as st
from ruamel.yaml import YAML

from monitor import yamlfile
from monitor.errors import ConfigError, Mistake


def mistakes(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        yamlfile.load(text, "f.yml")
    return [str(mistake) for mistake in caught.value.mistakes]


def outcome(text: str) -> yamlfile.Document | tuple[Mistake, ...]:
    try:
        return yamlfile.load(text, "f.yml")
    except ConfigError as error:
        return error.mistakes


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("NO", "NO"),
        ("yes", "yes"),
        ("off", "off"),
        ("2026-01-05", "2026-01-05"),
        ("12:30:45", "12:30:45"),
        ("1_000", "1_000"),
        ("010", 10),
        ("0o14", 12),
        ("0x1F", 31),
        ("+3", 3),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("-.inf", float("-inf")),
        ("True", True),
        ("FALSE", False),
        ("~", None),
        ("", None),
        ("Null", None),
        ("=", "="),
        ("<<", "<<"),
        ("'12'", "12"),
        ('"null"', "null"),
        ("!!str 12", "12"),
        ("! 12", "12"),
        ("!!float 3", 3.0),
        ("!!int 3", 3),
        ("١٢", "١٢"),
        ("b]", "b]"),
    ],
)
def test_scalars_follow_the_core_rules_of_yaml_1_2(written: str, value: object) -> None:
    read = yamlfile.load_data(f"key: {written}", "f.yml")["key"]
    assert (read, type(read)) == (value, type(value))


def test_a_directive_for_yaml_1_1_does_not_turn_norway_into_false() -> None:
    assert yamlfile.load_data("%YAML 1.1\n---\ncountry: NO\n", "f.yml") == {"country": "NO"}


@pytest.mark.parametrize("text", ["", "# only a comment\n", "\ufeff", "---\n"])
def test_an_empty_file_is_none(text: str) -> None:
    document = yamlfile.load(text, "f.yml")
    assert document.data is None
    assert document.place(("feeds", 0)) == document.key_place(("feeds",)) == document.place(())


def test_keys_stay_text_except_whole_numbers() -> None:
    assert yamlfile.load_data("{true: 1, null: 2, 1.50: 3, 12: 4, NO: 5}", "f.yml") == {
        "true": 1,
        "null": 2,
        "1.50": 3,
        12: 4,
        "NO": 5,
    }


PLACES = """\
plain: word
'quoted key':   'quoted'
double: "twice"
block: |

  first
   second
folded: >-
  folded
tagged: !!str &anchor 'x'
again: *anchor
list:
  - one
  - {in: side}
عربي: قاعدة
"""


@pytest.mark.parametrize(
    ("path", "value", "key"),
    [
        (("plain",), (1, 8), (1, 1)),
        (("quoted key",), (2, 18), (2, 2)),
        (("double",), (3, 10), (3, 1)),
        (("block",), (6, 3), (4, 1)),
        (("folded",), (9, 3), (8, 1)),
        (("tagged",), (10, 24), (10, 1)),
        (("again",), (10, 24), (11, 1)),
        (("list",), (13, 3), (12, 1)),
        (("list", 0), (13, 5), (13, 5)),
        (("list", 1, "in"), (14, 10), (14, 6)),
        (("list", 1, "not there"), (14, 5), (14, 5)),
        (("list", 9, "deep", 3), (13, 3), (13, 3)),
        (("عربي",), (15, 7), (15, 1)),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_places_point_at_the_first_character_of_a_value(
    path: tuple[str | int, ...], value: tuple[int, int], key: tuple[int, int], newline: str
) -> None:
    document = yamlfile.load(PLACES.replace("\n", newline), "f.yml")
    assert document.place(path) == value
    assert document.key_place(path) == key


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("a: [1\n", ["1:4: a bracket is opened in line 1 and not closed, or a comma is missing after it"]),
        ("a: {b: [1\nc: 2", ["1:8: a bracket is opened in line 1 and not closed, or a comma is missing after it"]),
        ("a: [b, c]]", ['1:10: this "]" closes nothing; delete it, or put the text in quotes']),
        (
            "a: 1\n  b: 2\n",
            ['2:4: a ":" is not expected here; put text with ": " in quotes, or mend the indentation'],
        ),
        ("a: 1\n\tb: 2", ["2:1: a tab stands here; YAML takes only spaces for indentation: replace it with spaces"]),
        ("when: @handover", ["1:7: the character @ cannot begin a value; put the value in quotes"]),
        ("a: 'x\nb: 1", ["1:4: the quote that opens here is never closed"]),
        ('a: "C:\\q"', ["1:7: a backslash in double quotes begins an escape; use single quotes, or write \\\\"]),
        (
            'when: "a b" AND c\nid: x',
            ["1:13: the text goes on after its closing quote; put the whole value in single quotes"],
        ),
        ("a: - b", ['1:4: a "- " is not expected here; begin the list on its own line below the key']),
        ("- a\nb: 1", ['2:1: this line does not fit the list it stands in; mend the "- " or the indentation']),
        (
            "a:\n  - b\n c: 1",
            ["3:2: this line does not fit those above it; mend the indentation, or put the text above in quotes"],
        ),
        (
            "feeds: []\nrules: []  # mine\n\n  # words\n  - id: x\n",
            ['5:3: "rules: []" above says that there are none; delete the [] to write some under it'],
        ),
        (
            "rules: []\n- id: x",
            ['2:1: "rules: []" above says that there are none; delete the [] to write some under it'],
        ),
        (
            "ui: {}\n  theme: dark",
            ['2:3: "ui: {}" above says that there are none; delete the {} to write some under it'],
        ),
        ("a: 1\n---\nb: 2", ['2:1: a second document begins here ("---"); the file must hold only one']),
        (
            "a: 1\nb: 2\na: 3\nc: {d: 1, d: 2}",
            [
                '3:1: the key "a" stands here a second time (first in line 1); delete one of them',
                '4:11: the key "d" stands here a second time (first in line 4); delete one of them',
            ],
        ),
        (
            "a: !secret x\nb: !!python/name:os.system ''\nc: !!int x",
            [
                '1:12: the tag "!secret" is not allowed; write the plain value, in quotes if it begins with "!"',
                '2:29: the tag "!!python/name:os.system" is not allowed; write the plain value, '
                'in quotes if it begins with "!"',
                '3:10: "x" is not what its tag says',
            ],
        ),
        ("a: !foo [1]", ['1:4: the tag "!foo" is not allowed; write the plain value, in quotes if it begins with "!"']),
        ("a: *y", ['1:4: "*y" refers to "&y", which does not stand before it; if it is text, put it in quotes']),
        ("a: &a [*a]", ['1:8: "*a" stands inside what it refers to; write the value out']),
        ("? [a]\n: b", ["1:3: a key must be a word or a number, not a list or a mapping"]),
        ("a: \x07", ["1:4: a character that YAML does not allow (U+0007) stands here; delete it"]),
        ("a: 1\nb: \ud800", ["2:4: a character that YAML does not allow (U+D800) stands here; delete it"]),
        (f"a: {'9' * 5000}", ["1:4: this number has too many digits; put it in quotes if it is text"]),
        (f"a: !!float 1{'0' * 400}", ["1:12: this number has too many digits; put it in quotes if it is text"]),
    ],
)
def test_a_broken_file_gets_a_plain_sentence_at_the_right_place(text: str, messages: list[str]) -> None:
    assert mistakes(text) == [f"f.yml:{message}" for message in messages]


def test_an_alias_bomb_is_refused_before_it_unfolds() -> None:
    names = "abcdefghi"
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]" for old, new in pairwise(names)]
    [message] = mistakes("\n".join(lines))
    assert "more than 200000 values once its aliases are followed" in message


def test_a_few_aliases_are_fine() -> None:
    assert yamlfile.load_data("a: &a {x: [1]}\nb: *a\nc: [*a, *a]", "f.yml") == {
        "a": {"x": [1]},
        "b": {"x": [1]},
        "c": [{"x": [1]}, {"x": [1]}],
    }


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_nesting_without_end_is_refused(opening: str) -> None:
    assert "nested more than 60 deep" in mistakes(opening * 100_000)[0]


def test_a_huge_file_is_refused() -> None:
    assert mistakes("a: ق" + "ق" * 1024 * 1024) == [
        "f.yml:1:1: the file is larger than 2 MiB; no configuration is: is it the right file?"
    ]


VALUES: Any = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8", max_codepoint=0xFFFF)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abcNO12 :#", min_size=1), inner, max_size=3),
    max_leaves=8,
)


@given(VALUES)
def test_what_is_dumped_is_read_back_as_json_means_it(value: Any) -> None:
    assert yamlfile.load_data(json.dumps(value), "f.yml") == value


@given(st.text("ab:-[]{}'\"\n #&*!|>%@\t1,?~ق\x07\ud800", max_size=40) | st.text(max_size=30))
def test_any_text_gives_a_document_or_a_config_error_inside_the_text(text: str) -> None:
    found = outcome(text)
    lines = text.count("\n") + text.count("\r") + sum(text.count(c) for c in "\x85\u2028\u2029") + 2
    assert isinstance(found, yamlfile.Document) or found
    for mistake in () if isinstance(found, yamlfile.Document) else found:
        assert 1 <= mistake.line <= lines
        assert mistake.col >= 1
        assert mistake.what


@pytest.mark.parametrize(
    "text", ["a: [1", "a: 1\n b: 2", "a: @", "a: 'x", '"\\q"', "- a\nb: 1", "a: {", "a: *", "%YAML 9"]
)
def test_the_python_parser_is_understood_like_the_c_one(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with_c = mistakes(text)
    monkeypatch.setattr("ruamel.yaml.YAML", lambda typ: YAML(typ=typ, pure=True))
    without_c = mistakes(text)
    assert len(with_c) == len(without_c) == 1
    assert all("not valid YAML" not in message for message in (*with_c, *without_c)) or text == "%YAML 9"


def test_importing_costs_no_parser() -> None:
    code = "import sys, monitor.yamlfile; print('ruamel.yaml' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("feeds:\n  - id: a\n    url:http://x.example\n", '3:9: a blank is missing after the colon: write "url: "'),
        ("feeds:\n  - url:http://x.example\n    id: a\n", '2:9: a blank is missing after the colon: write "url: "'),
        ("user:layla\nfeeds: []\n", '1:6: a blank is missing after the colon: write "user: "'),
        ("feeds:\n\t- id: a\n", "2:1: a tab stands here"),
        ("a: {Authorization:\"Bearer s3cret\"}\n", '1:18: a ":" stands inside a value; put a blank after it'),
        ("a: see http://x.example: now\n", '1:24: a ":" is not expected here; put text with ": " in quotes'),
    ],
)  # fmt: skip
def test_a_blank_that_is_missing_and_a_tab_are_told_at_their_place(text: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        yamlfile.load(text, "f")
    assert str(caught.value.mistakes[0]).removeprefix("f:").startswith(told)
    assert "s3cret" not in str(caught.value)
