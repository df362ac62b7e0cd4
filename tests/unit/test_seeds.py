"""A seeded article and what stands beside it; each mistake names file, cause and remedy."""

from __future__ import annotations

from datetime import date

import pytest

from monitor.baseline.seeds import parse_seed
from monitor.errors import MonitorError, SeedError
from tests.builders import seed


def test_the_shipped_seed_is_read() -> None:
    shipped = seed()
    assert shipped.title.startswith("Iraq says anti-ISIS coalition forces to hand over Ain al-Assad")
    assert shipped.text.startswith("ERBIL, Kurdistan Region")
    assert (shipped.outlet, shipped.family, shipped.lang) == ("Rudaw", "rudaw", "en")
    assert (shipped.published, shipped.reliability) == (date(2025, 12, 31), "F")


def test_an_article_alone_is_undated_and_named_after_its_file() -> None:
    found = parse_seed("note", "Headline\n\nText.\n", None)
    assert (found.title, found.text, found.outlet, found.family) == ("Headline", "Text.", "note", "note")
    assert (found.published, found.lang, found.url, found.reliability) == (None, None, None, "F")


@pytest.mark.parametrize("written", ["2025-12-31", '"2025-12-31"', "2025-12-31T10:00:00+03:00", '"2025-12-31T10:00Z"'])
def test_a_date_may_be_written_with_a_time(written: str) -> None:
    assert parse_seed("n", "T", f"published: {written}").published == date(2025, 12, 31)


@pytest.mark.parametrize(
    ("text", "metadata", "says"),
    [
        ("", None, "seeds/n.txt is empty. The first line is the headline"),
        (" \n\n", None, "seeds/n.txt is empty"),
        ("T", "outlt: Rudaw", "seeds/n.yml: unknown key 'outlt'. Known are family, lang, outlet"),
        ("T", "- a", "seeds/n.yml must hold keys like 'outlet: Rudaw'"),
        ("T", "published: yesterday", "published 'yesterday' is no date; write it like 2025-12-31"),
        ("T", "tz: Baghdad", "unknown time zone 'Baghdad'; write one like Asia/Baghdad"),
    ],
)
def test_a_mistake_names_file_cause_and_remedy(text: str, metadata: str | None, says: str) -> None:
    with pytest.raises(SeedError) as caught:
        parse_seed("n", text, metadata)
    assert says in str(caught.value)


def test_metadata_that_is_no_yaml_is_a_mistake_not_a_crash() -> None:
    with pytest.raises(MonitorError, match=r"seeds/n\.yml"):
        parse_seed("n", "T", "outlet: [unclosed")


def test_empty_metadata_is_as_good_as_none() -> None:
    assert parse_seed("n", "T", "") == parse_seed("n", "T", None)
