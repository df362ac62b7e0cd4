"""The time that a verb's form tells, where a language writes it into the ending: выведет, confiera, سينسحب, çekilecek.

Only words that a rule has found as its event are asked, and the verb that closes a sentence; so a form need not be told
from all nouns of a language, but from those that rules hold beside verbs.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Literal

from monitor.language.words import Token, fold

Tense = Literal["future", "present", "past"]


def _row(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _any_of(words: str, lang: str) -> str:
    """A pattern for any of these words, folded."""
    return f"(?:{'|'.join(fold(word, lang) for word in words.split())})"


# What makes a past of the participle behind it.
_AUXILIARIES = {
    "en": _row("has have had was were been"),
    "fr": _row("a ont est sont avait avaient fut furent été"),
}


def tense_of(token: Token, lang: str, before: Token | None = None) -> Tense | None:
    """What the form of a word, with the word `before` it, tells of its time; None for what tells nothing, or is no
    verb. No lexicon is asked."""
    if lang not in _READERS:
        return None
    if before is not None and before.raw.casefold() in _AUXILIARIES.get(lang, ()) and _participle(token, lang):
        return "past"
    return _tense(lang, token.raw.casefold() if lang == "fr" else token.folded)


# Participles that end in a mute e.
_FRENCH_FEMININE = re.compile(r"\w+(?:[iu]e|ise|ite|erte|oute|ute|cte|inte)s?")


def is_present(token: Token, lang: str) -> bool:
    """Whether a word that folding makes the participle of a French verb is its present: ferme, and not fermé."""
    word = token.raw.casefold()
    plain = lang == "fr" and word.endswith(("e", "es")) and "é" not in word[-3:]
    # Capitals are written without their accents.
    return plain and not token.raw.isupper() and not _FRENCH_FEMININE.fullmatch(word)


def _participle(token: Token, lang: str) -> bool:
    """Whether a word behind an auxiliary is likely its participle, and no "has bases", "is moving", "a des troupes"."""
    word = token.raw.casefold()
    if lang == "en":
        return not word.endswith(("s", "ing")) and len(word) > 2
    return len(word) > 3 and word.endswith(
        ("é", "ée", "és", "ées", "i", "ie", "is", "u", "ue", "us", "ues", "it", "rt")
    )


@lru_cache(maxsize=4096)
def _tense(lang: str, word: str) -> Tense | None:
    return _READERS[lang](word)


_ENGLISH_ADJECTIVES = _row(
    "armed united based allied advanced combined unmanned uniformed reserved need speed seed feed red bed"
)


# One that is also the present or a noun (set, cut, lead) tells nothing.
_ENGLISH_PASTS = _row(
    "sent flew flown left fell fallen drew drawn withdrew withdrawn went gone came drove driven brought "
    "gave given took taken threw thrown built dug fled made met sped swept swung shrank shrunk held led "
    "paid sold shipped began begun kept stood stuck rode ridden broke broken sank sunk swore sworn sprang "
    "sprung wound found got lost"
)


def _english(word: str) -> Tense | None:
    regular = len(word) > 4 and word.endswith("ed") and word not in _ENGLISH_ADJECTIVES
    return "past" if regular or word in _ENGLISH_PASTS else None


# Accents are what tells a participle from a present: retiré, retire.
_FRENCH_FUTURE = re.compile(r"\w{2,}r(?:a|ont|ons)")
_FRENCH_PARTICIPLE = re.compile(r"\w{2,}ée?s?")
_FRENCH_NOUNS = _row("armée armées entrée arrivée levée montée tournée journée année années caméra opéra")


def _french(word: str) -> Tense | None:
    if word in _FRENCH_NOUNS:
        return None
    if _FRENCH_FUTURE.fullmatch(word):
        return "future"
    return "past" if _FRENCH_PARTICIPLE.fullmatch(word) else None


# Russian writes its future as the present of a perfective verb. Secondary imperfectives are known by their suffix, the
# verbs of motion by their stem, verbs without a prefix are imperfective but for a few.
_RUSSIAN_PAST = re.compile(r"\w+[аеиоуыя]л[аои]?(?:с[ья])?|\w*(?:ш|с|з|г|к|р)ел|\w*(?:шл|сл|зл|гл|кл)[аои](?:с[ья])?")
# "свернут" is "has been rolled up" and "will roll up" alike; the ё that would tell is seldom written.
_RUSSIAN_SHORT = re.compile(r"\w{3,}(?:(?:ен|дан|зван|слан|бран)[аоы]?|нут[аоы])")
_RUSSIAN_EITHER = re.compile(r"\w{3,}нут")
_RUSSIAN_NONPAST = re.compile(r"\w{2,}(?:ет|ит|ут|ют|ят|[жшщч]ат|аст|адут)(?:ся)?")
_RUSSIAN_SUFFIX = re.compile(r"\w+(?:[ая][ею]т|у[ею]т|(?:вод|воз|ход|нос|езд|держ|леж)(?:ит|ят|ат))(?:ся)?")
_RUSSIAN_BOTH = re.compile(r"(?:с|рас|пере|за|об|от|вы|де)\w+(?:ир|из)у[ею]т(?:ся)?")
_RUSSIAN_PREFIX = re.compile(
    r"(?:вз|вс|воз|вос|вы|до|за|из|ис|на|об|от|пере|по|под|при|про|раз|рас|со?|у|в)(?=\w{3})|"
    r"(?:брос|лиш|реш|пуст|верн|двин|ста[нв]|конч)(?=[еиуя])|да(?:ст|дут)"
)
_RUSSIAN_UNPREFIXED = re.compile(r"(?:вед|вез|строи|строя|стои|стоя|след|вою|служ|сид|содерж|висит)\w*")
_RUSSIAN_NOUNS = re.compile(
    r"\w*(?:[сз]амен|смен|обмен|отмен|крыл|тыл|начал|отдел|сил|совет|ответ|привет|самолет|вертолет|полет|[вн]злет|налет|вылет"
    r"|перелет|ракет|пакет|бюджет|итет|запрет|отчет|расчет|кабинет|визит|транзит|лимит|дефицит|кредит|маршрут|институт|статут"
    r"|салют|приют|(?:пуле|мино|гранато|огне)мет|предмет|контраст|возраст)[аоы]?"
)


def _russian(word: str) -> Tense | None:
    if len(word) < 4 or _RUSSIAN_NOUNS.fullmatch(word):
        return None
    if _RUSSIAN_PAST.fullmatch(word) or _RUSSIAN_SHORT.fullmatch(word):
        return "past"
    if not _RUSSIAN_NONPAST.fullmatch(word) or _RUSSIAN_EITHER.fullmatch(word):
        return None
    if _RUSSIAN_SUFFIX.fullmatch(word):
        return "future" if _RUSSIAN_BOTH.fullmatch(word) else "present"
    if _RUSSIAN_UNPREFIXED.fullmatch(word) or not _RUSSIAN_PREFIX.match(word):
        return "present"
    return "future"


_ARABIC_FUTURE = re.compile(r"[وف]?س[يتن]\w{3,}")
_ARABIC_NO_FUTURE = re.compile(r"[وف]?(?:سيطر|سيار|سياس|سيناري|سيادة|سياده|ستار|ستين|سترات|سيول)\w*")
# A perfect in -t (not the plural -at), or one of the patterns whose verbal noun has an alef before its last letter:
# ارسل and ارسال, انسحب and انسحاب.
_ARABIC_PAST = re.compile(r"[وف]?(?:\w{3,6}[^ايوه\W]ت|\w{3,6}وا|ا[^اي]{3}|ا(?:ن|ست|[^اي]ت)[^ا]{2,3})")


def _arabic(word: str) -> Tense | None:
    if _ARABIC_FUTURE.fullmatch(word) and not _ARABIC_NO_FUTURE.fullmatch(word):
        return "future"
    return "past" if word[0] not in "ين" and _ARABIC_PAST.fullmatch(word) else None


_PERSIAN_STEMS = (
    "کرد شد داد گرفت رفت زد گذاشت انداخت بست نشست رسید رساند کشید یافت ساخت فرستاد برد آورد آمد خواند نهاد پیوست گماشت "
    "گسترد گشود راند افزود کاست سپرد پذیرفت گشت پیمود نشاند کوچید گنجاند پرداخت گستراند شکست گفت خاست چید ماند "
    "افتاد داشت"
)
_PERSIAN_PAST = re.compile(
    rf"(?:در|بر|فرا|باز|وا|فرو)?{_any_of(_PERSIAN_STEMS, 'fa')}"
    r"(?:م|يم|يد|ند|ه|هاند|هام)?"
)
_PERSIAN_PRESENT = re.compile(r"مي\w{1,9}(?:د|ند|يم)")
_PERSIAN_NOUNS = _row("ميلاد ميعاد")


def _persian(word: str) -> Tense | None:
    if word.startswith("خواه") and len(word) > 4:
        return "future"
    if _PERSIAN_PRESENT.fullmatch(word) and word not in _PERSIAN_NOUNS:
        return "present"
    return "past" if _PERSIAN_PAST.fullmatch(word) else None


_SORANI_PASTS = (
    "کرد کردن کردی کردیان کردەوە کردووە کردوون کردووەتەوە کرا کران کرایەوە کرانەوە کراوە کراون نارد ناردن ناردی "
    "ناردیان ناردووە سپارد سپاردن سپاردی برد بردن بردی بردیان بردەوە هێنا هێنان هێنای هێنایەوە گەیاند گەیشت "
    "گەیشتن گەیشتە گەیشتنە گەیشتووە گەیشتوون چوو چوون چووە چوونە چوونەتە کەوت کەوتن کەوتە کەوتنە کەوتوون خست خستە "
    "خستن داخرا دانرا دانران نێردرا نێردران ئەنجامدرا وەرگرت وەرگیرا گرت گرتن گرتە بەست دابەزێنران دابەزین نیشتن "
    "نیشتنەوە درا دران هات هاتن هاتە هاتنە ڕۆیشت ڕۆیشتن کێشا کێشران کشان کشایەوە هێشت دامەزراند پێکهێنا بوو بوون "
    "هێنایەوە نیشتەوە پەڕینەوە پەڕییەوە کشا کشاند کشاندەوە کشانەوە گەڕایەوە گەڕانەوە ناردوویەتی ناردووەتە ناردە "
    "گەیاندە گەیاندنە گواست گواستەوە دانا پێچایەوە هاتنەناو چوونەناو چووەناو هێنایە هێناوەتە"
)
_SORANI_PAST = re.compile(rf"\w*{_any_of(_SORANI_PASTS, 'ckb')}")
# The present with its prefix inside the verb: دەنێرێت, دادەخات, وەردەگرن.
_SORANI_PRESENT = re.compile(
    rf"{_any_of('هەڵ دا دەر ڕا وەر بەجێ جێ لێ پێ', 'ckb')}?(?:ي|يان)?{fold('دە', 'ckb')}\w+"
    rf"{_any_of('ات ن یت اتەوە نەوە یتەوە', 'ckb')}"
)
_SORANI_NOUNS = re.compile(rf"{_any_of('دەریا دەست دەسەڵات دەوڵەت دەرچوون دەرکردن دەنگ دەزگا', 'ckb')}\w*")


def _sorani(word: str) -> Tense | None:
    if _SORANI_PRESENT.fullmatch(word) and not _SORANI_NOUNS.fullmatch(word):
        return "present"
    return "past" if _SORANI_PAST.fullmatch(word) else None


_KURMANJI_PRESENT = re.compile(r"(?:ve|wer|der|ra|hil|da)?di\w+(?:e|in)")
_KURMANJI_PAST = re.compile(
    r"(?:ve|wer|der|ra|hil|da)?"
    r"(?:kir|kirin|kiriye|kirine|bir|birin|anî|anîn|şand|şandin|ket|ketin|ketine|keft|çû|çûn|çûne|girt|girtin|hat|hatin|hatine|da|dan|daye"
    r"|xist|xistin|gihîşt|gihîştin|gihaşt|gihan|kişiya\w*|kişand\w*|guhast|guhest|geriya\w*|kişîn|bû|bûn|bûye|bûne|man|ma|danî|danîn|hinart\w*|hişt\w*|gerand\w*|revî\w*|reviya\w*|terikand\w*|avêt\w*)"
)


def _kurmanji(word: str) -> Tense | None:
    if len(word) > 3 and _KURMANJI_PRESENT.fullmatch(word):
        return "present"
    return "past" if _KURMANJI_PAST.fullmatch(word) else None


_READERS: dict[str, Callable[[str], Tense | None]] = {
    "en": _english,
    "fr": _french,
    "ru": _russian,
    "ar": _arabic,
    "fa": _persian,
    "ckb": _sorani,
    "kmr": _kurmanji,
}
