"""The other commands from the outside: what they print, and with which exit code they end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.faults import FaultServer
from tests.integration.world import ROOT, Served, run, started, write_config

SHAPE = {
    "id", "flagged", "lane", "type", "phase", "polarity", "modality", "severity", "gloss", "matches", "claims",
    "verdict", "verdicts", "story",
}  # fmt: skip
CLAIM = {
    "type", "phase", "polarity", "modality", "facility", "place", "country", "actors", "host", "recipient", "asset",
    "count", "date", "said_by", "quote", "confidence", "rests_on",
}  # fmt: skip


def read(tmp_path: Path, *records: object) -> list[dict[str, object]]:
    text = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    done = run("read", cwd=tmp_path, stdin=text)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_seed_headline_is_read_as_announced(tmp_path: Path) -> None:
    title = "Iraq says anti-ISIS coalition forces to hand over Ain al-Assad airbase next week"
    (record,) = read(tmp_path, {"id": 7, "lang": "en", "date": "2025-12-31", "source": "Rudaw", "title": title})
    assert set(record) == SHAPE
    assert (record["id"], record["flagged"], record["type"], record["phase"]) == (7, True, "base_handover", "planned")
    claim = record["claims"][0]  # type: ignore[index]
    assert set(claim) == CLAIM
    assert claim["facility"] == "ain-al-asad"
    assert claim["date"] == {"raw": "next week", "start": "2026-01-05", "end": "2026-01-11"}
    for match in record["matches"]:  # type: ignore[attr-defined]
        assert title[match["start"] : match["end"]] == match["words"]


def test_completion_updates_the_baseline_and_says_why(tmp_path: Path) -> None:
    (record,) = read(tmp_path, {"id": 1, "date": "2026-01-17", "title": "Coalition completes handover of Ain al-Asad"})
    assert record["verdict"] == "updates"
    reasons = " ".join(v["reason"] for v in record["verdicts"])  # type: ignore[attr-defined]
    assert "2025-12-31" in reasons
    assert "6 days after" in reasons


def test_no_claim_gives_nulls(tmp_path: Path) -> None:
    (record,) = read(tmp_path, {"id": None, "date": None, "title": "Rain expected in the north", "other": 1})
    assert record["flagged"] is False
    assert record["claims"] == record["matches"] == record["verdicts"] == []
    assert all(record[key] is None for key in ("type", "phase", "polarity", "modality", "verdict", "story", "lane"))


def test_output_keeps_input_order_and_stories_fold_by_date(tmp_path: Path) -> None:
    later = {"id": "b", "date": "2026-01-18", "source": "two", "title": "Iraqi army takes over Ain al-Asad airbase"}
    first = {"id": "a", "date": "2026-01-17", "source": "one", "title": "Coalition completes handover of Ain al-Asad"}
    records = read(tmp_path, later, {"id": "u", "title": "Rain"}, first)
    assert [record["id"] for record in records] == ["b", "u", "a"]
    assert records[0]["story"] == records[2]["story"] is not None


def test_a_bad_line_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    lines = '{"id": 1, "title": "Rain"}\nnot json\n{"id": 3, "title": 5}\n{"id": 4, "date": "soon", "title": "x"}\n'
    done = started("read", cwd=tmp_path, stdin=lines)
    assert done.returncode == 2
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == [1, 4]
    for start in ("line 2: not JSON", "line 3: title must be a string", "line 4: date 'soon' is no date"):
        assert start in done.stderr
    assert "Traceback" not in done.stderr


def test_the_same_mistake_on_many_lines_is_told_three_times_and_counted(tmp_path: Path) -> None:
    lines = [{"id": n, "date": f"2007/201{n}", "title": "x"} for n in range(9)]
    done = run("read", cwd=tmp_path, stdin="\n".join(map(json.dumps, lines)) + "\n[]\n")
    assert len(done.stdout.splitlines()) == 9
    assert [line.split(":")[1].strip() for line in done.stderr.splitlines()] == [
        "line 1",
        "line 2",
        "line 3",
        "and 6 more lines like these",
        "line 10",
    ]


def test_a_line_with_nothing_to_read_is_told(tmp_path: Path) -> None:
    done = run("read", cwd=tmp_path, stdin='{"id": 1, "titel": "US troops leave Iraq"}\n')
    assert json.loads(done.stdout)["flagged"] is False
    assert "line 1: none of title, summary and text is given" in done.stderr


def test_a_month_or_a_year_is_a_date(tmp_path: Path) -> None:
    title = "Coalition to hand over Ain al-Asad next month"
    records = read(tmp_path, {"id": 1, "date": "2026-03", "title": title}, {"id": 2, "date": "2026", "title": title})
    starts = [record["claims"][0]["date"]["start"] for record in records]  # type: ignore[index]
    assert starts == ["2026-04-01", "2026-02-01"]


def test_baseline_prints_facts_passages_and_age(tmp_path: Path) -> None:
    done = run("baseline", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Baseline as of 2025-12-31, ")
    assert "days old" in done.stdout
    assert "Ain al-Asad · status  handover announced" in done.stdout
    assert "Rudaw, as of 2025-12-31" in done.stdout
    article = (ROOT / "seeds" / "ain-al-asad-handover.txt").read_text(encoding="utf-8")
    records = [json.loads(line) for line in run("baseline", "--json", cwd=tmp_path).stdout.splitlines()]
    assert len(records) > 10
    assert all(record["passage"] in article for record in records)


def test_a_further_seed_adds_to_the_baseline(tmp_path: Path) -> None:
    config = write_config(tmp_path, {})
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    (seeds / "other.txt").write_text("US to withdraw 300 soldiers from Incirlik airbase in March\n", encoding="utf-8")
    (seeds / "other.yml").write_text("outlet: Example\nlang: en\npublished: 2026-02-01\n", encoding="utf-8")
    done = run("--config", str(config), "baseline", cwd=tmp_path)
    assert "Incirlik" in done.stdout
    assert "Ain al-Asad" not in done.stdout
    (seeds / "ain.txt").write_text((ROOT / "seeds" / "ain-al-asad-handover.txt").read_text(encoding="utf-8"))
    done = run("--config", str(config), "baseline", cwd=tmp_path)
    assert "Incirlik" in done.stdout
    assert "Ain al-Asad" in done.stdout
    (seeds / "other.yml").write_text("outlet: Example\npublished: last week\n", encoding="utf-8")
    wrong = run("--config", str(config), "baseline", cwd=tmp_path)
    assert wrong.returncode == 2
    assert "seeds/other.yml: published 'last week' is no date" in wrong.stderr


def test_without_a_terminal_the_board_is_printed(tmp_path: Path) -> None:
    done = run(cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Ain al-Asad" in done.stdout
    assert "\x1b" not in done.stdout


def test_init_writes_a_configuration_that_holds_and_overwrites_nothing(tmp_path: Path) -> None:
    done = run("init", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    written = tmp_path / "config" / "monitor" / "feeds.yml"
    assert written.exists()
    assert (written.parent / "seeds" / "ain-al-asad-handover.txt").exists()
    assert str(written) in run("config", "path", cwd=tmp_path).stdout
    check = run("config", "check", cwd=tmp_path)
    assert check.returncode == 0
    assert "no mistakes" in check.stdout
    again = run("init", cwd=tmp_path)
    assert again.returncode == 2
    assert "feeds.yml" in again.stderr


def test_all_mistakes_are_named_at_once_with_their_places(tmp_path: Path) -> None:
    config = tmp_path / "feeds.yml"
    config.write_text(
        "feeds:\n"
        "  - {id: one, url: 'ftp://example.org/x'}\n"
        "  - {id: two, url: 'https://example.org/x', intervall: 5m}\n"
        "rules:\n"
        "  - id: r\n"
        "    type: base_handovr\n"
        "    when: a AND b OR c\n"
        "  - id: s\n"
        "    when: S(@handovr NEAR/8 @base)\n",
        encoding="utf-8",
    )
    done = run("--config", str(config), "config", "check", cwd=tmp_path)
    assert done.returncode == 2
    for part in (
        "feeds.yml:2:",
        'did you mean "interval"?',
        "feeds.yml:6:",
        "base_handover",
        "feeds.yml:7:19: rule r, when: AND and OR are mixed without brackets",
        "feeds.yml:9:14: rule s, when: unknown list @handovr, did you mean @handover?",
    ):
        assert part in done.stderr, part


@pytest.mark.long
def test_rules_check_runs_the_examples(tmp_path: Path) -> None:
    done = run("rules", "check", cwd=ROOT)
    assert done.returncode == 0, done.stdout
    assert "base-handover  base_handover" in done.stdout
    extra = "rules:\n  - id: words\n    keywords: [handover]\n    examples: {match: [rain], not: [handover of power]}\n"
    config = write_config(tmp_path, {}, extra=extra)
    wrong = run("--config", str(config), "rules", "check", cwd=tmp_path)
    assert wrong.returncode == 1
    assert "should match: rain" in wrong.stdout
    assert "should not match: handover of power" in wrong.stdout


def test_a_keyword_of_ones_own_flags(tmp_path: Path) -> None:
    config = write_config(tmp_path, {}, extra="rules:\n  - {id: words, keywords: [umbrella]}\n")
    done = run("--config", str(config), "add", "-", "--date", "2026-01-17", cwd=tmp_path, stdin="Umbrellas sold out\n")
    assert done.returncode == 0, done.stderr
    assert "stored; flagged, medium" in done.stdout
    assert 'words: title "Umbrellas"' in done.stdout


def test_add_takes_a_file_and_a_page(tmp_path: Path) -> None:
    page = (
        "<html><head><title>x</title><meta property='og:title' content='Coalition completes handover of Ain al-Asad'>"
        "</head><body><nav>Menu</nav><article><p>The last convoy left on Saturday.</p></article></body></html>"
    )

    def routes(server: FaultServer) -> None:
        server.route("/page", server.send("200 OK", page.encode(), ("Content-Type", "text/html")))

    config = write_config(tmp_path, {})
    with Served(routes) as served:
        refused = run("--config", str(config), "add", served.server.url("/page"), cwd=tmp_path)
        address = ("--allow-private", "--date", "2026-01-17", served.server.url("/page"))
        added = run("--config", str(config), "add", *address, cwd=tmp_path)
    assert refused.returncode == 2
    assert "private" in refused.stderr
    assert "updates:" in added.stdout
    report = tmp_path / "report.txt"
    report.write_text("US troops withdraw from al-Tanf garrison\n\nThe last soldiers left.\n", encoding="utf-8")
    assert "flagged" in run("--config", str(config), "add", str(report), cwd=tmp_path).stdout
    missing = run("--config", str(config), "add", "nowhere.txt", cwd=tmp_path)
    assert missing.returncode == 2
    assert "nowhere.txt cannot be read" in missing.stderr


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("pol",), "Did you mean 'poll'?"),
        (("--config", "nowhere.yml", "poll"), "nowhere.yml"),
        (("--store", "postgresql://someone:secret@127.0.0.1:1/x", "poll"), "cannot be reached"),
        (("--read-only", "poll"), "do not go together"),
        (("rules", "check", "nothing"), "There is no rule 'nothing'"),
    ],
)
def test_mistakes_of_the_person_end_with_two_and_a_remedy(tmp_path: Path, args: tuple[str, ...], words: str) -> None:
    done = run(*args, cwd=tmp_path)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.long
def test_the_demonstration_without_a_terminal_tells_its_story(tmp_path: Path) -> None:
    done = started("demo", cwd=tmp_path, timeout=110)
    assert done.returncode == 0, done.stderr
    for part in (
        "UPDATES  handover · completed · Ain al-Asad",
        "CONTRAD.",
        "CONFIRMS",
        "reported done, review",
        "not a feed",
    ):
        assert part in done.stdout, part
    assert not list(tmp_path.glob("data/**/store*"))


def test_rules_eval_scores_labelled_items(tmp_path: Path) -> None:
    lines = [
        {"id": 1, "lang": "en", "title": "Coalition hands over the airbase", "label": "positive", "type": "withdrawal"},
        {"id": 2, "lang": "en", "title": "Rain expected", "label": "positive"},
        {"id": 3, "lang": "en", "title": "Coalition denies handing over the airbase", "label": "denial"},
    ]  # fmt: skip
    (tmp_path / "mine.jsonl").write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    done = run("rules", "eval", "mine.jsonl", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1].split()[:5] == ["all", "3", "1.00", "0.50", "0.67"]
    assert "denials raised as changes: 0 of 1" in done.stdout
    assert "missed  en  2  Rain expected" in done.stdout
