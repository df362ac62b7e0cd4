"""One configuration for all machines at work on a store: pushed by one, pulled by another, never overwritten unseen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from monitor.cli import cli
from monitor.config import load
from monitor.errors import ConfigError, InputError, MonitorError, StoreError
from monitor.store import Archive
from tests.builders import ROOT

SHARED = """\
# what we all watch
feeds:
  - {id: wire, url: "https://wire.example/rss", headers: {Authorization: "Bearer ${WIRE}"}}
rules:
  - {id: ours, keywords: [troops]}  # ours
"""


@pytest.fixture
def desks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str) -> tuple[Path, Path, str]:
    """The feeds.yml of two people, layla and omar, and a store."""
    monkeypatch.setenv("WIRE", "secret")
    for name, text in (
        ("layla", f"user: layla\n{SHARED}"),
        ("omar", "user: omar\nui: {theme: light}\nnotify: []\nfeeds: []\n"),
    ):
        (tmp_path / name / "seeds").mkdir(parents=True)
        (tmp_path / name / "feeds.yml").write_text(text)
    for ending in (".txt", ".yml"):
        text = (ROOT / f"seeds/ain-al-asad-handover{ending}").read_text(encoding="utf-8")
        (tmp_path / "layla" / "seeds" / f"article{ending}").write_text(text, encoding="utf-8")
    (tmp_path / "omar" / "seeds" / "old.txt").write_text("Old news")
    return tmp_path / "layla" / "feeds.yml", tmp_path / "omar" / "feeds.yml", place


def run(config: Path, store: str, *args: str) -> Result:
    done: Any = CliRunner().invoke(cli, ["--config", str(config), "--store", store, "config", *args])
    if isinstance(done.exception, MonitorError):
        raise done.exception
    assert done.exception is None, done.exception
    return done  # type: ignore[no-any-return]


def test_one_pushes_another_pulls_and_keeps_what_is_personal(desks: tuple[Path, Path, str]) -> None:
    layla, omar, store = desks
    before = omar.read_text()
    assert "version 1 of 1 feed, 1 rule, 2 seed files is in " in run(layla, store, "push").output
    assert run(omar, store, "pull", "--show").output == SHARED
    assert omar.read_text() == before
    pulled = run(omar, store, "pull").output
    assert str(omar) in pulled
    assert "version 1 by layla" in pulled
    config = load(omar)
    assert (config.user, dict(config.ui)["theme"], config.feeds) == ("omar", "light", load(layla).feeds)
    assert "# ours" in omar.read_text()
    assert omar.with_name("feeds.yml.bak").read_text() == before
    seeds = {path.name for path in (omar.parent / "seeds").iterdir()}
    assert seeds == {"article.txt", "article.yml", "old.txt.bak"}
    with Archive.open(store) as archive:
        held = archive.config()
        assert held is not None
        assert (held.version, held.by, archive.ruleset()) == (1, "layla", held.ruleset)
        assert [name for name, _ in held.seeds] == ["article.txt", "article.yml"]
        written = json.dumps(dict(archive.dump("config")))
    assert "secret" not in written
    assert "user:" not in written
    # Again there is nothing to do.
    assert "has this configuration already, as version 1" in run(omar, store, "push").output


def test_nobody_overwrites_what_they_have_not_seen(desks: tuple[Path, Path, str]) -> None:
    layla, omar, store = desks
    run(layla, store, "push")
    with pytest.raises(InputError, match=r"The store has version 1 by layla .* comes from no version of it"):
        run(omar, store, "push")
    run(omar, store, "pull")
    omar.write_text(omar.read_text().replace("troops", "soldiers"))
    assert "version 2 of" in run(omar, store, "push").output
    layla.write_text(layla.read_text().replace("troops", "ships"))
    with pytest.raises(InputError, match=r"The store has version 2 by omar .* comes from version 1"):
        run(layla, store, "push")
    assert "version 3 of" in run(layla, store, "push", "--force").output
    run(omar, store, "pull", "2")
    assert "soldiers" in omar.read_text()
    with pytest.raises(InputError, match="holds no version 9 of a configuration"):
        run(omar, store, "pull", "9")


def test_a_version_that_does_not_hold_here_changes_nothing(
    desks: tuple[Path, Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    layla, omar, store = desks
    before = omar.read_text()
    run(layla, store, "push")
    monkeypatch.delenv("WIRE")
    with pytest.raises(ConfigError, match=r"version 1 of the store's configuration:.*WIRE"):
        run(omar, store, "pull")
    assert omar.read_text() == before
    with Archive.open(store) as archive:
        held = {**dict(archive.dump("config"))["1"], "text": "feeds: []\n", "seeds": [["../../x.txt", "y"]]}
        archive.load("config", {"1": held})
    with pytest.raises(InputError, match=r"'../../x.txt', no plain file name"):
        run(omar, store, "pull")
    assert omar.read_text() == before
    assert sorted(path.name for path in omar.parent.iterdir()) == ["feeds.yml", "seeds"]


def test_what_cannot_be_told_apart_is_refused(desks: tuple[Path, Path, str], tmp_path: Path) -> None:
    layla, _, store = desks
    layla.write_text("{user: layla, feeds: []}\n")
    with pytest.raises(InputError, match=r"nothing was changed. By hand: write user at the beginning of a line each"):
        run(layla, store, "push")
    layla.write_text(SHARED)
    with pytest.raises(StoreError, match="is one person's store"):
        run(layla, str(tmp_path / "store.json"), "push")
    with pytest.raises(InputError, match="is the shipped one"):
        run(ROOT / "feeds.yml", store, "push")
    with pytest.raises(InputError, match="holds no configuration yet"):
        run(layla, store, "pull")
