"""The forms a written word may stand for: itself, without its clitics, without its endings.

A rule's bare word matches a text's word when it is among these forms. Candidates are generous on purpose: a candidate
that is no word of the language meets no term. Where a language has endings too many to undo one by one (Russian,
French), both sides are stemmed and a stem is marked with "~" so that it meets stems only.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache


def forms(word: str, lang: str) -> frozenset[str]:
    """Every form the folded `word` of a text may stand for in `lang`, itself included."""
    analyse = _ANALYSES.get(lang)
    if analyse is None or len(word) < 3 or word[0].isdigit():
        return frozenset((word,))
    return frozenset((word, *analyse(word)))


@lru_cache(maxsize=32_768)
def term_keys(word: str, lang: str) -> frozenset[str]:
    """The keys under which a rule's bare word (folded) is looked for: itself, its singular, or its stem."""
    keys = {word}
    if lang == "en" and len(word) > 4 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        keys |= {form for form in _english(word) if word.startswith(form) and len(word) - len(form) <= 1}
    stemmer = _stemmer(lang)
    if stemmer is not None and len(word) > 3:
        keys.add("~" + stemmer(word))
    return frozenset(keys)


def roots(form: str, lang: str) -> tuple[str, ...]:
    """Beginnings, one of which every word that may stand for `form` has once its clitics are off (see `heads`).

    With them a word is told from the many that matter to no rule without being analysed. None for what stands for
    itself alone, and for a French stem, of which nothing is sure.
    """
    if len(form) < 2 or form[0].isdigit():
        return ()
    if form[0] == "~":
        return (form[1:],) if lang == "ru" else ()
    last = form[-1]
    if lang == "en":
        # stop, stopped; base, basing; try, tried.
        open_ended = (last == "e" and len(form) > 3) or (last == "y" and len(form) > 2)
        return (form[:-1] if open_ended else form, *_ENGLISH_WRITTEN.get(form, ()))
    # The Arabic feminine ending turns into t and a last hamza into other letters, the Turkish last consonant softens.
    turns = (lang == "ar" and last in "هء") or (lang == "tr" and last in "kptç")
    return (form[:-1] if turns else form,)


PREFIXED = ("ar", "he")
"""Languages whose words carry clitics before them."""


def heads(word: str, lang: str) -> set[str]:
    """The folded word with and without the clitics before it."""
    if lang == "ar":
        return _arabic_heads(word)
    return _hebrew_heads(word) if lang == "he" else {word}


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


_ENGLISH_WRITTEN: dict[str, list[str]] = {}
for _form, _verb in _ENGLISH_IRREGULAR.items():
    _ENGLISH_WRITTEN.setdefault(_verb, []).append(_form)


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


_ARABIC_PREFIXES = {
    first + second for first in ("", "و", "ف") for second in ("", "ب", "ك", "ل", "س", "ال", "بال", "كال", "لل")
} - {""}
_ARABIC_SUFFIXES = frozenset(
    ["هما", "كما", "تان", "تين", "تا", "تي", "ات", "ون", "ين", "ان", "وا", "ها", "هم", "نا", "كم", "ته", "ه", "ا"]
)
_FEMININE = frozenset(["تان", "تين", "تا", "تي", "ته", "ات"])


def _arabic_heads(word: str) -> set[str]:
    found = {word}
    if word[:1] and word[0] in "وفبكلسا":
        found |= {word[n:] for n in range(1, min(5, len(word) - 2)) if word[:n] in _ARABIC_PREFIXES}
    return found


def _arabic(word: str) -> set[str]:
    bare = _arabic_heads(word)
    found = set(bare)
    for head in bare:
        for length in range(1, min(4, len(head) - 2)):
            suffix = head[-length:]
            if suffix not in _ARABIC_SUFFIXES:
                continue
            stem = head[:-length]
            found.add(stem)
            # The feminine ending shows as t before a suffix and is folded to h at the end of a word.
            if suffix in _FEMININE:
                found.add(stem + "ه")
            elif stem[-1] == "ت":
                found.add(stem[:-1] + "ه")
            # The hamza that ends a word sits on another letter before a suffix: أجواء, أجوائها, أجواؤها.
            elif stem.endswith(("اي", "او")):
                found.add(stem[:-1] + "ء")
    return found


class _Endings:
    """Endings by their length, so that a word is asked a handful of questions however many endings there are."""

    def __init__(self, endings: str, rounds: int) -> None:
        by_length: dict[int, set[str]] = {}
        for ending in endings.split():
            by_length.setdefault(len(ending), set()).add(ending)
        self._by_length = tuple((length, frozenset(found)) for length, found in sorted(by_length.items()))
        self._rounds = rounds

    def strip(self, word: str, shortest: int) -> set[str]:
        """All that is left of a word after taking off up to `rounds` endings one after another."""
        found: set[str] = set()
        current = {word}
        for _ in range(self._rounds):
            stripped = set()
            for form in current:
                room = len(form) - shortest
                for length, endings in self._by_length:
                    if length > room:
                        break
                    if form[-length:] in endings:
                        stripped.add(form[:-length])
            current = stripped - found
            if not current:
                break
            found |= current
        return found


_PERSIAN = _Endings("هايي هاي ها يي اي ان ات ي ام اش شان مان تان ش م اند ست را", 2)


def _persian(word: str) -> set[str]:
    return _PERSIAN.strip(word, 3)


_SORANI = _Endings(
    "هكانيان هكاني هكانيش هكان هكهي هكه هكهش انهوه اني ان يكي يك يهكان يهكي يهكه كاني كان كهي كه يان مان تان هوه "
    "وه يش ش ي ه م ت دا را",
    3,
)


def _sorani(word: str) -> set[str]:
    return _SORANI.strip(word, 3)


_KURMANJI = _Endings("eke ekê ekî yên yan ek ên en an în in e a ê î i ye ya yê yî re ve", 2)


def _kurmanji(word: str) -> set[str]:
    return _KURMANJI.strip(word, 3)


def _turkish_endings() -> set[str]:
    """Case, plural, possessive and verb endings with both vowel harmonies, in folded spelling (ı is i)."""
    narrow = ("i", "u", "ü")
    wide = ("a", "e")
    found = {"leri", "lari", "ler", "lar", "le", "la", "yle", "yla", "ce", "ca", "ki", "mek", "mak", "me", "ma"}
    for v in wide:
        found |= {v, "y" + v, "n" + v, "d" + v, "t" + v, f"d{v}n", f"t{v}n", f"nd{v}", f"nd{v}n", f"{v}n", f"y{v}n"}
        found |= {f"{v}c{v}k", f"y{v}c{v}k", f"{v}c{v}ğ", f"y{v}c{v}ğ", f"m{v}kt{v}", f"s{v}", f"{v}r", f"m{v}l{v}ri"}
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
            f"d{v}ğ",
            f"t{v}ğ",
            f"{v}l",
            f"{v}p",
            f"l{v}",
            f"c{v}",
        }
    return found


_TURKISH = _Endings(" ".join(_turkish_endings()), 4)


def _turkish(word: str) -> set[str]:
    found = _TURKISH.strip(word, 2 if len(word) < 7 else 3)
    # A stem's last consonant is voiced before a vowel (birlik, birliği) or doubled (üs, üssü).
    softened = {"g": "k", "ğ": "k", "b": "p", "d": "t", "c": "ç"}
    more = {stem[:-1] + softened[stem[-1]] for stem in found if len(stem) > 2 and stem[-1] in softened}
    more |= {stem[:-1] for stem in found if len(stem) > 2 and stem[-1] == stem[-2]}
    return found | more


_HEBREW_PREFIXES = frozenset(
    [
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
    ]
)


def _hebrew_heads(word: str) -> set[str]:
    return {word} | {word[n:] for n in range(1, min(4, len(word) - 1)) if word[:n] in _HEBREW_PREFIXES}


def _hebrew(word: str) -> set[str]:
    bare = _hebrew_heads(word)
    return bare | {head[:-2] for head in bare if len(head) > 4 and head.endswith(("ים", "ות"))}


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
    import Stemmer  # only entries in these languages pay for it

    stemmer = Stemmer.Stemmer(name)
    # It keeps its own store of words beside ours, which would cost more than it saves.
    stemmer.maxCacheSize = 0
    stem: Callable[[str], str] = stemmer.stemWord
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
