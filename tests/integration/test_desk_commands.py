"""Stories, decisions, exports and the care of the configuration on the command line, over one small store."""

from __future__ import annotations

import csv
import io
import json
import re
import warnings
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import listparser
import pytest
import shapely.geometry
from click.testing import CliRunner, Result

from monitor.cli import cli
from monitor.errors import MonitorError

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # antlr, which stix2 reads patterns with
    import stix2

HOSTILE = '=cmd|"/C calc"!A0 <script>alert(1)</script> US troops withdraw from al-Tanf garrison'
REPORTS = (
    ("Coalition completes handover of Ain al-Asad", "2026-01-17"),
    ("قوات التحالف تسلم قاعدة عين الأسد إلى الجيش العراقي", "2026-01-18"),
    ("US to withdraw 300 soldiers from Incirlik airbase in March", "2026-02-01"),
    (HOSTILE, "2026-02-02"),
    ("Coalition denies handing over Ain al-Asad", "2026-02-03"),
    ("Iran moves troops to the border", "2026-02-04"),
)


class Desk:
    """Commands in this process, over one configuration and store."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "feeds.yml"
        self.file.write_text(
            "user: layla\nshipped_rules: true\nfeeds:\n"
            "  - {id: one, url: 'https://one.example/rss?token=${T}', name: One <b>, reliability: B,\n"
            "     headers: {Authorization: 'Bearer s3cret'}}\n"
            "  - {id: two, url: 'https://two.example/rss', name: Two}\n",
            encoding="utf-8",
        )

    def __call__(self, *args: str, stdin: str = "", **env: str) -> Result:
        given = {"T": "s3cret", "XDG_DATA_HOME": str(self.folder), "XDG_STATE_HOME": str(self.folder), **env}
        before = ["--config", str(self.file), "--store", str(self.folder / "store.db")]
        return CliRunner().invoke(cli, [*before, *args], input=stdin, env=given, standalone_mode=False)

    def code(self, *args: str, **env: str) -> Any:
        return self(*args, **env).return_value

    def ids(self, *args: str) -> list[str]:
        return [line.split("\t")[0] for line in self("stories", "--plain", *args).stdout.splitlines()]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, compiled_once: None) -> Desk:
    """One desk for all."""
    made = Desk(tmp_path_factory.mktemp("desk"))
    for title, day in REPORTS:
        assert made("add", "-", "--date", day, stdin=title).return_value == 0
    return made


# ---- stories ---------------------------------------------------------------------------------------------------------


def test_stories_are_listed_in_every_form(desk: Desk) -> None:
    text, plain = desk("stories"), desk("stories", "--plain")
    assert text.return_value == plain.return_value == 0
    rows = [line.split("\t") for line in plain.stdout.splitlines()]
    assert all(len(row) == 8 for row in rows)
    assert "handover · completed · Ain al-Asad" in text.stdout
    lines = [json.loads(line) for line in desk("stories", "--jsonl").stdout.splitlines()]
    document = json.loads(desk("stories", "--json").stdout)
    assert [row[0] for row in rows] == [line["id"] for line in lines] == [line["id"] for line in document]
    assert all(line["lane"] == "changes" for line in lines)


@pytest.mark.parametrize(
    ("args", "titles"),
    [
        (("--search", "incirlik"), ["US to withdraw"]),
        (("--search", "قاعده عين الاسد"), ["Coalition completes"]),  # folded as rules fold it
        (("--where", "severity>=critical"), ["Coalition completes"]),
        (("--where", "facility=ain-* and verdict=updates"), ["Coalition completes"]),
        (("--since", "2026-02-01", "--limit", "2"), ["Iran moves", "=cmd|"]),
        (("--lane", "context"), ["Coalition denies"]),
    ],
)
def test_stories_are_chosen(desk: Desk, args: tuple[str, ...], titles: list[str]) -> None:
    found = [json.loads(line)["title"] for line in desk("stories", "--jsonl", *args).stdout.splitlines()]
    assert [title[: len(start)] for title, start in zip(found, titles, strict=True)] == titles


def test_no_story_is_exit_code_one(desk: Desk) -> None:
    done = desk("stories", "--search", "umbrella")
    assert (done.return_value, done.stdout) == (1, "")
    assert "None of 5 stories fits." in done.stderr


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("stories", "--where", "severity>=hig"), 'unknown severity "hig", did you mean "high"?'),
        (("stories", "--since", "soon"), "an age such as 24h or 7d"),
        (("show", "zzz"), "There is no story 'zzz'"),
        (("confirm", ""), "There is no story"),
        (("follow", "--where", "x"), "is no condition"),
    ],
)
def test_what_cannot_be_understood_is_told(desk: Desk, args: tuple[str, ...], words: str) -> None:
    found = desk(*args).exception
    assert isinstance(found, MonitorError)
    assert words in str(found)


def test_a_story_is_shown_whole_by_the_beginning_of_its_id(desk: Desk) -> None:
    [identifier] = desk.ids("--search", "incirlik")
    shown = desk("show", identifier[:7]).stdout
    assert shown.startswith(f"story {identifier}\n")
    assert "300 personnel leaving" in shown
    assert json.loads(desk("show", identifier, "--json").stdout)["alerts"][0]["claims"][0]["count"]["low"] == 300


def test_decisions_are_written_and_undone(desk: Desk) -> None:
    [identifier] = desk.ids("--search", "incirlik")
    assert desk.code("confirm", identifier[:8], "--note", "two ministries") == 0
    assert desk.ids("--where", "review=confirmed") == [identifier]
    assert "unreviewed -> confirmed" not in desk("watch", identifier).stdout
    assert desk.code("note", identifier, "asked the ministry") == 0
    dismissed = json.loads(desk("dismiss", identifier, "--reason", "historical", "--json").stdout)
    assert (dismissed["before"], dismissed["after"], dismissed["reason"]) == ("watching", "dismissed", "historical")
    for _ in range(4):
        assert desk.code("undo") == 0
    assert desk.ids("--where", "review=unreviewed and facility=incirlik") == [identifier]
    assert isinstance(desk("undo").exception, MonitorError)


def test_a_decision_says_what_it_is_and_is_written_once(desk: Desk) -> None:
    [identifier] = desk.ids("--search", "incirlik")
    before = len(desk("audit", "show", identifier, "--json").stdout.splitlines())
    [told] = desk("confirm", identifier).stdout.splitlines()
    assert told.startswith("confirmed: withdrawal · planned · 300 leaving · Incirlik")
    assert f"(story {identifier[:8]}, journal line " in told
    assert desk("confirm", identifier).stdout == f"already {told}; nothing is written\n"
    assert json.loads(desk("confirm", identifier, "--json").stdout)["after"] == "confirmed"
    assert len(desk("audit", "show", identifier, "--json").stdout.splitlines()) == before + 1
    # A remark is something new, and so is another reason.
    assert "seen twice" in desk("confirm", identifier, "--note", "seen twice").stdout
    assert desk("dismiss", identifier, "--reason", "opinion").stdout.startswith("dismissed as opinion: ")
    assert desk("dismiss", identifier, "--reason", "opinion").stdout.startswith("already dismissed")
    assert desk("dismiss", identifier, "--reason", "duplicate").stdout.startswith("dismissed as duplicate: ")
    assert len(desk("audit", "show", identifier, "--json").stdout.splitlines()) == before + 4
    for _ in range(4):
        assert desk("undo").stdout.startswith("undone: line ")


def test_accepting_moves_the_baseline(desk: Desk) -> None:
    [identifier] = desk.ids("--search", "قاعدة")
    assert "handover announced → handed over" in desk("accept", identifier).stdout
    assert "handed over" in desk("baseline").stdout
    assert desk.code("undo") == 0


def test_the_other_hands_write_the_journal_too(desk: Desk) -> None:
    [incirlik] = desk.ids("--search", "incirlik")
    [tanf] = desk.ids("--search", "tanf")

    def told(identifier: str) -> dict[str, Any]:
        return dict(json.loads(desk("show", identifier, "--json").stdout))

    assert desk.code("watch", incirlik, "--until", "2026-03-01") == 0
    assert desk.code("grade", incirlik, "B2", "--reason", "two ministries") == 0
    assert desk.code("tag", incirlik, "turkey", "nato") == 0
    assert desk.code("own", incirlik, "sami") == 0
    story = told(incirlik)
    assert (story["tags"], story["owner"]) == (["nato", "turkey"], "sami")
    assert story["grade"] == {"reliability": "B", "credibility": "2", "by": "layla", "why": "two ministries"}
    assert (
        desk.code("correct", incirlik, "--count", "250-300", "--role", "leaving", "--reason", "as the text says") == 0
    )
    assert told(incirlik)["alerts"][0]["claims"][0]["count"]["low"] == 250
    # The journal says in words what a correction changed, and keeps what stood there as it writes a correction.
    line = json.loads(desk("audit", "show", incirlik, "--json").stdout.splitlines()[-1])
    assert line["text"].startswith("count: ")
    assert line["text"].endswith("→ 250-300 personnel leaving")
    assert set(json.loads(line["was"])["count"] or {"low": 0}) >= {"low"}
    assert f"joined with {tanf[:8]}: " in desk("merge", incirlik, tanf).stdout
    merged = told(incirlik)
    assert merged["reports"] == 2
    assert desk.code("split", merged["id"], merged["alerts"][1]["entry"]) == 0
    assert told(incirlik)["reports"] == 1
    assert desk.code("close", incirlik) == 0
    assert desk.code("reopen", incirlik) == 0
    assert told(incirlik)["review"]["state"] == "reopened"
    for _ in range(9):
        assert desk.code("undo") == 0


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("grade", "2", "--reason", "x"), "like B2"),
        (("correct", "--count", "many"), "is no number; write 1200, 1000-1500"),
        (("correct", "--date", "soon"), "is no date; write 2026-01-17"),
        (("correct", "--date", "2026-01-11/2026-01-05"), "ends before it begins"),
        (("correct", "--facility", "nowhere"), "There is no facility 'nowhere'"),
        (("correct",), "Nothing is corrected"),
    ],
)
def test_what_a_hand_cannot_do_is_told(desk: Desk, args: tuple[str, ...], words: str) -> None:
    [incirlik] = desk.ids("--search", "incirlik")
    found = desk(args[0], incirlik, *args[1:]).exception
    assert isinstance(found, MonitorError)
    assert words in str(found)


# ---- exports ---------------------------------------------------------------------------------------------------------


def test_csv_is_read_by_pythons_csv_and_no_cell_is_a_formula(desk: Desk) -> None:
    written = desk("export", "csv", "--lane", "all").stdout
    rows = list(csv.DictReader(io.StringIO(written)))
    assert len(rows) == len(REPORTS)
    assert {row["title"] for row in rows} == {title for title, _ in REPORTS[:3]} | {
        "'" + re.sub(r"\s+", " ", HOSTILE),
        *(title for title, _ in REPORTS[4:]),
    }
    numbers = {"lat", "lon", "count_low", "count_high", "sources"}
    assert not [row for row in rows for name, cell in row.items() if name not in numbers and cell[:1] in tuple("=+-@")]
    assert desk("export", "csv", "--excel").stdout.startswith("\ufeffstory,")


GEOJSON = {
    "type": "object",
    "required": ["type", "features"],
    "properties": {
        "type": {"const": "FeatureCollection"},
        "bbox": {"type": "array", "minItems": 4, "maxItems": 4, "items": {"type": "number"}},
        "features": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["type", "geometry", "properties"],
                "properties": {
                    "type": {"const": "Feature"},
                    "geometry": {
                        "oneOf": [
                            {"type": "null"},
                            {
                                "type": "object",
                                "required": ["type", "coordinates"],
                                "properties": {
                                    "type": {"const": "Point"},
                                    "coordinates": {
                                        "type": "array",
                                        "prefixItems": [
                                            {"type": "number", "minimum": -180, "maximum": 180},
                                            {"type": "number", "minimum": -90, "maximum": 90},
                                        ],
                                        "minItems": 2,
                                        "maxItems": 2,
                                    },
                                },
                            },
                        ]
                    },
                    "properties": {"type": "object"},
                },
            },
        },
    },
}


def test_geojson_holds_by_its_schema_and_shapely_finds_the_bases(desk: Desk) -> None:
    written = json.loads(desk("export", "geojson").stdout)
    jsonschema.validate(written, GEOJSON)
    points = {
        feature["properties"]["facility"]: shapely.geometry.shape(feature["geometry"])
        for feature in written["features"]
        if feature["geometry"]
    }
    assert points["ain-al-asad"].distance(shapely.geometry.Point(42.44, 33.79)) < 0.1
    assert shapely.geometry.box(*written["bbox"]).buffer(1e-6).covers(points["incirlik"])
    told = {feature["properties"]["facility"]: feature["properties"] for feature in written["features"]}
    assert (told["ain-al-asad"]["precision"], told["ain-al-asad"]["uncertainty_m"]) == ("high", 2000)
    nowhere = [feature for feature in written["features"] if feature["geometry"] is None]
    assert [feature["properties"]["precision"] for feature in nowhere] == ["none"]


def test_stix_is_accepted_by_stix2_and_is_the_same_twice(desk: Desk) -> None:
    first, second = (desk("export", "stix").stdout for _ in range(2))
    assert first == second
    bundle = stix2.parse(first, allow_custom=False, version="2.1")
    kinds = [one["type"] for one in bundle["objects"]]
    assert kinds.count("report") == 4
    assert kinds.count("extension-definition") == 1
    report = next(one for one in bundle["objects"] if one["type"] == "report" and "completes" in one["name"])
    [claim] = [extension["claim"] for extension in report["extensions"].values()]
    assert (claim["type"], claim["phase"], claim["facility"]) == ("base_handover", "completed", "ain-al-asad")
    known = {one["id"] for one in bundle["objects"]}
    assert {ref for one in bundle["objects"] for ref in one.get("object_refs", ())} <= known


def test_opml_is_read_by_listparser_without_secrets(desk: Desk) -> None:
    done = desk("export", "opml")
    found = listparser.parse(done.stdout)
    assert not found["bozo"]
    assert [feed["url"] for feed in found["feeds"]] == ["https://two.example/rss"]
    assert "s3cret" not in done.output


class Page(HTMLParser):
    """What a browser would be asked to do by a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.policy = ""
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        assert not [name for name in given if name.startswith("on")]
        if tag == "a":
            self.links.append(given["href"] or "")
        if given.get("http-equiv") == "Content-Security-Policy":
            self.policy = given["content"] or ""

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_html_brief_runs_and_loads_nothing(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "brief.html"
    assert desk.code("report", "html", "-o", str(file), "--title", "A <i> title") == 0
    page = Page()
    page.feed(file.read_text(encoding="utf-8"))
    assert not {"script", "img", "iframe", "link", "object", "form", "i", "b"} & set(page.tags)
    assert page.policy.startswith("default-src 'none'; style-src 'sha256-")
    assert all(link.startswith("https://") for link in page.links)
    for words in (
        "<script>alert(1)</script>",
        "A <i> title",
        "Ain al-Asad Air Base",
        "قوات التحالف",
        "handover announced",
    ):
        assert words in page.text
    assert oct(file.stat().st_mode & 0o777) == "0o644"
    assert [path.name for path in tmp_path.iterdir()] == ["brief.html"]


def test_the_markdown_brief_names_sources_grades_hashes_and_the_chain(desk: Desk) -> None:
    [identifier] = desk.ids("--search", "incirlik")
    desk("confirm", identifier)
    written = desk("report", "md").stdout
    head = json.loads(desk("undo", "--json").stdout)["previous"]
    assert f"hash of the last: `{head}`" in written
    assert "\\<script\\>" in written
    assert "<script>" not in written
    assert re.search(r"\| F \| 2026-01-17 .* \| `[0-9a-f]{64}` \|", written)
    assert "confirmed by layla" in written


def test_jsonl_holds_every_report(desk: Desk) -> None:
    stories = [json.loads(line) for line in desk("export", "jsonl", "--lane", "all").stdout.splitlines()]
    assert sum(len(story["alerts"]) for story in stories) == len(REPORTS)


def test_a_file_that_cannot_be_written_is_told(desk: Desk, tmp_path: Path) -> None:
    found = desk("export", "jsonl", "-o", str(tmp_path / "none" / "x")).exception
    assert "cannot be written" in str(found)


# ---- configuration ---------------------------------------------------------------------------------------------------


def test_the_configuration_is_shown_without_its_secrets(desk: Desk) -> None:
    done = desk("config", "show")
    shown = json.loads(done.stdout)
    assert "s3cret" not in done.output
    assert (shown["user"], [feed["id"] for feed in shown["feeds"]]) == ("layla", ["one", "two"])
    assert len(shown["rules"]) > 10


def test_the_schema_accepts_what_the_program_accepts(desk: Desk) -> None:
    from monitor import yamlfile
    from tests.builders import ROOT

    schema = json.loads(desk("config", "schema").stdout)
    checker = jsonschema.Draft202012Validator(schema)
    checker.check_schema(schema)
    shipped = yamlfile.load_data((ROOT / "feeds.yml").read_text(encoding="utf-8"), "feeds.yml")
    assert not list(checker.iter_errors(shipped))
    wrong = {"feeds": [{"id": "A b", "url": "x", "kind": "blog", "extra": 1}], "rules": [{"id": "r"}], "notfy": []}
    assert len(list(checker.iter_errors(wrong))) == 5


def test_an_editor_is_opened_at_the_line_and_the_file_checked(desk: Desk, tmp_path: Path) -> None:
    said = tmp_path / "said"
    editor = tmp_path / "vim"
    editor.write_text(f'#!/bin/sh\necho "$@" > {said}\n')
    editor.chmod(0o755)
    assert desk.code("config", "edit", "two", EDITOR=str(editor)) == 0
    assert said.read_text().split() == ["+6", str(desk.file)]
    assert "no feed or rule with the id 'three'" in str(desk("config", "edit", "three", EDITOR=str(editor)).exception)
    assert "No editor is set" in str(desk("config", "edit", EDITOR="", VISUAL="").exception)


@pytest.mark.parametrize(
    ("editor", "command"),
    [
        ("code -n", ["code", "-n", "--wait", "--goto", "f:7"]),
        ("hx", ["hx", "f:7"]),
        ("nano", ["nano", "+7", "f"]),
        ("/usr/bin/unknown", ["/usr/bin/unknown", "f"]),
    ],
)
def test_editors_are_told_the_line_in_their_own_way(editor: str, command: list[str]) -> None:
    from monitor.cli.settings import editor_command

    assert editor_command(editor, "f", 7) == command


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_get_their_completion(desk: Desk, shell: str) -> None:
    assert "_MONITOR_COMPLETE" in desk("completion", shell).stdout


# ---- doctor ----------------------------------------------------------------------------------------------------------


def findings(desk: Desk, *args: str, **env: str) -> dict[str, tuple[str, str]]:
    return {
        one["name"]: (one["state"], one["words"]) for one in json.loads(desk(*args, "doctor", "--json", **env).stdout)
    }


def test_doctor_says_a_line_for_each(desk: Desk) -> None:
    done = desk("doctor", HTTP_PROXY="http://u:s3cret@proxy.example:3128")
    names = [line[7:].split()[0] for line in done.stdout.splitlines() if line[7] != " "]
    assert names == [
        "versions",
        "terminal",
        "proxies",
        "config",
        "baseline",
        "disk",
        "notices",
        "store",
        "feeds",
        "clock",
    ]
    assert "s3cret" not in done.stdout
    assert done.return_value == 1  # nothing was polled yet


def test_doctor_names_what_is_wrong(desk: Desk, tmp_path: Path) -> None:
    broken = tmp_path / "broken.yml"
    broken.write_text("feds: []\n")
    done = desk("--config", str(broken), "doctor")
    assert done.return_value == 2
    assert 'unknown key "feds", did you mean "feeds"?' in done.stdout
    (tmp_path / "damaged.db").write_bytes(b"not a database at all" * 100)
    assert findings(desk, "--store", str(tmp_path / "damaged.db"))["store"][0] == "wrong"
    fresh = findings(desk, "--store", str(tmp_path / "fresh.db"))
    assert "not there yet" in fresh["store"][1]
    assert not (tmp_path / "fresh.db").exists()
