"""The forms a written word may stand for: itself, without its clitics, without its endings.

A rule's bare word matches a text's word when it is among these forms. Candidates are generous on purpose: a candidate
that is no word of the language meets no term. Where a language has endings too many to undo one by one (Russian,
French), both sides are stemmed and a stem is marked with "~" so that it meets stems only.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache


@lru_cache(maxsize=131_072)
def forms(word: str, lang: str) -> frozenset[str]:
    """Every form the folded `word` of a text may stand for in `lang`, itself included."""
    analyse = _ANALYSES.get(lang)
    if analyse is None or len(word) < 3 or word[0].isdigit():
        return frozenset((word,))
    return frozenset((word, *analyse(word)))


@lru_cache(maxsize=65_536)
def term_keys(word: str, lang: str) -> frozenset[str]:
    """The keys under which a rule's bare word (folded) is looked for: itself, its singular, or its stem."""
    keys = {word}
    if lang == "en" and len(word) > 4 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        keys |= {form for form in _english(word) if word.startswith(form) and len(word) - len(form) <= 1}
    stemmer = _stemmer(lang)
    if stemmer is not None and len(word) > 3:
        keys.add("~" + stemmer(word))
    return frozenset(keys)


# Past participles that have become adjectives or prepositions and would drag a noun in with them.
_ENGLISH_FIXED = {
    "based",
    "forced",
    "during",
    "being",
    "thing",
    "nothing",
    "something",
    "stationery",
    "used",
    "united",
    "news",
}


# Irregular pasts and participles of the verbs that news of forces is written with.
_ENGLISH_IRREGULAR = {
    form: verb
    for verb, written in {
        "begin": "began begun", "bring": "brought", "build": "built", "buy": "bought", "come": "came", "cut": "cut",
        "draw": "drew drawn", "fight": "fought", "find": "found", "flee": "fled", "fly": "flew flown",
        "get": "got gotten", "give": "gave given", "go": "went gone", "grow": "grew grown", "hold": "held",
        "keep": "kept", "lead": "led", "leave": "left", "lose": "lost", "make": "made", "meet": "met",
        "overrun": "overran", "pay": "paid", "quit": "quit", "say": "said", "see": "saw seen", "seek": "sought",
        "sell": "sold", "send": "sent", "set": "set", "shoot": "shot", "show": "shown", "speak": "spoke spoken",
        "spend": "spent", "stand": "stood", "strike": "struck", "take": "took taken", "tell": "told",
        "think": "thought", "throw": "threw thrown", "undertake": "undertook undertaken", "win": "won",
        "withdraw": "withdrew withdrawn", "write": "wrote written",
    }.items()
    for form in written.split()
}  # fmt: skip


def _english(word: str) -> set[str]:
    if word in _ENGLISH_FIXED:
        return set()
    found: set[str] = {_ENGLISH_IRREGULAR[word]} if word in _ENGLISH_IRREGULAR else set()
    if word.endswith("ies") and len(word) > 4:
        found.add(word[:-3] + "y")
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        found.add(word[:-1])
        if word.endswith(("ses", "xes", "zes", "ches", "shes", "oes")):
            found.add(word[:-2])
    for ending in ("ed", "ing"):
        stem = word[: -len(ending)]
        if word.endswith(ending) and len(stem) > 2:
            found |= {stem, stem + "e"}
            if stem[-1] == stem[-2] and stem[-1] not in "aeiou":
                found.add(stem[:-1])
            if ending == "ed" and stem.endswith("i"):
                found.add(stem[:-1] + "y")
    return found


_ARABIC_PREFIX = re.compile(r"^[وف]?(?:[بكلس]|[بك]?ال|لل)?")
_ARABIC_SUFFIXES = ("هما", "كما", "تان", "تين", "ات", "ون", "ين", "ان", "ها", "هم", "نا", "كم", "ته", "ه")


def _arabic(word: str) -> set[str]:
    heads = {word}
    for prefix in _arabic_prefixes(word):
        heads.add(word[len(prefix) :])
    found = set(heads)
    for head in heads:
        for suffix in _ARABIC_SUFFIXES:
            stem = head[: -len(suffix)]
            if head.endswith(suffix) and len(stem) >= 3:
                found.add(stem)
                # The feminine ending shows as t before a suffix and is folded to h at the end of a word.
                if suffix in ("تان", "تين", "ته", "ات"):
                    found.add(stem + "ه")
                elif stem.endswith("ت"):
                    found.add(stem[:-1] + "ه")
    return found


def _arabic_prefixes(word: str) -> list[str]:
    found = []
    for first in ("", "و", "ف"):
        for second in ("", "ب", "ك", "ل", "س", "ال", "بال", "كال", "لل"):
            prefix = first + second
            if prefix and word.startswith(prefix) and len(word) - len(prefix) >= 3:
                found.append(prefix)
    return found


def _strip(word: str, endings: tuple[str, ...], rounds: int, shortest: int) -> set[str]:
    """All that is left after taking off up to `rounds` endings one after another."""
    found: set[str] = set()
    current = {word}
    for _ in range(rounds):
        current = {
            form[: -len(ending)]
            for form in current
            for ending in endings
            if form.endswith(ending) and len(form) - len(ending) >= shortest
        } - found
        if not current:
            break
        found |= current
    return found


_PERSIAN = (
    "هايي",
    "هاي",
    "ها",
    "يي",
    "اي",
    "ان",
    "ات",
    "ي",
    "ام",
    "اش",
    "شان",
    "مان",
    "تان",
    "ش",
    "م",
    "اند",
    "ست",
    "را",
)


def _persian(word: str) -> set[str]:
    return _strip(word, _PERSIAN, 2, 3)


_SORANI = (
    "هكانيان",
    "هكاني",
    "هكانيش",
    "هكان",
    "هكهي",
    "هكه",
    "هكهش",
    "انهوه",
    "اني",
    "ان",
    "يكي",
    "يك",
    "يهكان",
    "يهكي",
    "يهكه",
    "كاني",
    "كان",
    "كهي",
    "كه",
    "يان",
    "مان",
    "تان",
    "هوه",
    "وه",
    "يش",
    "ش",
    "ي",
    "ه",
    "م",
    "ت",
    "دا",
    "را",
)


def _sorani(word: str) -> set[str]:
    return _strip(word, _SORANI, 3, 3)


_KURMANJI = (
    "eke", "ekê", "ekî", "yên", "yan", "ek", "ên", "en", "an", "în", "in",
    "e", "a", "ê", "î", "i", "ye", "ya", "yê", "yî", "re", "ve",
)  # fmt: skip


def _kurmanji(word: str) -> set[str]:
    return _strip(word, _KURMANJI, 2, 3)


def _turkish_endings() -> tuple[str, ...]:
    """Case, plural, possessive and verb endings with both vowel harmonies, in folded spelling (ı is i)."""
    narrow = ("i", "u", "ü")
    wide = ("a", "e")
    found = {"leri", "lari", "ler", "lar", "le", "la", "yle", "yla", "ce", "ca", "ki", "mek", "mak", "me", "ma"}
    for v in wide:
        found |= {v, "y" + v, "n" + v, "d" + v, "t" + v, f"d{v}n", f"t{v}n", f"nd{v}", f"nd{v}n", f"{v}n", f"y{v}n"}
        found |= {f"{v}c{v}k", f"y{v}c{v}k", f"{v}c{v}g", f"y{v}c{v}g", f"m{v}kt{v}", f"s{v}", f"{v}r", f"m{v}l{v}ri"}
    for v in narrow:
        found |= {
            v,
            "y" + v,
            "n" + v,
            "s" + v,
            v + "n",
            f"n{v}n",
            v + "m",
            f"{v}m{v}z",
            f"{v}yor",
            f"{v}r",
            f"d{v}r",
            f"l{v}k",
            f"s{v}z",
        }
        found |= {
            f"d{v}",
            f"t{v}",
            f"m{v}ş",
            f"d{v}k",
            f"t{v}k",
            f"d{v}g",
            f"t{v}g",
            f"{v}l",
            f"{v}p",
            f"l{v}",
            f"c{v}",
        }
    return tuple(sorted(found, key=len, reverse=True))


_TURKISH = _turkish_endings()


def _turkish(word: str) -> set[str]:
    found = _strip(word, _TURKISH, 4, 2 if len(word) < 7 else 3)
    # A stem's last consonant is voiced before a vowel (birlik, birliği) or doubled (üs, üssü).
    softened = {"g": "k", "ğ": "k", "b": "p", "d": "t", "c": "ç"}
    more = {stem[:-1] + softened[stem[-1]] for stem in found if len(stem) > 2 and stem[-1] in softened}
    more |= {stem[:-1] for stem in found if len(stem) > 2 and stem[-1] == stem[-2]}
    return found | more


_HEBREW_PREFIXES = (
    "ו",
    "ה",
    "ב",
    "ל",
    "מ",
    "ש",
    "כ",
    "וה",
    "וב",
    "ול",
    "ומ",
    "וש",
    "מה",
    "שה",
    "כש",
    "שב",
    "של",
    "בה",
    "לה",
    "ושה",
    "שמ",
    "מש",
    "כשה",
)


def _hebrew(word: str) -> set[str]:
    heads = {word} | {word[len(p) :] for p in _HEBREW_PREFIXES if word.startswith(p) and len(word) - len(p) >= 2}
    return heads | {head[:-2] for head in heads if head.endswith(("ים", "ות")) and len(head) > 4}


def _stemmed(lang: str) -> Callable[[str], set[str]]:
    def analyse(word: str) -> set[str]:
        stemmer = _stemmer(lang)
        if stemmer is None or len(word) < 4:
            return set()
        found = {"~" + stemmer(word)}
        # The stemmer knows -ée by its accent, which folding has taken away.
        if lang == "fr" and word.endswith(("ee", "ees")):
            found.add("~" + stemmer(word.rstrip("s")[:-1]))
        return found

    return analyse


@cache
def _stemmer(lang: str) -> Callable[[str], str] | None:
    """Snowball's stemmer where the language is read by stems."""
    name = {"ru": "russian", "fr": "french"}.get(lang)
    if name is None:
        return None
    import snowballstemmer  # only entries in these languages pay for it

    stem: Callable[[str], str] = snowballstemmer.stemmer(name).stemWord
    return stem


_ANALYSES: dict[str, Callable[[str], set[str]]] = {
    "en": _english,
    "ar": _arabic,
    "fa": _persian,
    "ckb": _sorani,
    "kmr": _kurmanji,
    "tr": _turkish,
    "he": _hebrew,
    "ru": _stemmed("ru"),
    "fr": _stemmed("fr"),
}
