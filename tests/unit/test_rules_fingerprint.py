"""What changes a ruleset's fingerprint, and what must not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import monitor
from monitor.model import Rule, RuleExample
from monitor.rules.engine import Ruleset, compile_rules
from monitor.rules.fingerprint import fingerprint, reader_version, version_of

PACKAGE = Path(monitor.__file__).parent
RULES = (Rule("a", when="base", unless="camp"), Rule("b", keywords=("troops", "ships")))
LISTS = {"handover": ("change of custody",)}
BEFORE = fingerprint(RULES, LISTS)


def test_a_compiled_ruleset_has_it() -> None:
    made, _ = compile_rules(RULES, tuple(LISTS.items()))
    assert isinstance(made, Ruleset)
    assert made.fingerprint == BEFORE


@pytest.mark.parametrize(
    ("rules", "lists"),
    [
        pytest.param(RULES[:1], LISTS, id="rule less"),
        pytest.param((*RULES, Rule("c", when="base")), LISTS, id="rule more"),
        pytest.param((Rule("a", when="camp"), RULES[1]), LISTS, id="when"),
        pytest.param((Rule("a", when="base"), RULES[1]), LISTS, id="unless"),
        pytest.param((Rule("a", when="base", unless="camp", severity="high"), RULES[1]), LISTS, id="severity"),
        pytest.param((Rule("a", when="base", unless="camp", type="withdrawal"), RULES[1]), LISTS, id="type"),
        pytest.param((RULES[0], Rule("b", keywords=("troops ships",))), LISTS, id="keywords"),
        pytest.param((RULES[0], Rule("b", keywords=RULES[1].keywords, enabled=False)), LISTS, id="switched off"),
        pytest.param(RULES, {}, id="list less"),
        pytest.param(RULES, {"handover": ("change of", "custody")}, id="list's term"),
    ],
)
def test_whatever_can_change_a_result_changes_it(rules: tuple[Rule, ...], lists: dict[str, tuple[str, ...]]) -> None:
    assert fingerprint(rules, lists) != BEFORE


@pytest.mark.parametrize(
    "rules",
    [
        pytest.param(RULES[::-1], id="order"),
        pytest.param((*RULES, Rule("off", when="base", enabled=False)), id="a rule that is off"),
        pytest.param(
            (
                Rule(
                    "a", when="base", unless="camp", examples=(RuleExample("a base", True),), place=(("when", (7, 3)),)
                ),
                *RULES[1:],
            ),
            id="examples and places",
        ),
    ],
)
def test_what_changes_no_result_leaves_it(rules: tuple[Rule, ...]) -> None:
    assert fingerprint(rules, LISTS) == BEFORE


def test_a_text_that_cannot_be_encoded_has_one() -> None:
    assert fingerprint((Rule("a", when="\ud800"),), {}) != BEFORE


@pytest.mark.parametrize("seed", ["0", "1"])
def test_it_is_the_same_in_every_process(seed: str) -> None:
    code = (
        "from monitor.rules.fingerprint import fingerprint; from monitor.model import Rule;"
        f"print(fingerprint({RULES!r}, {LISTS!r}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": seed},
        cwd=PACKAGE.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == BEFORE


@pytest.mark.parametrize(
    "file",
    [
        "language/lexicon/ar.yml",
        "language/lexicon/world.yml",
        "language/facilities.json",
        "language/words.py",
        "language/cues.py",
        "rules/evaluate.py",
        "claims/extract.py",
        "baseline/compare.py",
        "model/claims.py",
        "alerting.py",
    ],
)
def test_each_file_that_reads_an_entry_counts(file: str, tmp_path: Path) -> None:
    copy = tmp_path / "monitor"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__", "dashboard", "store"))
    assert version_of(copy) == reader_version()
    (copy / file).write_bytes((copy / file).read_bytes().replace(b"\n", b"\r\n"))
    assert version_of(copy) == reader_version(), "line ends do not matter"
    (copy / file).write_bytes((copy / file).read_bytes() + b"\n# one more line\n")
    assert version_of(copy) != reader_version()
