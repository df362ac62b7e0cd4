"""Matching measured beside a bare automaton and a bare `re` alternation: `python -m tests.bench.matching`.

Ten thousand made-up entries of 1.5 kB (`tests/bench/texts.py`) with the shipped rules. The bare ones search the same
terms, folded, in texts that were folded before the clock ran; ours folds, and tells which rules may hold (sieve), what
stands where (read), or the whole alert (line). Each figure is the best of some rounds on one core; ratios hold on any
machine, seconds do not. Then: what 5,000 more keywords cost, and whether twice the text takes twice the time.
"""

from __future__ import annotations

import argparse
import itertools
import random
import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import ahocorasick_rs

from monitor.alerting import read_entry
from monitor.baseline.facts import read_facts
from monitor.cli.setup import load_file, read_seeds
from monitor.language.words import tokenize
from monitor.model import Entry, Fact, Feed, FieldName, Rule
from monitor.rules.engine import Ruleset, compile_rules
from monitor.rules.evaluate import Origin
from tests.bench.texts import SHARES, Words, entries

ROOT = Path(__file__).resolve().parents[2]
Item = tuple[Entry, Feed]


@dataclass(frozen=True)
class Case:
    """What is measured on: entries, their folded texts by language, the terms of each language."""

    items: Sequence[Item]
    folded: dict[str, list[str]]
    terms: dict[str, list[str]]


def best(rounds: int, call: Callable[[], object]) -> float:
    """The least CPU seconds of some calls."""
    taken = []
    for _ in range(rounds):
        begun = time.process_time()
        call()
        taken.append(time.process_time() - begun)
    return min(taken)


def prepared(items: Sequence[Item], ruleset: Ruleset) -> Case:
    folded: dict[str, list[str]] = {lang: [] for lang in SHARES}
    for entry, feed in items:
        lang = feed.lang or ""
        folded[lang].append(" ".join(token.folded for token in tokenize(f"{entry.title}\n{entry.text}", lang)))
    terms = {
        lang: sorted(
            {
                " ".join(token.folded for token in tokenize(re.sub(r'[*?="]', "", term.source), lang))
                for _, term in ruleset.terms(lang)
            }
            - {""}
        )
        for lang in SHARES
    }
    return Case(items, folded, terms)


def bare_automaton(case: Case) -> Callable[[], object]:
    kind = ahocorasick_rs.MatchKind.LeftmostLongest
    built = {lang: ahocorasick_rs.AhoCorasick(terms, matchkind=kind) for lang, terms in case.terms.items()}

    def run() -> None:
        for lang, texts in case.folded.items():
            find = built[lang].find_matches_as_indexes
            for text in texts:
                find(text)

    return run


def bare_alternation(case: Case, share: int) -> Callable[[], object]:
    """Every `share`th text only: it is that slow."""
    built = {
        lang: re.compile(r"\b(?:" + "|".join(map(re.escape, sorted(terms, key=len, reverse=True))) + r")\b")
        for lang, terms in case.terms.items()
    }

    def run() -> None:
        for lang, texts in case.folded.items():
            for text in texts[::share]:
                for _ in built[lang].finditer(text):
                    pass

    return run


def fields(entry: Entry) -> list[tuple[FieldName, str]]:
    return [("title", entry.title), ("text", entry.text)]


def sieve(items: Sequence[Item], ruleset: Ruleset) -> None:
    for entry, _ in items:
        ruleset.candidates(fields(entry), entry.lang)


def read(items: Sequence[Item], ruleset: Ruleset) -> None:
    for entry, _ in items:
        ruleset.read(fields(entry), entry.lang)


def line(items: Sequence[Item], ruleset: Ruleset, facts: Sequence[Fact]) -> tuple[int, int]:
    """How many entries were alerts, and how many of them in the lane *changes*."""
    alerts = [alert for entry, feed in items if (alert := read_entry(entry, feed, ruleset, facts)) is not None]
    return len(alerts), sum(alert.lane == "changes" for alert in alerts)


def more_keywords(rules: Iterable[Rule], number: int, one_rule: bool) -> tuple[Rule, ...]:
    """The rules, and so many keywords of two words that mean nothing, in one rule or in a rule each."""
    chance = random.Random(5)
    pool = Words("en", chance).all
    keywords = [" ".join(chance.sample(pool, 2)) for _ in range(number)]
    if one_rule:
        return (*rules, Rule("more", keywords=tuple(keywords)))
    return (*rules, *(Rule(f"more-{index}", keywords=(keyword,)) for index, keyword in enumerate(keywords)))


def told(name: str, seconds: float, number: int, beside: str = "") -> None:
    print(f"{name:<52} {number / seconds:>9,.0f} entries/s  {beside}", flush=True)


def doubling(ruleset: Ruleset) -> None:
    """Texts that are hard on a reader, at three sizes: twice the text may take at most some twice the time."""
    hostile: dict[str, str] = {
        "a report over and over": "The coalition handed over Ain al-Asad to the Iraqi army. ",
        "one endless sentence": "troops base handover withdraw 1,500 and ",
        "no blanks": "troops,base.handover-",
        "numbers": "two hundred and five thousand 3 000 ",
        "strange words": "",
        "marks": "!?…;: ",
    }
    for name, piece in hostile.items():
        times = []
        for size in (16_000, 32_000, 64_000):
            body = piece * (size // len(piece)) if piece else " ".join(f"w{n}x" for n in range(size // 7))
            parts: list[tuple[FieldName, str]] = [("text", body)]
            times.append(best(3, lambda parts=parts: ruleset.match(ruleset.read(parts, "en"), Origin())))  # type: ignore[misc]
        ratios = [later / earlier for earlier, later in itertools.pairwise(times)]
        print(f"twice the text, {name:<36} {ratios[0]:5.2f}x {ratios[1]:5.2f}x  (2 is linear)", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    items, number = list(entries(options.entries)), options.entries
    begun = time.process_time()
    config, ruleset = load_file(ROOT / "feeds.yml")
    facts = tuple(fact for seed in read_seeds(config) for fact in read_facts(seed, ruleset))
    loaded = time.process_time() - begun
    for lang in SHARES:
        ruleset.language(lang)
    print(f"feeds.yml in {loaded:.2f} s, all languages in {time.process_time() - begun - loaded:.2f} s")
    begun = time.process_time()
    alerts, flagged = line(items, ruleset, facts)
    cold = time.process_time() - begun
    print(f"{number:,} entries, {alerts:,} alerts, {flagged:,} of them changes")
    case = prepared(items, ruleset)
    automaton = best(options.rounds, bare_automaton(case))
    told("bare automaton, text folded before", automaton, number)
    share = 20
    told("bare `re` alternation, text folded before", share * best(1, bare_alternation(case, share)), number)
    taken = best(options.rounds, lambda: sieve(items, ruleset))
    told("folding and matching", taken, number, f"{automaton / taken:.2f}x the bare automaton (wanted: 0.3)")
    taken = best(options.rounds, lambda: read(items, ruleset))
    told("every word read, every term with its span", taken, number, f"{automaton / taken:.2f}x the bare automaton")
    told("the whole line, first time", cold, number)
    whole = best(options.rounds, lambda: line(items, ruleset, facts))
    told("the whole line", whole, number, "(wanted: 5,000)")
    for one_rule in (True, False):
        richer, _ = compile_rules(more_keywords(config.rules, 5_000, one_rule), config.lists)
        assert richer is not None
        line(items, richer, facts)
        taken = best(options.rounds, lambda richer=richer: line(items, richer, facts))  # type: ignore[misc]
        name = f"with 5,000 more keywords in {'one rule' if one_rule else 'a rule each'}"
        told(name, taken, number, f"{taken / whole:.2f}x the time (wanted: below 1.5)")
    doubling(ruleset)


if __name__ == "__main__":
    main()
