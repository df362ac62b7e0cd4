"""What `monitor init` writes: it loads, explains every key, and overwrites nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor import config
from monitor.errors import InputError
from monitor.schema import FeedSection
from monitor.starter import write_starter


def test_the_starter_names_the_shipped_feeds_and_rules(tmp_path: Path) -> None:
    written = write_starter(config.shipped(), tmp_path / "new")
    starter = config.load(tmp_path / "new" / "feeds.yml", env={})
    assert (starter.feeds, starter.rules) == ((), ())
    assert starter.shipped_feeds
    assert starter.shipped_rules
    assert [path.name for path in written[:2]] == ["feeds.yml", "feeds.schema.json"]
    assert {path.name for path in written[2:]} == {path.name for path in (config.shipped() / "seeds").iterdir()}
    assert config.seeds_folder(starter) == tmp_path / "new" / "seeds"
    assert written[0].read_text(encoding="utf-8").startswith("# yaml-language-server: $schema=feeds.schema.json\n")


def test_the_whole_starter_is_the_shipped_file_under_its_header(tmp_path: Path) -> None:
    write_starter(config.shipped(), tmp_path, whole=True)
    shipped = config.load(config.shipped() / "feeds.yml", env={})
    starter = config.load(tmp_path / "feeds.yml", env={})
    assert (starter.feeds, starter.lists) == (shipped.feeds, shipped.lists)
    assert [(rule.id, rule.when) for rule in starter.rules] == [(rule.id, rule.when) for rule in shipped.rules]


@pytest.mark.parametrize("whole", [False, True])
def test_the_starter_explains_every_key_with_a_feed_that_loads(tmp_path: Path, whole: bool) -> None:
    write_starter(config.shipped(), tmp_path, whole=whole)
    head = (tmp_path / "feeds.yml").read_text(encoding="utf-8").split("\nuser:")[0]
    commented = [line.removeprefix("#").removeprefix(" ") for line in head.splitlines()]
    feed = [line for line in commented if line.startswith(("  - id: my-feed", "    "))]
    rule = feed.index("    severity: medium                  # low medium high critical")
    example = "\n".join(["feeds:", *feed[:rule]])
    (tmp_path / "one.yml").write_text(example, encoding="utf-8")
    [read] = config.load(tmp_path / "one.yml", env={"MY_TOKEN": "x", "NAME": "y"}).feeds
    assert (read.id, read.headers) == ("my-feed", (("Authorization", "Bearer x"),))
    assert {line.split(":")[0].strip(" -") for line in feed[:rule]} == set(FeedSection.model_fields)


def test_the_starter_never_overwrites(tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    seed = sorted((config.shipped() / "seeds").iterdir())[-1].name
    (tmp_path / "seeds" / seed).write_text("mine")
    with pytest.raises(InputError, match=f"{seed} is there already and is not overwritten"):
        write_starter(config.shipped(), tmp_path)
    assert (tmp_path / "seeds" / seed).read_text() == "mine"
    assert not (tmp_path / "feeds.yml").exists()


def test_a_starter_that_cannot_be_written_says_where(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=r"file/feeds\.yml cannot be written: .*; choose another folder"):
        write_starter(config.shipped(), tmp_path / "file")
