"""What `doctor` says of the way to the feeds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.cli import doctor
from monitor.cli.settings import _doubts
from monitor.model import Config, Feed


@pytest.mark.parametrize(
    ("proxies", "state", "said"),
    [
        ({}, "ok", "none set; feeds are asked directly"),
        (
            {"https": "http://me:secret@proxy.example:3128"},
            "ok",
            "https http://***@proxy.example:3128; names are looked up there, so that only addresses written out in"
            " links are checked here",
        ),
    ],
)
def test_a_proxy_is_told_with_what_it_takes_out_of_our_hands(
    proxies: dict[str, str], state: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "getproxies", lambda: proxies)
    assert doctor._proxies() == (state, said)


@pytest.mark.parametrize(
    ("theme", "lang", "said"),
    [
        ("dark", "ckb", []),
        ("nord", "ku", []),
        ("drak", "en", ["ui.theme: there is no theme called drak; dark is used. Did you mean dark?"]),
        (None, "xx", ["feed a: no lexicon for lang: xx; there are: "]),
    ],
)
def test_what_is_allowed_but_known_to_nobody_is_told(theme: str | None, lang: str, said: list[str]) -> None:
    ui = (("theme", theme),) if theme else ()
    feed = Feed("a", "https://a.example/", "a", lang=lang)
    found = list(_doubts(replace(Config("feeds.yml", "layla", None, None, (feed,), (), ()), ui=ui)))
    assert [told[: len(words)] for told, words in zip(found, said, strict=True)] == said
