"""A feeds.yml that was found right is taken from the cache, with everything that matters still told."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor import cache, config as configuration, kept
from monitor.cli import judged
from monitor.cli.setup import load_file
from monitor.errors import ConfigError
from monitor.model import Config

TEXT = """\
user: layla
polling: {interval: 40m}
ui: {theme: dark, keys: {story.confirm: f5}}
feeds:
  - {id: a, url: "https://a.example/rss", lang: ar, tz: Asia/Baghdad, interval: 15m}
lists:
  mine: [drill]
rules:
  - id: words
    keywords: [carrier]
    examples: {match: ["A carrier", {fr: "Le carrier"}], not: [none]}
  - id: near
    severity: high
    when: S(@mine NEAR/8 @base)
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(kept, "_place", [kept.Nowhere()])
    cache.attach_to(str(tmp_path / "cache"))
    return tmp_path / "cache"


def written(folder: Path, text: str = TEXT) -> Path:
    path = folder / "feeds.yml"
    path.write_text(text, encoding="utf-8")
    return path


def configs(place: Path) -> list[str]:
    return [path.name for path in place.iterdir() if path.name.startswith("config-")] if place.exists() else []


def never(*args: object, **more: object) -> Config:
    raise AssertionError("judged again")


@pytest.mark.parametrize("text", [TEXT, "feeds: []\n", "shipped_rules: true\nshipped_feeds: true\n"])
def test_the_same_text_gives_the_same_configuration(
    text: str, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, text)
    first = judged.load(path)
    assert first == configuration.load(path)
    assert configs(place)
    monkeypatch.setattr(configuration, "load", never)
    assert judged.load(path) == first


def test_another_text_or_place_is_judged(place: Path, tmp_path: Path) -> None:
    judged.load(written(tmp_path))
    assert judged.load(written(tmp_path, TEXT.replace("layla", "omar"))).user == "omar"
    (tmp_path / "other").mkdir()
    assert judged.load(written(tmp_path / "other")).file == str(tmp_path / "other" / "feeds.yml")


@pytest.mark.parametrize(
    "secret",
    [
        "headers: {Authorization: Bearer 0}",
        "url: 'https://layla:word@a.example/'",
        "name: '${HOME}'",
    ],
)
def test_what_may_be_a_secret_is_not_kept(secret: str, place: Path, tmp_path: Path) -> None:
    address = "" if secret.startswith("url") else ", url: 'https://a.example/'"
    judged.load(written(tmp_path, f"feeds:\n  - {{id: a{address}, {secret}}}\n"))
    assert configs(place) == []


@pytest.mark.parametrize(
    "secret",
    [
        "store: postgresql://layla:word@db.example/x",
        "notify: [{when: severity>=high, channel: webhook, url: 'https://a.example/word'}]",
    ],
)
def test_neither_a_shared_store_nor_notices_are_kept(secret: str, place: Path, tmp_path: Path) -> None:
    judged.load(written(tmp_path, secret))
    assert configs(place) == []


def test_mistakes_are_told_each_time_and_all_at_once(place: Path, tmp_path: Path) -> None:
    path = written(tmp_path, TEXT.replace("@mine NEAR", "@mien NEAR").replace("interval: 15m", "interval: soon"))
    told = []
    for _ in range(2):
        with pytest.raises(ConfigError) as caught:
            load_file(path)
        told.append(str(caught.value))
    assert told[0] == told[1]
    assert "@mien" in told[0]
    assert "soon" in told[0]


def test_a_folder_of_seeds_that_has_gone_is_told(place: Path, tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    path = written(tmp_path, "seeds: articles\n")
    judged.load(path)
    (tmp_path / "articles").rmdir()
    with pytest.raises(ConfigError, match="there is no folder"):
        judged.load(path)


@pytest.mark.parametrize(
    ("old", "broken"),
    [("NEAR/8", "NEAR/99"), ("{story.confirm: f5}", "{story.confirm: n}")],
    ids=["rule", "key"],
)
def test_what_a_check_finds_in_a_kept_one_is_told(old: str, broken: str, place: Path, tmp_path: Path) -> None:
    path = written(tmp_path, TEXT.replace(old, broken))
    judged.load(path)  # without a look at rules and keys
    assert configs(place)
    with pytest.raises(ConfigError):
        load_file(path)
