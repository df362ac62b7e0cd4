"""Foreign text: what is taken out, what must stay."""

from __future__ import annotations

import re
import time
import unicodedata

import pytest
from hypothesis import given, strategies as st

from monitor.feeds import clean
from monitor.feeds.clean import mask_url, plain, safe, web_url

FORBIDDEN = {
    chr(c) for c in [*range(0x0A), *range(0x0B, 0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), 0x200B, 0xFEFF]
}
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=300)


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("\x1b[31mBase\x1b[0m closed", "Base closed"),
        ("\x1b]0;owned\x07Base", "Base"),
        ("\x1b]52;c;ZXZpbA==\x1b\\Base", "Base"),
        ("\x9b31mBase\x9d0;t\x9cX", "BaseX"),
        ("\x1bPq#0\x1b\\Base \x1b(B\x1b7two", "Base two"),
        ("\x1b]0;never closed", "]0;never closed"),
        ("hand\x00over hand\u200bover hand\u00adover", "handover handover handover"),
        ("evil\u202egpj.exe", "evilgpj.exe"),
        ("\u2067\u0639\u2069", "\u2067\u0639\u2069"),
        ("می\u200cروند", "می\u200cروند"),
        ("ه\u200dه\u200e\u200f", "ه\u200dه"),
        ("a\tb \u00a0 c\u3000d", "a b c d"),
        ("a \r\n\r\n b\u2028c\rd", "a\nb\nc\nd"),
        ("e\u0301\ud800x", "éx"),
    ],
)
def test_safe(dirty: str, clean: str) -> None:
    assert safe(dirty) == clean


@given(ANY_TEXT)
def test_safe_holds_nothing_that_drives_a_terminal(text: str) -> None:
    result = safe(text)
    assert not FORBIDDEN & set(result)
    assert "  " not in result
    assert "\n\n" not in result
    assert result == result.strip()
    assert unicodedata.is_normalized("NFC", result)
    assert safe(result) == result
    result.encode("utf-8")


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One &amp; two</p><p>Three<br/>four</p>five", "One & two\nThree\nfour\nfive"),
        ("a<script>alert(1)</script><style>p{}</style><b>b</b>c", "abc"),
        ("line one\nline two", "line one line two"),
        ("<p>line one\nline &#10; two</p>", "line one line two"),
        ("&#27;[31mred&#x202e;x", "redx"),
        ("<ul><li>a<li>b</ul><table><tr><td>1<td>2</table>", "a\nb\n1 2"),
        ("5 < 6 and AT&amp;T", "5 < 6 and AT&T"),
        ("<img src=x onerror=alert(1)>photo<!-- hidden -->", "photo"),
        ("<div><div>nested</div></div>\n<div>next</div>", "nested\nnext"),
        ("قاعدة&nbsp;عين&nbsp;الأسد", "قاعدة عين الأسد"),
        ("", ""),
        ("<", "<"),
    ],
)
def test_plain(html: str, text: str) -> None:
    assert plain(html, 1_000) == text


def test_plain_keeps_the_limit() -> None:
    assert plain("word " * 100, 12) == "word word wo"
    assert len(plain("<p>" + "x" * 100_000, 65_536)) == 65_536


@given(
    st.lists(
        st.sampled_from(
            ["<p>", "</div>", "<b a=1>", "&#27;", "&#x9b;", "\x1b[", "<script>", "x", " ", "\ud800", "<!--", "]]>"]
        )
    )
)
def test_plain_of_any_markup_is_safe(parts: list[str]) -> None:
    result = plain("".join(parts), 50)
    assert not FORBIDDEN & set(result)
    assert len(result) <= 50


@pytest.mark.parametrize(
    "html", ["<div>" * 500_000, "<b a=1><i>" * 200_000 + "<p>x" * 100_000, "<table>" * 300_000, "<" * 2_000_000]
)
def test_deep_markup_takes_no_time(html: str) -> None:
    start = time.process_time()
    plain(html, 65_536)
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    ("url", "base", "result"),
    [
        ("https://example.org/a b", None, "https://example.org/a%20b"),
        (" /news/1 ", "https://example.org/rss", "https://example.org/news/1"),
        ("//cdn.example.org/x", "https://example.org/rss", "https://cdn.example.org/x"),
        ("https://example.org/خبر", None, "https://example.org/خبر"),
        ("javascript:alert(1)", "https://example.org/", None),
        ("file:///etc/passwd", None, None),
        ("java\nscript:alert(1)", "https://example.org/", None),
        ("https://example.org/\x1b[31m", None, None),
        ("https://example.org/\u202egpj", None, None),
        ("https:///nohost", None, None),
        ("http://[::1", None, None),
        ("http://a:99999/", None, None),
        ("-option", None, None),
        ("", "https://example.org/", None),
        ("https://example.org/" + "x" * 5_000, None, None),
    ],
)
def test_web_url(url: str, base: str | None, result: str | None) -> None:
    assert web_url(url, base) == result


@given(ANY_TEXT)
def test_web_url_never_raises(text: str) -> None:
    for url in (text, "http://" + text):
        result = web_url(url, "https://example.org/")
        assert result is None or result.startswith(("http", "HTTP"))


def test_secrets_are_masked() -> None:
    assert mask_url("https://u:p@h.org/x?a=1") == "https://***@h.org/x?a=1"
    masked = mask_url("see https://h.org/x?id=7&api_key=abc&token=def now")
    assert masked == "see https://h.org/x?id=7&api_key=***&token=*** now"
    assert mask_url("nothing here") == "nothing here"


ODD = st.text(
    st.sampled_from(" a\n\t\x1b[m\u202e\u200c\xa0\u034f\ufe0f\u2028e\u0301\u0627\u06cc\U000e0101\xad\r\x07;"),
    max_size=40,
)


@given(st.one_of(ANY_TEXT, ODD))
def test_the_short_way_through_a_text_gives_what_the_long_one_gives(text: str) -> None:
    long = clean._ESCAPES.sub("", clean._IGNORED_BY_TERMINALS.sub("", text))
    long = clean._REMOVED.sub("", clean._SPACES.sub(" ", clean._LINE_ENDS.sub("\n", long)))
    long = clean._NEWLINES.sub("\n", clean._SPACES.sub(" ", long)).strip(" \n")
    assert safe(text) == unicodedata.normalize("NFC", long)


@given(
    st.from_regex(r"https?://[a-z.-]{1,12}(:\d{1,5})?(/[A-Za-z/.~%+,:@!$&'()*=;?# \u0627-]{0,20})?", fullmatch=True),
    st.sampled_from([None, "https://base.example/a/b?c", "http://other.example"]),
)
def test_the_short_way_through_an_address_gives_what_the_long_one_gives(url: str, base: str | None) -> None:
    quick = web_url(url, base)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(clean, "_PLAIN_URL", re.compile(r"(?!)"))
        assert web_url(url, base) == quick
