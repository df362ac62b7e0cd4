"""Text to words: tokens with exact spans, folded so that spelling variants meet, with the forms a word may stand for.

Folding is done word by word on the original text, so a span always counts code points of the text as it was read.
What is folded: case, compatibility forms (NFKC), diacritics that writers drop, Turkish dotted and dotless i, the Arabic
script's letter variants, tatweel, invisible marks, all scripts' digits.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from monitor.language.inflection import forms

# Marks that belong to a word though Python's \w leaves them out: accents, Hebrew points, Arabic vowel signs.
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed"
)
# Invisible: soft hyphen, zero-width space, ZWJ, direction marks, overrides, isolates, word joiner, BOM. Not ZWNJ.
_HIDDEN = "\u00ad\u200b\u200d-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
_ZWNJ = "\u200c"
_LETTERS = rf"[^\W\d_{_HIDDEN}]"
_WORD = rf"{_LETTERS}(?:[\w{_MARKS}{_HIDDEN}{_ZWNJ}]|(?<=\w)['’ʼ`׳״\"](?={_LETTERS}))*"
# A quotation mark inside a word is only right in Hebrew acronyms (צה"ל).
_WORD = _WORD.replace('\\"', "")
_TOKEN = re.compile(
    rf"(?P<acronym>(?<!\w)(?:[A-Za-z]\.){{2,}})"
    rf"|(?P<number>\d+(?:[.,٬٫’]\d+)*)"
    rf"|(?P<hebrew>[\u05d0-\u05ea][\u05d0-\u05ea{_MARKS}]*[\"״][\u05d0-\u05ea]{{1,2}}(?!\w))"
    rf"|(?P<clitic>(?<!\w)[وفبكل]ـ?(?=\d))"
    rf"|(?P<bound>(?:de|re|non|pre|co|counter)-(?={_LETTERS}){_WORD})"
    rf"|(?P<word>{_WORD})",
    re.IGNORECASE,
)
# A run of marks is looked at from its beginning alone, or "!!!!…" would cost its square. All begins with one set of
# characters, so that the search can skip to the next of them.
_BREAK = re.compile(
    r"[.!?…؟۔:;\n/|](?:(?<![\n/|])(?<![.!?…؟۔:;]{2})[.!?…؟۔:;]*[\"'”’»)\]]*(?=\s|$)|(?<=\n)\n*|(?<=[.!?؟۔])(?=[\"”»])"
    # A digest sets its headlines side by side: "A / B | C".
    r"|(?<=[\s\u0600-\u06ff][/|])(?=\s))"
)
# "2. Kolordu": in Turkish a number with a dot is an ordinal.
_ORDINAL = re.compile(r"(?<!\d)\d{1,3}\.$")
_ABBREVIATED = re.compile(
    r"(?:\b(?:[A-Za-zА-Яа-я]|lt|gen|maj|col|capt|sgt|brig|adm|cmdr|mr|mrs|ms|dr|st|no|vs|gov|sen|rep"
    r"|jan|feb|aug|sept|sep|oct|nov|dec|тыс|млн|млрд|гг|им|ген|янв|фев|авг|сент|окт|нояб|дек)\."
    r"|(?:[A-Za-z]\.){2,})$",
    re.IGNORECASE,
)

_FOLD = str.maketrans(
    {
        **dict.fromkeys("أإآٱ", "ا"),
        **dict.fromkeys("ىیېێۍﻯ", "ي"),
        **dict.fromkeys("ئ", "ي"),
        **dict.fromkeys("کڪ", "ك"),
        **dict.fromkeys("ةەھہۀۂ", "ه"),
        **dict.fromkeys("ؤۆۇۊ", "و"),
        **dict.fromkeys("ڕ", "ر"),
        **dict.fromkeys("ڵ", "ل"),
        "ı": "i",
        "ё": "е",
        "ß": "ss",
        **dict.fromkeys("ـʿʾʻʼ’'`׳״\"\u200c", None),
        **dict.fromkeys(
            map(chr, [0xAD, 0x200B, *range(0x200D, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF]),
            None,
        ),
    }
)
_UNQUOTED = str.maketrans("", "", "'`\"")
# Letters that are what they should be already: no mark to drop, no digit of another script.
_PLAIN = re.compile("[a-z0-9çşğöüа-яא-תءابت-غف-هويپچژگڤ]*")
# No word is longer; what runs on is read by its beginning.
_LONGEST = 64
# Letters whose dots are part of the letter to their readers: ç ş ğ ö ü stay, é ê î û à lose their accent.
_KEPT_MARKS = {"\u0327", "\u0306", "\u0308"}
_TRAILING = {"ها", "هاي", "هايي", "اي", "ام", "ات", "اش", "اند", "تر", "ترين", "شان", "مان", "هايش", "هايشان"}
_LEADING = {"مي", "نمي"}
# The same written with a blank, as many desks do: می شود, نیرو های. "ماه می" is the month of May.
# The pattern begins with the blank, which a search finds at once.
_APART = re.compile(
    r" (?:(?=ها(?:[یي]{1,2}|[یي]?ش(?:ان)?)?(?![^\W\d_])|اند(?![^\W\d_]))(?<=[آ-ی] )"
    r"|(?=[آ-ی])(?:(?<=\Wم[یي] )|(?<=\Wنم[یي] )|(?<=^م[یي] )|(?<=^نم[یي] ))(?<!ماه م[یي] ))"
)


class Token(NamedTuple):
    """One word: its span in the field, `folded`, the `forms` it may stand for, its sentence. `raw` keeps the case.

    A named tuple, since an entry has hundreds and nothing else is made as fast.
    """

    raw: str
    folded: str
    forms: frozenset[str]
    start: int
    end: int
    sentence: int
    paragraph: int


class Piece(NamedTuple):
    """A word as it stands in any text: its token without a place, and where in its chunk it begins and ends."""

    raw: str
    folded: str
    forms: frozenset[str]
    start: int
    end: int


def fold(word: str, lang: str = "") -> str:
    """One word in the spelling that all its variants share. Idempotent.

    Kurmanji keeps ê î û, which tell its words apart (dê "will", de "in"); other writers drop the circumflex.
    """
    if word.isascii():
        return word.lower() if word.isalnum() else word.lower().translate(_UNQUOTED)
    if _PLAIN.fullmatch(word):
        return word
    text = unicodedata.normalize("NFKC", word).translate(_FOLD).casefold().translate(_FOLD)
    # "Responsible" is written with either hamza: مسؤول, مسئول.
    text = text.replace("مسيول", "مسوول")
    if _PLAIN.fullmatch(text):
        return text
    kept: list[str] = []
    for char in unicodedata.normalize("NFD", text):
        if unicodedata.category(char) == "Mn":
            mark = char in _KEPT_MARKS and kept and kept[-1] in "csgouи"
            if mark or (lang == "kmr" and char == "\u0302" and kept and kept[-1] in "eiu"):
                kept.append(char)
            continue
        digit = unicodedata.decimal(char, None)
        kept.append(char if digit is None else str(digit))
    return unicodedata.normalize("NFC", "".join(kept)).translate(_FOLD)


@lru_cache(maxsize=32_768)
def _analysed(raw: str, lang: str) -> tuple[tuple[int, int, str, frozenset[str]], ...]:
    """The words inside one piece of text: (offset, end, folded, forms). A ZWNJ parts a word unless a suffix follows."""
    if lang == "ckb" and _ZWNJ in raw:
        raw_parts = [(0, len(raw), fold(raw, lang))]
    elif _ZWNJ in raw:
        raw_parts = _zwnj_parts(raw)
    elif "'" in raw or "’" in raw or "ʼ" in raw or "`" in raw:
        raw_parts = _apostrophe_parts(raw, lang)
        if len(raw_parts) == 1 and lang not in ("fr", "ar", "fa", "he", "ckb"):
            folded = raw_parts[0][2]
            if not folded:
                return ()  # an apostrophe that Unicode counts among the letters, alone
            head = fold(re.split(r"['’ʼ`]", raw, maxsplit=1)[0], lang)
            extra = forms(head, lang) if len(head) > 1 else frozenset()
            return ((0, len(raw), folded, forms(folded, lang) | extra),)
    else:
        raw_parts = [(0, len(raw), fold(raw, lang))]
    return tuple((a, b, folded, forms(folded, lang)) for a, b, folded in raw_parts if folded)


def _zwnj_parts(raw: str) -> list[tuple[int, int, str]]:
    parts: list[tuple[int, int, str]] = []
    position = 0
    for piece in raw.split(_ZWNJ):
        start, end = position, position + len(piece)
        position = end + 1
        folded = fold(piece)
        if not folded:
            continue
        if parts and (folded in _TRAILING or parts[-1][2] in _LEADING):
            parts[-1] = (parts[-1][0], end, parts[-1][2] + folded)
        else:
            parts.append((start, end, folded))
    return parts


_ELISION = re.compile(r"(?:l|d|qu|n|s|j|c|m|t|jusqu|lorsqu|puisqu)['’ʼ]", re.IGNORECASE)


def _apostrophe_parts(raw: str, lang: str) -> list[tuple[int, int, str]]:
    """French elision makes two words of one; elsewhere the apostrophe is dropped."""
    elided = _ELISION.match(raw) if lang == "fr" else None
    if elided:
        return [(0, elided.end() - 1, fold(elided.group())), (elided.end(), len(raw), fold(raw[elided.end() :]))]
    return [(0, len(raw), fold(raw, lang))]


def breaks(text: str, lang: str) -> list[tuple[int, bool]]:
    """Where sentences end: (offset, also a paragraph?)."""
    found: list[tuple[int, bool]] = []
    for match in _BREAK.finditer(text):
        mark = match.group()
        if mark[0] in ":;":
            continue
        ordinal = lang == "tr" and mark == "." and _ORDINAL.search(text, max(0, match.start() - 4), match.end())
        if ordinal and text[match.end() : match.end() + 2].strip()[:1].isalpha():
            continue
        if (
            mark[0] == "."
            and len(mark.rstrip("\"'”’»)]")) == 1
            # No abbreviation has five letters, and most sentences end with a word that has.
            and not (match.start() > 4 and text[match.start() - 5 : match.start()].isalpha())
            and _ABBREVIATED.search(text[max(0, match.start() - 8) : match.start() + 1])
        ):
            follows = text[match.end() : match.end() + 2].strip()
            # "the U.S. It said": an abbreviation may end a sentence; we only know when nothing follows.
            if follows:
                continue
        found.append((match.end(), "\n" in mark))
    return found


def mended(text: str, lang: str) -> str:
    """The text with the Persian blanks that part no words made joiners; no longer and no shorter than before."""
    return _APART.sub(_ZWNJ, text) if lang == "fa" else text


def pieces(chunk: str, lang: str) -> tuple[Piece, ...]:
    """The words of a chunk: a stretch of text without blanks, over whose ends no word reaches."""
    found: list[Piece] = []
    # A hashtag writes its blanks as underscores: #القوات_الأمريكية.
    if "_" in chunk:
        chunk = chunk.replace("_", " ")
    for match in _TOKEN.finditer(chunk):
        kind, raw, start = match.lastgroup, match.group(), match.start()
        if kind == "acronym":
            raw = raw[:_LONGEST].replace(".", "")
            folded = fold(raw, lang)
            found.append(Piece(raw, folded, forms(folded, lang), start, match.end()))
        elif kind == "bound":
            folded = fold(raw[:_LONGEST].replace("-", "", 1), lang)
            found.append(Piece(raw, folded, forms(folded, lang), start, match.end()))
        else:
            found += [
                Piece(raw[a:b], folded, known, start + a, start + b)
                for a, b, folded, known in _analysed(raw[:_LONGEST], lang)
            ]
    return tuple(found)


_known_pieces = lru_cache(maxsize=32_768)(pieces)


def tokenize(text: str, lang: str, sentence: int = 0, paragraph: int = 0) -> tuple[Token, ...]:
    """All words of one field, in order; sentences and paragraphs are numbered on. Linear in the length of the text."""
    ends = [*breaks(text, lang), (len(text) + 1, False)]
    tokens: list[Token] = []
    new = tuple.__new__
    at, (limit, ends_paragraph) = 0, ends[0]
    position = 0
    text = mended(text, lang)
    for chunk in text.split():
        begin = text.index(chunk, position)
        position = begin + len(chunk)
        for raw, folded, found, start, end in (_known_pieces if len(chunk) <= _LONGEST else pieces)(chunk, lang):
            while limit <= begin + start:
                # Two breaks with no word between them are one.
                if tokens and tokens[-1].sentence == sentence:
                    sentence += 1
                if ends_paragraph and tokens and tokens[-1].paragraph == paragraph:
                    paragraph += 1
                at += 1
                limit, ends_paragraph = ends[at]
            # What Token(…) does, without the call of a function.
            tokens.append(new(Token, (raw, folded, found, begin + start, begin + end, sentence, paragraph)))
    return tuple(tokens)


_SORANI = set("ەێۆڕڵڤ")
_PERSIAN = set("پچژگکی")
_UKRAINIAN = set("іїєґ")


def language_of(text: str, declared: str | None) -> str:
    """The language to read a text in: the feed's, unless the script says otherwise. `ku` is settled by the script.

    Returns one of en ar fa ckb kmr tr he ru fr.
    """
    script = _script(text, declared)
    if declared == "ku":
        declared = "kmr" if script == "latin" else "ckb"
    if declared in _BY_SCRIPT[script]:
        return str(declared)
    if script == "arabic":
        letters = set(text)
        if letters & _SORANI:
            return "ckb"
        return "fa" if letters & _PERSIAN - {"ی", "ک"} or len(letters & {"ی", "ک"}) == 2 else "ar"
    if script == "hebrew":
        return "he"
    if script == "cyrillic":
        return "ru"
    return _latin(text)


def _latin(text: str) -> str:
    lowered = text.lower()
    # A dotted capital is enough: headlines are short, and no other of the languages writes it.
    if (
        "İ" in text
        or any(char in lowered for char in "ğı")
        or ("ş" in lowered and not any(char in lowered for char in "êîû"))
    ):
        return "tr"
    if any(char in lowered for char in "êîû") and re.search(r"\b(?:li|ji|ku|bo|di|û)\b", lowered):
        return "kmr"
    if any(char in lowered for char in "éèàçêùœ") and re.search(r"\b(?:les?|la|des?|du|en|et)\b", lowered):
        return "fr"
    return "en"


def _script(text: str, declared: str | None) -> str:
    """The script that most letters of the first 400 characters are in; that of the declared language is tried first."""
    head = text[:400]
    if head.isascii():
        return "latin"
    first = _SCRIPT_OF.get(declared or "", "latin")
    counts: dict[str, int] = {}
    for name in (first, *_SCRIPTS):
        counts[name] = sum(map(len, _SCRIPTS[name].findall(head)))
        if 2 * counts[name] > len(head):
            return name
    return max(_SCRIPTS, key=lambda name: counts[name])


_BY_SCRIPT = {
    "arabic": ("ar", "fa", "ckb"),
    "hebrew": ("he",),
    "cyrillic": ("ru",),
    "latin": ("en", "tr", "kmr", "fr"),
}
_SCRIPT_OF = {lang: script for script, langs in _BY_SCRIPT.items() for lang in langs}
_SCRIPTS = {
    "latin": re.compile("[" + "".join(char for char in map(chr, range(0x250)) if char.isalpha()) + "]+"),
    "arabic": re.compile("[\u0600-\u077f\ufb50-\ufeff]+"),
    "hebrew": re.compile("[\u0590-\u05ff]+"),
    "cyrillic": re.compile("[\u0400-\u052f]+"),
}
