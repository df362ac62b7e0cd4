"""What `doctor` says of the way to the feeds."""

from __future__ import annotations

import pytest

from monitor.cli import doctor


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
