"""`monitor baseline` and `monitor ledger` from the outside: a change, its history, and the days it holds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.integration.world import run


@pytest.mark.long
def test_a_change_by_hand_is_in_the_history_and_in_the_ledger_of_its_days(tmp_path: Path) -> None:
    store = str(tmp_path / "s.db")

    def monitor(*words: str, code: int = 0) -> str:
        done = run("--store", store, *words, cwd=tmp_path)
        assert done.returncode == code, done.stderr
        return done.stdout if code == 0 else done.stderr

    monitor("baseline", "add", "coalition@erbil", "count", "200-300", "--as-of", "2026-01-03", "--reason", "a briefing")
    rows = [json.loads(line) for line in monitor("baseline", "show", "--json").splitlines()]
    (made,) = [row for row in rows if row["subject"] == "coalition@erbil"]
    told = monitor("baseline", "edit", made["id"][:8], "--value", "250", "--reason", "misheard")
    assert "version 2: coalition at Erbil · count  250 personnel" in told

    history = monitor("baseline", "history", "coalition@erbil")
    assert "200-300 personnel" in history
    assert "corrected by" in history
    assert "misheard" in history

    def counts(day: str) -> list[int]:
        found = [json.loads(line) for line in monitor("ledger", "--as-of", day, "--json").splitlines()]
        return [row["facts"][0]["count"]["low"] for row in found if row["subject"] == "coalition@erbil"]

    assert (counts("2026-01-02"), counts("2026-01-03")) == ([], [250])
    ahead = run("--store", store, "ledger", "--as-of", "2999-01-01", cwd=tmp_path)
    assert "2999-01-01 has not come yet: this is what is held today" in ahead.stderr
    text = monitor("ledger", "--as-of", "2026-01-13")
    assert "5-11 Jan 2026, 2 days overdue" in text
    assert "2026-01-17" in monitor("ledger", "--as-of", "soon", code=2)
    assert "Did you mean" in monitor("baseline", "add", "ain-al-asat", "count", "5", "--reason", "x", code=2)
    assert "There is no fact" in monitor("baseline", "retire", "zzzz", "--reason", "x", code=2)
