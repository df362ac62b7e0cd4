"""`monitor rules test`, `backtest` and `diff`, as processes over a served page and a store with decisions in it."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.alerting import understood
from monitor.cli.setup import load_file
from monitor.model import Entry, FeedState
from monitor.review import decide
from monitor.store.archive import Archive
from monitor.stories import claim_key
from tests.faults import FaultServer
from tests.integration.world import Served, run

NOW = datetime.now(UTC).replace(microsecond=0)
OLD = """\
feeds: [{id: f, url: "https://news.example/rss", name: Example}]
rules:
  - {id: move, type: withdrawal, when: S(umbrella NEAR/3 tent)}
  - {id: rain, keywords: [umbrella], severity: low}
"""
NEW = OLD.replace("S(umbrella NEAR/3 tent)", "S(umbrella NEAR/3 boat)").replace("[umbrella]", "[umbrella, kite]")
TITLES = ("An umbrella by the tent", "An umbrella by the boat", "A kite", "Nothing of note", "Umbrella far away")


def entry(index: int, title: str, age: timedelta) -> Entry:
    seen = NOW - age
    return Entry(f"e{index}", "f", f"k{index}", None, title, "", "", "en", seen, seen, seen, f"p{index}")


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """A folder with two feeds.yml and a store: four entries of today, one of last year, two decided."""
    (tmp_path / "feeds.yml").write_text(OLD, encoding="utf-8")
    (tmp_path / "new.yml").write_text(NEW, encoding="utf-8")
    found = [entry(n, title, timedelta(hours=1)) for n, title in enumerate(TITLES[:4])]
    found.append(entry(4, TITLES[4], timedelta(days=400)))
    _, ruleset = load_file(tmp_path / "feeds.yml")
    with Archive.open(tmp_path / "s.db") as archive:
        archive.commit(FeedState("f"), found)
        for one, action, reason in ((found[0], "confirm", None), (found[1], "dismiss", "irrelevant")):
            alert = understood(one, None, ruleset)
            assert alert is not None
            key = claim_key(alert)
            archive.append(
                lambda journal, key=key, action=action, reason=reason: decide(  # type: ignore[misc]
                    journal, story=key, claims=(key,), action=action, by="layla", at=NOW, reason=reason
                )
            )
    return tmp_path


def test_why_and_why_not(tmp_path: Path) -> None:
    rules = """\
feeds: []
rules:
  - {id: given, type: base_handover, when: S(@handover NEAR/4 airbase)}
  - {id: gone, when: airbase, unless: S(denies)}
  - {id: far, when: coalition NEAR/2 airbase}
  - {id: turkish, when: 'lang:tr AND airbase'}
  - {id: other, when: rain AND snow}
"""
    (tmp_path / "feeds.yml").write_text(rules, encoding="utf-8")
    done = run("rules", "test", "Coalition denies handing over the airbase", cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    said = done.stdout.splitlines()
    assert said[0].startswith("context, not flagged: handover · denied")
    assert '  given: "handing over the airbase"' in said
    assert "    context, because “denies” makes it denied" in said
    assert said[-2:] == [
        '  not gone: has "airbase" (airbase); removed by its unless: denies “denies”',
        '  not far: has "Coalition" (coalition), "airbase" (airbase); '
        "“Coalition” and “airbase” stand 4 words apart, 2 at most",
    ]
    assert run("rules", "test", "Coalition hands over the airbase", cwd=tmp_path).returncode == 0


def test_a_page_and_a_stored_entry(stored: Path) -> None:
    page = b"<html><head><title>An umbrella by the tent</title></head><body><p>Rain.</p></body></html>"

    def routes(server: FaultServer) -> None:
        server.route("/page", server.send("200 OK", page, ("Content-Type", "text/html")))

    with Served(routes) as served:
        refused = run("rules", "test", "--url", served.server.url("/page"), cwd=stored)
        done = run("rules", "test", "--url", served.server.url("/page"), "--allow-private", cwd=stored)
    assert refused.returncode == 2
    assert "--allow-private" in refused.stderr
    assert done.returncode == 0, done.stderr
    assert '  move: "umbrella by the tent"' in done.stdout
    done = run("--store", "s.db", "rules", "test", "--entry", "e1", cwd=stored)
    assert done.returncode == 0, done.stderr
    assert 'rain: "umbrella"' in done.stdout
    assert "not move: has" in done.stdout
    for wrong in (("--entry", "nothing"), (), ("text", "--entry", "e1")):
        done = run("--store", "s.db", "rules", "test", *wrong, cwd=stored)
        assert done.returncode == 2
        assert "there is no entry nothing" in done.stderr or "Give one of a text" in done.stderr


def test_backtest_tells_hits_new_lost_and_precision(stored: Path) -> None:
    before = (stored / "s.db").read_bytes()
    done = run("--store", "s.db", "rules", "backtest", "--since", "30d", "--rules", "new.yml", cwd=stored)
    assert done.returncode == 0, done.stderr
    told = {line.split()[0]: line.split()[1:] for line in done.stdout.splitlines()}
    assert told["move"][:4] == ["1", "1", "1", "1"]
    assert told["rain"][:4] == ["3", "3", "1", "0"]
    assert told["rain"][4:8] == ["1", "of", "2", "right,"]
    assert "4 entries: 2 flagged before, 3 after; 1 new, 0 lost" in done.stdout
    assert "A kite" in done.stdout.splitlines()[-1]
    with closing(sqlite3.connect(stored / "s.db")) as rows:
        assert rows.execute("pragma integrity_check").fetchone() == ("ok",)
    assert (stored / "s.db").read_bytes()[:100] == before[:100]
    whole = run("--store", "s.db", "rules", "backtest", "--since", "2000-01-01", "--json", cwd=stored)
    record = json.loads(whole.stdout)
    assert (record["entries"], record["flagged"], record["gained"]) == (5, 3, [])
    none = run("--store", "none.db", "rules", "backtest", cwd=stored)
    assert (none.returncode, (stored / "none.db").exists()) == (1, False)


@pytest.mark.long
def test_diff_names_rules_and_alerts(stored: Path) -> None:
    done = run("--store", "s.db", "rules", "diff", "feeds.yml", "new.yml", cwd=stored)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[:3] == [
        "changed  move: when",
        "changed  rain: keywords",
        "5 entries: 3 flagged before, 4 after; 1 new, 0 lost",
    ]
    same = run("--store", "s.db", "rules", "diff", "feeds.yml", "feeds.yml", cwd=stored)
    assert (same.returncode, same.stdout.splitlines()[0]) == (1, "the rules are the same")
    record = json.loads(run("--store", "s.db", "rules", "diff", "feeds.yml", "new.yml", "--json", cwd=stored).stdout)
    assert (record["changed"], record["gained"]) == ([["move", ["when"]], ["rain", ["keywords"]]], ["e2"])
    assert run("rules", "diff", "feeds.yml", "missing.yml", cwd=stored).returncode == 2
