"""What folding and claims cost, as ratios in one run: `python -m tests.bench.folding`.

Folding: 10,000 alerts into a store of 50,000 must cost what 10,000 do in a small store, times the share of stories that
are looked at: the time for one alert at 60,000 beside that at 10,000. Claims: the time that extracting claims and
comparing them takes beside that of reading and matching the same articles.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from monitor.baseline.compare import compare
from monitor.claims import extract, found_in
from monitor.language.facilities import gazetteer
from monitor.model import Alert
from monitor.rules.evaluate import Origin
from monitor.stories import fold
from tests.builders import T0, alert, claim, facts, ruleset

GOLD = Path(__file__).resolve().parents[1] / "data" / "gold" / "articles.jsonl"
TYPES = ("base_handover", "withdrawal", "deployment", "force_count", "equipment_move")
WORDS = [f"word{number}" for number in range(3_000)]


def alerts(number: int, days: int) -> list[Alert]:
    """So many alerts over so many days: every fifth is a copy, and one event in fifty has hundreds of reports."""
    draw = random.Random(7)
    bases = list(gazetteer())
    made: list[Alert] = []
    titles: list[str] = []
    for index in range(number):
        title = " ".join(draw.choices(WORDS, k=9))
        if titles and draw.random() < 0.2:
            title = draw.choice(titles[-200:]) + draw.choice(("", "!", " (Reuters)"))
        titles.append(title)
        base = bases[0] if draw.random() < 0.02 else draw.choice(bases)
        one = claim(type=draw.choice(TYPES), facility=base, phase=draw.choice(("planned", "completed")))
        at = T0 + timedelta(seconds=draw.random() * days * 86_400)
        made.append(alert(one, id=f"e{index}", at=at, title=title, family=f"family{draw.randrange(300)}"))
    return made


def seconds(work: Callable[[], object], repeat: int = 3) -> float:
    """The shortest of some runs."""
    times = []
    for _ in range(repeat):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)


def folding(many: int, few: int) -> None:
    all_of_them = alerts(many, days=many // 100)
    small = alerts(few, days=few // 100)
    large_time, small_time = seconds(lambda: fold(all_of_them, {})), seconds(lambda: fold(small, {}))
    per = (large_time / many) / (small_time / few)
    print(f"fold {few:,}: {small_time:.2f} s; {many:,}: {large_time:.2f} s; for one alert {per:.2f} times as much")
    burst = alerts(few, days=3)
    print(f"fold {few:,} of three days: {seconds(lambda: fold(burst, {})):.2f} s")


def claims() -> None:
    rows = [json.loads(line) for line in GOLD.read_bytes().splitlines()]
    rules, known = ruleset(), facts()
    types = {compiled.rule.id: compiled.rule.type for compiled in rules.rules}
    texts = [([("title", row["title"]), ("text", row["text"])], row["lang"]) for row in rows]

    def match() -> list[object]:
        return [rules.match_with_parts(rules.read(fields, lang), Origin()) for fields, lang in texts]  # type: ignore[arg-type]

    readings = [rules.read(fields, lang) for fields, lang in texts]  # type: ignore[arg-type]
    matched = [rules.match_with_parts(reading, Origin()) for reading in readings]

    def read() -> None:
        for reading, (matches, parts) in zip(readings, matched, strict=True):
            if matches:
                words = rules.language(reading.lang).lexicon
                found = extract(reading, tuple(found_in(matches, parts, types)), words, published=T0.date())
                for index, one in enumerate(found):
                    compare(one, index, known, T0.date())

    matching, reading_time = seconds(match), seconds(read)
    flagged = sum(bool(matches) for matches, _ in matched)
    ratio = (reading_time / flagged) / (matching / len(rows))
    print(
        f"matching {1000 * matching / len(rows):.2f} ms an article; claims and verdicts "
        f"{1000 * reading_time / flagged:.2f} ms a matched one: {ratio:.2f} times matching"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--many", type=int, default=60_000)
    parser.add_argument("--few", type=int, default=10_000)
    given = parser.parse_args()
    claims()
    folding(given.many, given.few)


if __name__ == "__main__":
    main()
