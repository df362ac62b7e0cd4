"""Made-up entries for benchmarks: seeded, of the size and mixture of a day's news, from no outlet's text.

The filling is common words of each language among words that mean nothing, as frequent as words are (Zipf); into it
go terms of the shipped lists, and into one of twenty entries a sentence that reports a change.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from monitor.language.facilities import gazetteer
from monitor.language.lexicon import lexicon
from monitor.model import Entry, Feed

SIZE = 1_500  # bytes of UTF-8
_RARE = 20_000  # words of a language that mean nothing
_START = datetime(2026, 1, 1, tzinfo=UTC)
# A third in Arabic script.
SHARES = {"en": 40, "ar": 20, "fa": 8, "ckb": 5, "tr": 9, "ru": 8, "fr": 6, "he": 2, "kmr": 2}
_COMMON = {
    "en": "the of and to in a is that for it was on with as at by from are this have has be its an which or one had not "
    "but their more year also been were first people new city market said will would could after two school price "
    "water road team season company minister report government week family house court film market health",
    "ar": "في من على إلى عن أن التي الذي هذا هذه كان كانت قد بعد بين مع كل ما لا لم هو هي ذلك خلال عام يوم حيث قال "
    "وقال أكد رئيس وزير حكومة مدينة سوق أسعار ماء طريق فريق شركة تقرير أسبوع عائلة محكمة فيلم صحة جديد أول مدرسة",
    "fa": "در از به که این را با است برای آن یک خود تا کرد بر هم نیز شد شده بود گفت سال روز شهر بازار قیمت آب راه تیم "
    "شرکت وزیر گزارش دولت هفته خانواده خانه دادگاه فیلم سلامت جدید اول مدرسه می‌شود می‌کند کتاب‌ها",
    "ckb": "لە و بۆ کە بە ئەم ئەو لەگەڵ دوای ساڵ ڕۆژ شار بازاڕ نرخ ئاو ڕێگا تیم کۆمپانیا وەزیر ڕاپۆرت حکومەت هەفتە خێزان "
    "ماڵ دادگا فیلم تەندروستی نوێ یەکەم قوتابخانە گوتی دەکات کرد بوو",
    "tr": "ve bir bu da de için ile olarak çok daha gibi kadar sonra olan en ne ama yıl gün şehir piyasa fiyat su yol takım "
    "şirket bakan rapor hükümet hafta aile ev mahkeme film sağlık yeni ilk okul dedi oldu etti",
    "ru": "и в на что с по не из к за от для это как но его был она они год день город рынок цена вода дорога команда "
    "компания министр доклад правительство неделя семья дом суд фильм здоровье новый первый школа сказал",
    "fr": "de la le et les des en un une du que pour dans qui sur par au avec est il sont plus cette année jour ville marché "
    "prix eau route équipe société ministre rapport gouvernement semaine famille maison tribunal film santé école dit",
    "he": "של את על לא הוא זה עם גם כי אל היא אבל יותר אחרי שנה יום עיר שוק מחיר מים כביש קבוצה חברה שר דוח ממשלה שבוע "
    "משפחה בית סרט בריאות חדש ראשון אמר",
    "kmr": "û li ji bo ku di de bi ev ew jî sal roj bajar bazar av rê tîm şirket wezîr rapor hikûmet hefte malbat mal "
    "dadgeh fîlm tenduristî nû yekem dibistan got kir bû",
}
_SYLLABLES = {
    "latin": ("ba co di fer gan hol jin kor la mer nos pel qua ri sten tov ul vey wor zen", "", "s ed ing ly er al"),
    "turkish": ("ba ço di fer gü hol jin kır la mer nös pel şu rı sten tov ül vey yor zen", "", "lar ler da nın ı i"),
    "arabic": ("با تو دي سر جن حل خر كم لا مر نس بل قع رف ست طو عل في غر زم", "و ال وال ب", "ات ة ين ها"),
    "sorani": ("با تۆ دی سەر گۆ حەل خر کەم لا مێ نس پەل قۆ ڕە ست تو ئە ڤی غر زم", "", "ەکە ان ی ەکان"),
    "hebrew": ("בא גו די הר ונ זל חר טמ לא מר נס פל קע רף שת תו על כי בר צמ", "ה ו ב ל", "ים ות"),
    "cyrillic": ("ба го ди вер жан хол зин кор ла мер нос пел сту ри стен тов ул вей вор ян", "", "ов ами ый ать ом"),
}
_SCRIPT = {"ar": "arabic", "fa": "arabic", "ckb": "sorani", "tr": "turkish", "ru": "cyrillic", "he": "hebrew"}
# What makes an entry an alert in the lane *changes*; {0} is the name of a base.
_REPORTS = {
    "en": "The coalition handed over {0} to the Iraqi army on Sunday, officials said.",
    "ar": "انسحبت القوات الأمريكية من قاعدة {0} يوم الأحد.",
    "fa": "نیروهای آمریکایی از پایگاه {0} عقب‌نشینی کردند.",
    "ckb": "هێزەکانی ئەمریکا لە بنکەی {0} کشانەوە.",
    "tr": "ABD askerleri {0} üssünden çekildi.",
    "ru": "Американские войска покинули базу {0} в воскресенье.",
    "fr": "Les troupes américaines se sont retirées de la base de {0} dimanche.",
    "he": "כוחות אמריקאים נסוגו מהבסיס {0} ביום ראשון.",
    "kmr": "Leşkerên Amerîkayê ji baregeha {0} vekişiyan.",
}
_MARKS = (*(["."] * 10), "?", "!", "؟")


class Words:
    """One language's filling."""

    def __init__(self, lang: str, chance: random.Random) -> None:
        self.common = _COMMON[lang].split()
        parts, before, behind = (part.split() or [""] for part in _SYLLABLES[_SCRIPT.get(lang, "latin")])
        rare: dict[str, None] = {}
        while len(rare) < _RARE:
            word = "".join(chance.choices(parts, k=chance.choice((1, 2, 2, 3, 3, 4))))
            rare[chance.choice(["", "", *before]) + word + chance.choice(["", "", *behind])] = None
        self.all = [*self.common, *rare]
        # As often as its rank says, a little flatter at the top so that no word stands in every sentence.
        self.weights = list(accumulate(1 / (rank + 3) for rank in range(len(self.all))))
        self.terms = _terms(lang)
        self.bases = _bases(lang)

    def sentence(self, chance: random.Random, term: str | None = None) -> str:
        """Some ten to twenty words, and a term among them."""
        words = chance.choices(self.all, cum_weights=self.weights, k=chance.randint(8, 22))
        if term is not None:
            words.insert(chance.randrange(len(words)), term)
        if chance.random() < 0.3:
            words[chance.randrange(len(words))] += ","
        if chance.random() < 0.15:
            words.insert(chance.randrange(len(words)), str(chance.randint(1, 3000)))
        words[0] = words[0][:1].upper() + words[0][1:]
        return " ".join(words) + chance.choice(_MARKS)


def _terms(lang: str) -> list[str]:
    """Single words of the shipped lists, wildcards and confusers left out: one alone makes no report."""
    lists = lexicon(lang).lists
    return sorted(
        {
            term.strip('"=')
            for name, listed in lists.items()
            if not name.startswith("confuse")
            for term in listed
            if not set(term) & set('*?"= ')
        }
    )


def _bases(lang: str) -> list[str]:
    listed = [dict(facility.aliases).get(lang) for facility in gazetteer().values() if not facility.ambiguous]
    return sorted({names[0] for names in listed if names}) or ["Ain al-Asad"]


def entries(number: int, seed: int = 1) -> Iterator[tuple[Entry, Feed]]:
    """So many entries with their feeds: one of twenty reports a change, half hold a term of a shipped list."""
    chance = random.Random(seed)
    feeds = {lang: Feed(f"feed-{lang}", "", f"Feed {lang}", lang=lang, country="IQ") for lang in SHARES}
    words = {lang: Words(lang, chance) for lang in SHARES}
    for index in range(number):
        lang = chance.choices(list(SHARES), weights=list(SHARES.values()))[0]
        kind = index % 20
        report = _REPORTS[lang].format(chance.choice(words[lang].bases)) if kind == 0 else None
        term = chance.choice(words[lang].terms) if kind % 2 == 0 else None
        title, text = _text(words[lang], chance, report, term)
        seen = _START + timedelta(minutes=index)
        yield (
            Entry(f"e{index}", f"feed-{lang}", f"k{index}", None, title, "", text, lang, seen, seen, seen, f"f{index}"),
            feeds[lang],
        )


def _text(words: Words, chance: random.Random, report: str | None, term: str | None) -> tuple[str, str]:
    title = words.sentence(chance).rstrip(".!?؟")
    sentences: list[str] = []
    size = len(title.encode())
    while size < SIZE:
        sentences.append(words.sentence(chance))
        size += len(sentences[-1].encode()) + 1
    if term is not None:
        sentences[chance.randrange(len(sentences))] = words.sentence(chance, term)
    if report is not None:
        sentences[chance.randrange(min(3, len(sentences)))] = report
    return title, _paragraphs(sentences, chance)


def _paragraphs(sentences: Sequence[str], chance: random.Random) -> str:
    return "".join(sentence + chance.choice((" ", " ", " ", "\n")) for sentence in sentences).strip()
