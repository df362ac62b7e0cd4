"""How well claims, verdicts and stories are read off a set of labelled articles.

    python -m tests.bench.articles tests/data/gold/articles.jsonl [--half a|b] [--lang ar]
        [--misses all|claim|facility|count|status|verdict] [--classes]

Each line has id, lang, date, source, title, text and the labels: `lead` (type, phase, polarity, modality, facility,
place, date) or null, `counts`, `verdict`, `story`. The halves are told apart by a hash of the id, so that what is
learned from the misses of one can be tried on the other. `--classes` counts misses by what was read for what, without
a word of the articles.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

from monitor.alerting import read_entry
from monitor.baseline.facts import read_facts
from monitor.cli.read import items_of
from monitor.cli.setup import Options, load, read_seeds, seed_rules
from monitor.model import Alert, Claim
from monitor.stories import fold

Record = dict[str, Any]
GOALS = {"facility": 95, "counts": 92, "status": 90, "verdict": 90, "contradictions": 85, "stories": 95}


def half(identifier: object) -> str:
    """Which half an article belongs to: a or b."""
    return "ab"[hashlib.sha256(str(identifier).encode()).digest()[0] % 2]


def read_all(lines: Sequence[bytes]) -> tuple[list[Alert | None], list[str | None]]:
    """What `monitor read` would say: the alert of each line, and its story."""
    config, ruleset = load(Options())
    facts = tuple(f for seed in read_seeds(config) for f in read_facts(seed, seed_rules(config, ruleset)))
    items, mistakes = items_of(lines)
    assert not mistakes, mistakes
    alerts = [read_entry(item.entry, item.feed, ruleset, facts) for item in items]
    stories = {a.entry.id: story.id for story in fold((a for a in alerts if a), {}) for a in story.alerts}
    return alerts, [stories.get(item.entry.id) for item in items]


def status(lead: Record | Claim | None) -> tuple[str, ...] | None:
    """Type, phase, polarity and modality."""
    if lead is None:
        return None
    names = ("type", "phase", "polarity", "modality")
    return tuple(lead[n] if isinstance(lead, dict) else getattr(lead, n) for n in names)


def counts(alert: Alert | None) -> set[tuple[int, int | None, str, str]]:
    """All numbers that the claims of an entry carry."""
    claims = alert.claims if alert else ()
    return {(c.count.low, c.count.high, c.count.unit, c.count.role) for c in claims if c.count}


def wrong(row: Record, alert: Alert | None) -> list[str]:
    """What was read otherwise than it is labelled."""
    lead = alert.lead_claim if alert else None
    if row["lead"] is None:
        return ["claim"] if lead is not None and lead.lane == "changes" else []
    found = []
    if (lead.facility if lead else None) != row["lead"]["facility"]:
        found.append("facility")
    if status(lead) != status(row["lead"]):
        found.append("status")
    if (alert.verdict if alert else None) != row["verdict"]:
        found.append("verdict")
    labelled = {(c["low"], c["high"], c["unit"], c["role"]) for c in row["counts"]}
    return [*found, "count"] if labelled - counts(alert) else found


def share(part: int, whole: int) -> str:
    return f"{100 * part / whole:5.1f} % ({part}/{whole})" if whole else "  -"


def pairs(names: Iterable[tuple[int, str | None]]) -> set[tuple[int, int]]:
    """The pairs of articles that are in one story."""
    by_name: dict[str, list[int]] = {}
    for number, name in names:
        if name is not None:
            by_name.setdefault(name, []).append(number)
    return {pair for members in by_name.values() for pair in combinations(sorted(members), 2)}


def report(rows: Sequence[Record], alerts: Sequence[Alert | None], stories: Sequence[str | None]) -> None:
    """Prints the shares of one set, against the goals."""
    told = [(row, alert) for row, alert in zip(rows, alerts, strict=True) if row["lead"] is not None]
    heard = [(row, alert) for row, alert in told if alert is not None and alert.lead_claim is not None]
    misses = Counter(name for row, alert in told for name in wrong(row, alert))
    among = Counter(name for row, alert in heard for name in wrong(row, alert))
    labelled = [(row, alert, c) for row, alert in told for c in row["counts"]]
    right = sum((c["low"], c["high"], c["unit"], c["role"]) in counts(alert) for _, alert, c in labelled)
    read = [c for _, alert in told for c in counts(alert)]
    against = [(row, alert) for row, alert in told if row["verdict"] == "contradicts"]
    truth = pairs((n, row["story"]) for n, row in enumerate(rows))
    labels = {n for n, row in enumerate(rows) if row["story"] is not None}
    guess = pairs((n, story if n in labels else None) for n, story in enumerate(stories))
    both = len(truth & guess)
    print(f"articles {len(rows)}, with a claim {len(told)}, of these matched by a rule {share(len(heard), len(told))}")
    for name in ("facility", "status", "verdict"):
        print(
            f"{name:15} {share(len(told) - misses[name], len(told))}  goal {GOALS[name]}"
            f"   where a rule matches {share(len(heard) - among[name], len(heard))}"
        )
    heard_counts = [(a, c) for row, a in heard for c in row["counts"]]
    right_heard = sum((c["low"], c["high"], c["unit"], c["role"]) in counts(a) for a, c in heard_counts)
    print(
        f"counts          {share(right, len(labelled))}  goal {GOALS['counts']}"
        f"   where a rule matches {share(right_heard, len(heard_counts))}; read beside them {len(read) - right}"
    )
    seen = sum(alert is not None and alert.verdict == "contradicts" for _, alert in against)
    print(f"contradictions  {share(seen, len(against))}  goal {GOALS['contradictions']}")
    f1 = 2 * both / (len(truth) + len(guess)) if truth or guess else 0.0
    print(
        f"story pairs     F1 {100 * f1:5.1f} %  goal {GOALS['stories']}   "
        f"precision {share(both, len(guess))}, recall {share(both, len(truth))}"
    )
    none = [(row, alert) for row, alert in zip(rows, alerts, strict=True) if row["lead"] is None]
    print(f"without a claim {share(sum(not wrong(r, a) for r, a in none), len(none))} not flagged")
    for lang in dict.fromkeys(row["lang"] for row in rows):
        own = [(row, alert) for row, alert in told if row["lang"] == lang]
        bad = Counter(name for row, alert in own for name in wrong(row, alert))
        shares = "  ".join(f"{n} {len(own) - bad[n]}/{len(own)}" for n in ("facility", "status", "verdict", "count"))
        print(f"  {lang:4} {shares}")


def show(row: Record, alert: Alert | None, story: str | None) -> None:
    """One article that was read otherwise, with what was read."""
    print(f"--- {row['id']} {row['lang']} {row['date']} {', '.join(wrong(row, alert))}\n    {row['title']}")
    print(f"    {row['text']}\n    label {row['lead']} {row['counts']} {row['verdict']} ({row['why']})")
    lead = alert.lead_claim if alert else None
    if alert is None or lead is None:
        print("    read  nothing")
        return
    verdict = alert.lead_verdict
    print(f"    read  {status(lead)} {lead.facility} {lead.place} {lead.date}")
    print(f"    rule  {lead.rule}; counts {sorted(map(str, counts(alert)))}")
    print(f"    cues  {[(c.name, c.words) for c in lead.cues]}")
    print(f"    {alert.verdict}: {verdict.reason if verdict else ''}  [{story}/{row['story']}]")


def classes(rows: Sequence[Record], alerts: Sequence[Alert | None]) -> Counter[str]:
    """What was read for what, by language: how often which part of a status, and which part of a count."""
    found: Counter[str] = Counter()
    for row, alert in zip(rows, alerts, strict=True):
        lead = alert.lead_claim if alert else None
        labelled = status(row["lead"])
        if labelled is None:
            continue
        read = status(lead)
        if read is None:
            found[f"status  {row['lang']} no rule"] += 1
        elif read != labelled:
            parts = [f"{a}>{b}" for a, b in zip(labelled, read, strict=True) if a != b]
            found[f"status  {row['lang']} {', '.join(parts)}"] += 1
        for count in row["counts"]:
            key = (count["low"], count["high"], count["unit"], count["role"])
            if key not in counts(alert):
                found[f"count   {row['lang']} {_class_of(key, counts(alert), alert)}"] += 1
    return found


def _class_of(key: tuple[int, int | None, str, str], read: set[tuple[int, int | None, str, str]], alert: object) -> str:
    low, high, unit, role = key
    if alert is None:
        return "no rule"
    for other in sorted(read, key=str):
        if other[:2] == (low, high):
            return f"{unit} {role}>{other[2]} {other[3]}" if other[2] != unit else f"{unit} {role}>{other[3]}"
    near = [
        o for o in sorted(read, key=str) if o[2] == unit and o[0] <= (high or 10 * low) and low <= (o[1] or 10 * o[0])
    ]
    return f"{unit} interval {low}-{high}>{near[0][0]}-{near[0][1]}" if near else f"{unit} {role} {low}-{high}>nothing"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=Path)
    parser.add_argument("--half", choices=("a", "b"))
    parser.add_argument("--misses", help="print the articles with this wrong (or `all`)")
    parser.add_argument("--classes", action="store_true", help="count what was read for what")
    parser.add_argument("--lang")
    given = parser.parse_args()
    lines = given.file.read_bytes().splitlines()
    rows = [json.loads(line) for line in lines]
    alerts, stories = read_all(lines)
    chosen = [
        n for n, row in enumerate(rows) if given.half in (None, half(row["id"])) and given.lang in (None, row["lang"])
    ]
    if given.misses:
        for n in chosen:
            names = wrong(rows[n], alerts[n])
            if names and (given.misses == "all" or given.misses in names):
                show(rows[n], alerts[n], stories[n])
    report([rows[n] for n in chosen], [alerts[n] for n in chosen], [stories[n] for n in chosen])
    if given.classes:
        for name, times in sorted(classes([rows[n] for n in chosen], [alerts[n] for n in chosen]).items()):
            print(f"  {times:3} {name}")


if __name__ == "__main__":
    main()
