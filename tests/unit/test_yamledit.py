"""Changing feeds.yml for a command: what was asked for changes, every other character stays."""

from __future__ import annotations

import difflib
import os
from pathlib import Path

import pytest

from monitor import yamledit, yamlfile
from monitor.errors import InputError
from tests.integration.world import ROOT

FILE = """\
# my own feeds
user: layla   # me

feeds:

  # Iraq

  - id: shafaq-en       # the English one
    url: https://shafaq.com/rss/en
    name: "Shafaq: News"
    headers:
      X-Token: ${TOKEN}
    # a note inside

  # Syria

  - url: https://enab.example/rss
    id: enab
    enabled: true   # for now
  - {id: flow, url: 'https://flow.example/'}

# rules below
lists: {}
"""
NEW: dict[str, yamledit.Value] = {
    "id": "new-one",
    "url": "https://new.example/rss?a=1&b=2",
    "name": "N: #1 \u062e\u0628\u0631",
}


def changes(before: str, after: str) -> list[str]:
    lines = difflib.ndiff(before.splitlines(), after.splitlines())
    return [line for line in lines if line[0] in "+-"]


def test_added_at_the_end_of_the_feeds() -> None:
    after = yamledit.add_feeds(FILE, "f", [NEW])
    assert changes(FILE, after) == [
        "+   - id: new-one",
        '+     url: "https://new.example/rss?a=1&b=2"',
        '+     name: "N: #1 \u062e\u0628\u0631"',
    ]
    assert after.index("new-one") < after.index("# rules below")
    assert yamlfile.load_data(after, "f")["feeds"][-1] == NEW


@pytest.mark.parametrize(
    "text", ["", "user: layla\n", "user: layla", "feeds:\n", "feeds: []  # none yet\nuser: a\n", "feeds: null\nuser: a"]
)
def test_added_where_there_are_none(text: str) -> None:
    after = yamledit.add_feeds(text, "f", [NEW, {"id": "b", "url": "https://b.example/"}])
    assert [feed["id"] for feed in yamlfile.load_data(after, "f")["feeds"]] == ["new-one", "b"]
    assert ("# none yet" in after) == ("# none yet" in text)


@pytest.mark.parametrize(
    "value", ["yes", "null", "1e3", "- a", "a: b", "a #b", "'", '"\\', " x", "x ", "@", "%", "\x85", "0o7"]
)
def test_any_text_comes_back_as_it_was(value: str) -> None:
    after = yamledit.add_feeds(FILE, "f", [{"id": "x", "name": value}])
    assert yamlfile.load_data(after, "f")["feeds"][-1]["name"] == value


@pytest.mark.parametrize(
    ("identifier", "gone"),
    [
        ("shafaq-en", ["- id: shafaq-en", "- url: https://shafaq", "- name", "- headers", "-   X-Token"]),
        ("enab", ["- - url: https://enab", "- id: enab", "- enabled: true"]),
        ("flow", ["- - {id: flow"]),
    ],
)
def test_removed(identifier: str, gone: list[str]) -> None:
    after = yamledit.remove_feed(FILE, "f", identifier)
    assert identifier not in after
    lost = [line for line in changes(FILE, after) if line.strip(" -+")]
    assert len(lost) == len(gone)
    assert all(line.startswith("-") for line in lost)
    assert {"# my own feeds", "# Iraq", "# Syria", "# rules below"} <= {line.strip() for line in after.splitlines()}


def test_the_last_feed_can_go() -> None:
    text = "feeds:\n  - id: a\n    url: https://a.example/\nuser: x\n"
    assert yamledit.remove_feed(text, "f", "a") == "feeds:\nuser: x\n"


@pytest.mark.parametrize(
    ("identifier", "change"),
    [
        ("shafaq-en", ["+     enabled: false"]),
        ("enab", ["-     enabled: true   # for now", "+     enabled: false   # for now"]),
        (
            "flow",
            [
                "-   - {id: flow, url: 'https://flow.example/'}",
                "+   - {id: flow, enabled: false, url: 'https://flow.example/'}",
            ],
        ),
    ],
)
def test_paused_and_resumed(identifier: str, change: list[str]) -> None:
    paused = yamledit.set_enabled(FILE, "f", identifier, False)
    assert changes(FILE, paused) == change
    assert yamledit.set_enabled(paused, "f", identifier, False) == paused
    resumed = yamledit.set_enabled(paused, "f", identifier, True)
    (feed,) = (feed for feed in yamlfile.load_data(resumed, "f")["feeds"] if feed["id"] == identifier)
    assert feed["enabled"] is True


def test_what_is_not_followed_is_refused_with_the_way_out() -> None:
    for text in (
        "feeds: [{id: a, url: 'https://a.example/'}, {id: b, url: 'https://b.example/'}]\n",
        "feeds:\n  -\n    id: a\n    url: https://a.example/\n",
        "feeds: &f\n  - id: a\n    url: https://a.example/\nui: *f\n",
    ):
        with pytest.raises(InputError, match=r"nothing was changed. By hand: (delete|write)"):
            yamledit.remove_feed(text, "f", "a")
    with pytest.raises(InputError, match="There is no feed x in f"):
        yamledit.remove_feed(FILE, "f", "x")
    with pytest.raises(InputError, match="Windows line ends"):
        yamledit.add_feeds("user: a\r\n", "f", [NEW])


def test_every_shipped_feed_can_be_removed_and_paused() -> None:
    text = (ROOT / "feeds.yml").read_text(encoding="utf-8")
    feeds = yamlfile.load_data(text, "f")["feeds"]
    for feed in (feeds[0], feeds[len(feeds) // 2], feeds[-1]):
        after = yamledit.remove_feed(text, "f", feed["id"])
        assert len(yamlfile.load_data(after, "f")["feeds"]) == len(feeds) - 1
        assert all(line.startswith("-") for line in changes(text, after))
        paused = yamledit.set_enabled(text, "f", feed["id"], False)
        assert changes(text, paused) == ["+     enabled: false"]


def test_written_in_one_step_with_its_rights_through_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real.yml", tmp_path / "feeds.yml"
    real.write_text("old")
    real.chmod(0o640)
    link.symlink_to(real)
    yamledit.write(link, "new\u2028")
    assert link.is_symlink()
    assert real.read_text(encoding="utf-8") == "new\u2028"
    assert real.stat().st_mode & 0o777 == 0o640
    assert sorted(os.listdir(tmp_path)) == ["feeds.yml", "real.yml"]
    with pytest.raises(InputError, match="cannot be written"):
        yamledit.write(tmp_path / "no" / "feeds.yml", "x")
