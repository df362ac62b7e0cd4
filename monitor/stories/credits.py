"""Whose report it is: an outlet's own, or the agency's or other outlet's that it carries and credits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from monitor.model import BY_HAND, Alert, Feed

# Agencies whose reports others carry under their own name; a credit to one is the report's real source.
AGENCIES = {
    "reuters": "reuters",
    "afp": "afp",
    "ap": "ap",
    "associated press": "ap",
    "the associated press": "ap",
    "agence france-presse": "afp",
    "dpa": "dpa",
    "efe": "efe",
    "anadolu": "anadolu",
    "anadolu agency": "anadolu",
    "anadolu ajansı": "anadolu",
    "aa": "anadolu",
    "xinhua": "xinhua",
    "tass": "tass",
    "interfax": "interfax",
    "ria novosti": "ria",
    "ina": "ina",
    "irna": "irna",
    "sana": "sana",
    "رويترز": "reuters",
    "أ ف ب": "afp",
    "فرانس برس": "afp",
    "الأناضول": "anadolu",
    "واع": "ina",
    "رویترز": "reuters",
    "آناتولی": "anadolu",
    "خبرگزاری فرانسه": "afp",
    "آسوشیتدپرس": "ap",
    "أسوشيتد برس": "ap",
    "ڕۆیتەرز": "reuters",
    "رۆیتەرز": "reuters",
    "ئەنادۆڵ": "anadolu",
    "רויטרס": "reuters",
    "тасс": "tass",
    "рейтер": "reuters",
    "рейтерс": "reuters",
    "интерфакс": "interfax",
    "риа новости": "ria",
    "афп": "afp",
}
_CLOSING = re.compile(r"\s*(?:[(（\[]([^()\[\]]{2,30})[)\]）]|(?:\s[-–—|]\s)([^-–—|]{2,30}))\s*$")
# "BAGHDAD (Reuters) - ", "(AFP)" at an end, in the first or last words of a text.
_BRACKETED = re.compile(r"[(（\[]([^()\[\]]{2,30})[)\]）]")
_DATELINE = 90
_TAIL = 40
# An agency's name of so many letters is an abbreviation: AFP, TASS.
_SHORT = 4
# How much of a text may credit the report as a whole; a source named further down is one of several.
_OPENING = 320
# Words that credit somebody, before the name (all languages but Turkish, which puts them behind it).
_BEFORE = (
    r"according to|citing|quoting|told|reported by|via|نقلا عن|نقلاً عن|بحسب وكالة|وفق وكالة|لوكالة|بحسب|وفقا ل|"
    r"به نقل از|به گزارش|به گفته|بە گوتەی|بەگوێرەی|لە زاری|بەپێی|ji zarê|li gorî|ji|со ссылкой на|по данным|"
    r"сообщает|передает|передаёт|сообщило|агентству|selon|d['’]après|citant|cité par|לפי|על פי|דיווח|דיווחה|כך לפי"
)
_NOUN = r"(?:وكالة|خبرگزاری|ئاژانسی|ajansa|агентство|агентства|l['’]agence|agency|news agency|סוכנות)?"
_BEHIND = (
    r"['’]?(?:e|a|ye|ya|ne|na|nin|nın|nun|nün|in|ın|un|ün)?\s+(?:göre|haberine göre|aktardığına göre|duyurdu|bildirdi)"
)

# Letters that are one to an expression without case, and several to `str.lower`.
_ONE_CASE = str.maketrans("İıſᲀᲁᲂᲃᲄᲅ", "iisвдостт")
# A credit has one of these words in it, and a name: to look for them alone is quick.
_CUES = tuple(cue.rpartition("]")[2] for cue in (*_BEFORE.split("|"), "göre", "duyurdu", "bildirdi"))


def outlets(feeds: Iterable[Feed]) -> dict[str, str]:
    """What people call each family: its feeds' name without what tells them apart ("Kurdistan 24 (English)"), and the
    agencies'."""
    names = {family: family.upper() if len(family) <= _SHORT else family.title() for family in AGENCIES.values()}
    for feed in feeds:
        names.setdefault(feed.publisher, feed.name.split("(")[0].strip() or feed.publisher)
    for feed in feeds:
        if feed.publisher in AGENCIES.values():
            names[feed.publisher] = feed.name.split("(")[0].strip() or names[feed.publisher]
    names.setdefault(BY_HAND, "report added by hand")
    return names


def credited(title: str, labels: Mapping[str, str]) -> tuple[str, str | None]:
    """A headline without its closing credit, and the family the credit names: "… (Reuters)", "… - AFP".

    `labels` maps lower-case names of known outlets to families; an unknown label is no credit.
    """
    match = _CLOSING.search(title)
    if match is None:
        return title, None
    family = _family((match[1] or match[2]).strip(), labels)
    return (title[: match.start()], family) if family else (title, None)


def source_of(alert: Alert, labels: Mapping[str, str]) -> str:
    """The family of a report: that of its RSS <source>, else the one its text credits, else its feed's.

    An unknown <source> is a family of its own.
    """
    label = (alert.entry.source_label or "").casefold()
    if label:
        return _family(label, labels) or label
    text = alert.entry.summary or alert.entry.text
    return _text_credit(text, labels) or alert.family


def _family(name: str, labels: Mapping[str, str]) -> str | None:
    folded = name.casefold().strip()
    return AGENCIES.get(folded) or labels.get(folded)


def _text_credit(text: str, labels: Mapping[str, str]) -> str | None:
    """Whom a text credits as a whole: in its dateline, at its end, or by "according to NAME" in its first lines."""
    if not text:
        return None
    for part in (text[:_DATELINE], text[-_TAIL:]):
        for match in _BRACKETED.finditer(part):
            family = _family(match[1], labels)
            if family is not None:
                return family
    names, told = _told_by(tuple(sorted(labels)))
    opening = text[:_OPENING]
    lowered = opening.translate(_ONE_CASE).lower()
    perhaps = any(cue in lowered for cue in _CUES) and any(name in lowered for name in names)
    found = told.search(opening) if perhaps else None
    return _family(found[1] or found[2], labels) if found is not None else None


@lru_cache(maxsize=8)
def _told_by(names: tuple[str, ...]) -> tuple[tuple[str, ...], re.Pattern[str]]:
    """The outlets' and agencies' names in small letters, and one expression that finds a credit to any of them. Short
    names must be capitals or stand alone: "ap" is also a syllable."""
    known = sorted({*AGENCIES, *(name for name in names if len(name) > 3)}, key=lambda name: (-len(name), name))
    one = "|".join(re.escape(name) for name in known)
    lowered = tuple(name.translate(_ONE_CASE).lower() for name in known)
    told = rf"\b(?:{_BEFORE})\s*{_NOUN}\s*(?:ال|l['’]|the )?({one})\b|\b({one}){_BEHIND}\b"
    return lowered, re.compile(told, re.IGNORECASE)
