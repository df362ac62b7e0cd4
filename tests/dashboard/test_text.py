"""The last gate before the terminal."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, strategies as st

from monitor.dashboard.text import (
    PDI,
    RLI,
    Part,
    balance,
    cut,
    is_rtl,
    isolated,
    pad,
    paragraphs,
    plain,
    shown,
    width,
    wrap,
)

ANY = st.text(st.characters(categories=None), max_size=200) | st.text(
    st.sampled_from("a ب\u2067\u2066\u2069\u202e\u200b\u200d\x1b\x07\x9b\ud800\u0301é👩\n…"), max_size=80
)
FORBIDDEN = {"Cc", "Cs", "Co", "Cn"}


def harmless(text: str) -> bool:
    """No control, surrogate, override or invisible character that is not an isolate or a joiner."""
    kept = set("\u2066\u2067\u2068\u2069\u200c\u200d\u200e\u200f\u061c")
    kept |= set("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u08e2")
    return all(char in kept or unicodedata.category(char) not in FORBIDDEN | {"Cf"} for char in text)


def balanced(text: str) -> bool:
    depth = 0
    for char in text:
        depth += (char in "\u2066\u2067\u2068") - (char == PDI)
        if depth < 0:
            return False
    return depth == 0


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("a\x1b[31mb", "a[31mb"),
        ("\x1b]0;pwned\x07title", "]0;pwnedtitle"),
        ("\x9b2Jx\x85y", "2Jx y"),
        ("nul\x00 \x7fdel", "nul del"),
        ("lone\ud800", "lone"),
        ("hand\u202eover\u202c", "handover"),
        ("han\u200bd\u2060over\ufeff", "handover"),
        ("می\u200cروم", "می\u200cروم"),
        ("a\u200c\u200c\u200e\u200cb", "a\u200cb"),
        ("ب\u200dب\u200d", "بب"),
        ("👩\u200d👧", "👩\u200d👧"),
        ("one\r\ntwo\tthree\u2028four", "one two three four"),
        ("\u2067open", "\u2067open\u2069"),
        ("stray\u2069", "stray"),
        ("e" + "\u0301" * 50, "e" + "\u0301" * 8),
        ("soft\u00adhyphen", "softhyphen"),
        ("private\ue000", "private\ufffd"),
        ("[@click=app.quit]x[/]", "[@click=app.quit]x[/]"),
    ],
)
def test_foreign_text_is_stripped(raw: str, clean: str) -> None:
    assert shown(raw) == clean


@given(ANY)
def test_shown_is_harmless_balanced_one_line_and_settled(text: str) -> None:
    clean = shown(text)
    assert harmless(clean)
    assert balanced(clean)
    assert "\n" not in clean
    assert shown(clean) == clean


@given(ANY, st.integers(0, 40))
def test_a_cut_fits_and_leaves_no_isolate_open(text: str, cells: int) -> None:
    short = cut(shown(text), cells)
    assert width(short) <= cells
    assert balanced(short)


@given(ANY, st.integers(1, 40))
def test_padding_is_exact(text: str, cells: int) -> None:
    assert width(pad(shown(text), cells)) == cells


@pytest.mark.parametrize(
    ("text", "cells", "short"),
    [
        ("handover", 8, "handover"),
        ("handover", 4, "han…"),
        ("abe\u0301f", 3, "ab…"),
        ("ae\u0301fg", 3, "ae\u0301…"),
        ("👩‍👩‍👧x👩‍👩‍👧", 4, "👩‍👩‍👧x…"),
        ("日本語", 4, "日…"),
        ("\u2067سلام\u2069", 3, "\u2067سل…\u2069"),
        ("abc", 1, "…"),
        ("abc", 0, ""),
    ],
)
def test_no_grapheme_is_split(text: str, cells: int, short: str) -> None:
    got = cut(text, cells)
    assert width(got) <= cells
    assert got.replace(PDI, "") == short.replace(PDI, "")
    assert balanced(got)


def test_a_huge_title_costs_little() -> None:
    assert width(cut(shown("x" * 100_000), 50)) == 50
    assert width(cut("👩" + "\u200d👩" * 50_000, 10)) <= 10


def test_direction() -> None:
    assert is_rtl("“عين الأسد")
    assert is_rtl("1,200 הכוחות")
    assert not is_rtl("US عين")
    assert isolated("سلام", "auto") == f"{RLI}سلام{PDI}"
    assert isolated("سلام", "off") == "سلام"
    assert isolated("peace", "isolate") == "peace"


@given(st.lists(st.tuples(ANY, st.sampled_from(["", "mark"])), max_size=4), st.integers(8, 60), st.integers(0, 6))
def test_wrapping_fits_and_loses_no_letter(raw: list[tuple[str, str]], cells: int, indent: int) -> None:
    parts = tuple(Part(shown(text), tone) for text, tone in raw)
    lines = wrap(parts, cells, indent=indent)
    assert all(width(plain(line)) <= cells for line in lines)
    if not any(len(word) > 20 for part in parts for word in part.text.split()):
        drop = str.maketrans("", "", f" {RLI}{PDI}")
        assert "".join(map(plain, lines)).translate(drop) == plain(parts).translate(drop)


def test_wrapping_stops_where_told_and_says_so() -> None:
    lines = wrap((Part("one two three four five six seven"),), 12, indent=2, most=2)
    assert [plain(line) for line in lines] == ["one two", "  three …"] or plain(lines[-1]).endswith("…")
    assert len(lines) == 2


def test_each_wrapped_line_of_arabic_is_isolated_by_itself() -> None:
    lines = wrap((Part("القوات العراقية تتسلم "), Part("قاعدة", "mark"), Part(" عين الأسد بالكامل")), 20)
    assert len(lines) > 1
    assert all(plain(line).startswith(RLI) and plain(line).endswith(PDI) for line in lines)
    assert "قاعدة" in "".join(part.text for line in lines for part in line if part.tone == "mark")


def test_paragraphs_keep_their_breaks() -> None:
    assert paragraphs("one\n\n two\x1b \n") == ("one", "two")


def test_balance_bounds_the_depth() -> None:
    assert balance("\u2066" * 500).count("\u2066") == 8
