"""What texts in one language are searched for: the terms of its word lists, cues and names, and those of the rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from monitor.language.facilities import facility_terms
from monitor.language.lexicon import Lexicon
from monitor.language.terms import Term, parse_term
from monitor.language.words import fold
from monitor.rules.compiled import CompiledRule
from monitor.rules.tree import TermNode, leaves


def search_terms(
    words: Lexicon, rules: Sequence[CompiledRule], lists: dict[str, tuple[str, ...]]
) -> Iterator[tuple[str, Term]]:
    """Every term that texts of this language are searched for, under its group."""
    lang = words.lang
    shipped = {f"@{name}": terms for name, terms in words.lists.items()}
    for name, terms in lists.items():
        removed = {fold(term[1:].strip()) for term in terms if term.startswith("-")}
        kept = tuple(term for term in shipped.get(f"@{name}", ()) if fold(term) not in removed)
        shipped[f"@{name}"] = kept + tuple(term for term in terms if not term.startswith("-"))
    tables: list[tuple[str, dict[str, tuple[str, ...]]]] = [
        ("", shipped),
        ("cue:", words.cues),
        ("tense:", words.tense),
        ("name:", words.names),
        ("unit:", words.units),
        ("role:", words.roles),
        ("bound:", {name: tuple(terms) for name, terms in (words.numbers.get("bounds") or {}).items()}),
        ("", {"not-unit": words.not_units}),
        ("date:", _date_terms(words)),
    ]
    for prefix, table in tables:
        for name, terms in table.items():
            for term in terms:
                # Marks among the clause boundaries are looked for between words, see language/cues.py.
                if any(char.isalnum() for char in str(term)):
                    # The shipped lists may keep one letter, where it tells much: Arabic ي, an imperfect's beginning.
                    yield prefix + name, _shipped_term(str(term), lang)
    yield from _facility_terms(lang)
    for compiled in rules:
        for tree in (compiled.when, compiled.unless):
            for leaf in leaves(tree) if tree is not None else ():
                if isinstance(leaf, TermNode):
                    yield f"term:{leaf.source}", parse_term(leaf.source, lang)


@cache
def _shipped_term(source: str, lang: str) -> Term:
    """A term of the lexicon, read once for all rulesets: a reload reads only what is new."""
    return parse_term(source, lang, letters=1)


@cache
def _facility_terms(lang: str) -> tuple[tuple[str, Term], ...]:
    return tuple(facility_terms(lang))


def _date_terms(words: Lexicon) -> dict[str, tuple[str, ...]]:
    dates = words.dates
    found: dict[str, list[str]] = {}
    for phrase, meaning in (dates.get("relative") or {}).items():
        found.setdefault(str(meaning), []).append(str(phrase))
    for key in ("by", "end_of", "early", "mid", "late", "ago", "within", "since"):
        found[key] = [str(term) for term in dates.get(key) or ()]
    for name, terms in (dates.get("spans") or {}).items():
        found["span_" + str(name)] = [str(term) for term in terms]
    for key in ("months", "solars", "weekdays"):
        for word, number in (dates.get(key) or {}).items():
            found.setdefault(f"{key[:-1]}_{number}", []).append(str(word))
    return {name: tuple(terms) for name, terms in found.items()}
