"""Cues: what a sentence says of its event, class by class, and where a cue's reach ends."""

from __future__ import annotations

from datetime import date
from typing import get_args

import pytest
from hypothesis import given, settings, strategies as st

from monitor.language.cues import Status, status
from monitor.language.reading import read
from monitor.language.terms import Vocabulary, parse_term
from monitor.model import Modality, Phase, Polarity
from tests.builders_language import WEDNESDAY, languages, reading, stated, texts

Seen = tuple[Phase, Polarity, Modality]


def _seen(found: Status) -> Seen:
    return found.phase, found.polarity, found.modality


@pytest.mark.parametrize(
    ("text", "event", "seen"),
    [
        # pseudo: looks like a negation and is none
        ("Coalition not only hands over the base but cheers", "hands over", ("completed", "asserted", "fact")),
        ("The army will withdraw no later than Friday", "withdraw", ("planned", "asserted", "fact")),
        ("No fewer than 300 troops withdrew", "withdrew", ("completed", "asserted", "fact")),
        ("No doubt troops withdrew", "withdrew", ("completed", "asserted", "fact")),
        # an attribution set off from its sentence; what is denied is no source
        (
            "Troops have begun withdrawing from the airport at the northern end of the city, five sources said",
            "withdrawing",
            ("under_way", "asserted", "reported"),
        ),
        ("The ministry denied reports of a withdrawal", "withdrawal", ("completed", "denied", "fact")),
        # a denial of talk reaches as far as the talk; a denial alone does not
        (
            "The ministry denied reports in several papers that it had begun a withdrawal",
            "withdrawal",
            ("under_way", "denied", "fact"),
        ),
        (
            "The ministry denied visas to several editors since it had begun a withdrawal",
            "withdrawal",
            ("under_way", "asserted", "fact"),
        ),
        ("An official source said that the troops left", "left", ("completed", "asserted", "fact")),
        # denied, postponed, cancelled
        ("The Pentagon denies it will withdraw troops", "withdraw", ("planned", "denied", "fact")),
        ("No plans to withdraw troops", "withdraw", ("planned", "denied", "fact")),
        ("US rules out withdrawal", "withdrawal", ("completed", "denied", "fact")),
        ("US refuses to withdraw", "withdraw", ("planned", "denied", "fact")),
        ("The US will not withdraw", "withdraw", ("planned", "denied", "fact")),
        ("Withdrawal delayed", "Withdrawal", ("postponed", "asserted", "fact")),
        ("Withdrawal postponed until May", "Withdrawal", ("postponed", "asserted", "fact")),
        ("Handover suspended", "Handover", ("postponed", "asserted", "fact")),
        ("Plan to withdraw scrapped", "withdraw", ("cancelled", "asserted", "fact")),
        ("Withdrawal shelved", "Withdrawal", ("cancelled", "asserted", "fact")),
        # two negators
        ("No decision on postponing the withdrawal", "withdrawal", ("unclear", "asserted", "fact")),
        ("Pentagon denies withdrawal was postponed", "withdrawal", ("unclear", "asserted", "fact")),
        # historical
        ("US troops withdrew from Iraq in 2011", "withdrew", ("completed", "asserted", "historical")),
        ("Troops withdrew in 2023", "withdrew", ("completed", "asserted", "historical")),
        ("Troops withdrew in 2024", "withdrew", ("completed", "asserted", "fact")),
        ("Troops withdrew last year", "withdrew", ("completed", "asserted", "fact")),
        ("Troops withdrew three years ago", "withdrew", ("completed", "asserted", "historical")),
        ("Anniversary of the withdrawal", "withdrawal", ("completed", "asserted", "historical")),
        ("On this day troops left", "left", ("completed", "asserted", "historical")),
        ("In 2011 troops will have withdrawn by 2026", "withdrawn", ("planned", "asserted", "fact")),
        ("2000 soldiers withdrew", "withdrew", ("completed", "asserted", "fact")),
        # hypothetical, demand
        ("US could withdraw troops", "withdraw", ("completed", "asserted", "hypothetical")),
        ("Troops withdraw if asked", "withdraw", ("completed", "asserted", "hypothetical")),
        ("US weighs withdrawal", "withdrawal", ("completed", "asserted", "hypothetical")),
        ("Iran calls for withdrawal", "withdrawal", ("completed", "asserted", "demand")),
        ("Militia demands withdrawal", "withdrawal", ("completed", "asserted", "demand")),
        # planned
        ("Coalition to hand over base", "hand over", ("planned", "asserted", "fact")),
        ("Coalition to relinquish base", "relinquish", ("planned", "asserted", "fact")),
        ("US set to withdraw", "withdraw", ("planned", "asserted", "fact")),
        ("US agreed to withdraw", "withdraw", ("planned", "asserted", "fact")),
        ("Withdrawal due next week", "Withdrawal", ("planned", "asserted", "fact")),
        # under way, completed
        ("US is withdrawing troops", "withdrawing", ("under_way", "asserted", "fact")),
        ("Withdrawal has begun", "Withdrawal", ("under_way", "asserted", "fact")),
        ("The first phase of the withdrawal", "withdrawal", ("under_way", "asserted", "fact")),
        ("The coalition has left the base", "left", ("completed", "asserted", "fact")),
        ("Coalition handed over the base", "handed over", ("completed", "asserted", "fact")),
        ("Iraqi army took control of the base", "took control", ("completed", "asserted", "fact")),
        # hedge, background
        ("Troops reportedly withdrew", "withdrew", ("completed", "asserted", "reported")),
        ("Sources say troops withdrew", "withdrew", ("completed", "asserted", "reported")),
        ("Sources: troops withdrew", "withdrew", ("completed", "asserted", "reported")),
        ("Troops who have been there since the summer withdrew", "withdrew", ("completed", "asserted", "background")),
        # reach
        ("Officials denied the report, but troops withdrew", "withdrew", ("completed", "asserted", "fact")),
        ("Although the report was denied, troops withdrew", "withdrew", ("completed", "asserted", "fact")),
        ("The ministry denied rumours; troops withdrew", "withdrew", ("completed", "asserted", "fact")),
        ("Ministry denied it: troops withdrew", "withdrew", ("completed", "asserted", "fact")),
        ("The report was denied, and troops withdrew", "withdrew", ("completed", "asserted", "fact")),
        ("Troops withdrew while ministers denied everything", "withdrew", ("completed", "asserted", "fact")),
        ("Officials denied it. Troops withdrew", "withdrew", ("completed", "asserted", "fact")),
        ("They denied " + "very " * 12 + "much troops withdrew", "withdrew", ("completed", "asserted", "fact")),
        # no cue
        ("withdrawal", "withdrawal", ("completed", "asserted", "fact")),
    ],
)
def test_what_english_says(text: str, event: str, seen: Seen) -> None:
    assert _seen(stated(text, event)) == seen


@pytest.mark.parametrize(
    ("lang", "text", "event", "seen"),
    [
        ("ar", "التحالف ينفي تسليم القاعدة", "تسليم", ("completed", "denied", "fact")),
        ("ar", "تأجيل تسليم القاعدة", "تسليم", ("postponed", "asserted", "fact")),
        ("ar", "إلغاء انسحاب القوات", "انسحاب", ("cancelled", "asserted", "fact")),
        ("ar", "سيتم تسليم القاعدة", "تسليم", ("planned", "asserted", "fact")),
        ("ar", "بدأ انسحاب القوات", "انسحاب", ("under_way", "asserted", "fact")),
        ("ar", "اكتمل انسحاب القوات", "انسحاب", ("completed", "asserted", "fact")),
        ("ar", "قد ينسحب الجيش", "ينسحب", ("completed", "asserted", "hypothetical")),
        ("ar", "دعا إلى انسحاب القوات", "انسحاب", ("completed", "asserted", "demand")),
        ("ar", "ذكرى انسحاب القوات", "انسحاب", ("completed", "asserted", "historical")),
        ("ar", "مصادر: انسحاب القوات", "انسحاب", ("completed", "asserted", "reported")),
        ("ar", "ليس فقط انسحاب القوات", "انسحاب", ("completed", "asserted", "fact")),
        ("ar", "انسحب 2000 جندي من القاعدة", "انسحب", ("completed", "asserted", "fact")),
        ("ar", "انسحب الجيش عام ٢٠١١", "انسحب", ("completed", "asserted", "historical")),
        ("fa", "ارتش خروج نیروها را تکذیب کرد", "خروج", ("completed", "denied", "fact")),
        ("fa", "خروج نیروها به تعویق افتاد", "خروج", ("postponed", "asserted", "fact")),
        ("fa", "خروج نیروها لغو شد", "خروج", ("cancelled", "asserted", "fact")),
        ("fa", "نیروها هفته آینده خارج خواهند شد", "خارج", ("planned", "asserted", "fact")),
        ("fa", "خروج نیروها آغاز شد", "خروج", ("under_way", "asserted", "fact")),
        ("fa", "خواستار خروج نیروها شد", "خروج", ("completed", "asserted", "demand")),
        ("ckb", "ڕەتیکردەوە کشانەوەی هێزەکان", "کشانەوەی", ("completed", "denied", "fact")),
        ("ckb", "کشانەوەی هێزەکان دواخرا", "کشانەوەی", ("postponed", "asserted", "fact")),
        ("ckb", "بڕیارە هێزەکان بکشێنەوە", "بکشێنەوە", ("planned", "asserted", "fact")),
        ("ckb", "ڕەنگە هێزەکان بکشێنەوە", "بکشێنەوە", ("planned", "asserted", "hypothetical")),
        ("kmr", "Amerîkayê vekişîna leşkeran red kir", "vekişîna", ("completed", "denied", "fact")),
        ("kmr", "vekişîna leşkeran hat taloqkirin", "vekişîna", ("postponed", "asserted", "fact")),
        ("kmr", "dê leşker vekişin", "vekişin", ("planned", "asserted", "fact")),
        ("kmr", "dibe ku leşker vekişin", "vekişin", ("planned", "asserted", "hypothetical")),
        ("tr", "ABD çekilmeyi yalanladı", "çekilmeyi", ("completed", "denied", "fact")),
        ("tr", "Çekilme ertelendi", "Çekilme", ("postponed", "asserted", "fact")),
        ("tr", "Çekilme iptal edildi", "Çekilme", ("cancelled", "asserted", "fact")),
        ("tr", "ABD askerleri çekilecek", "çekilecek", ("planned", "asserted", "fact")),
        ("tr", "ABD askerleri çekiliyor", "çekiliyor", ("under_way", "asserted", "fact")),
        ("tr", "ABD askerleri çekildi", "çekildi", ("completed", "asserted", "fact")),
        ("tr", "ABD çekilmeyecek", "çekilmeyecek", ("planned", "denied", "fact")),
        ("tr", "ABD çekilebilir", "çekilebilir", ("completed", "asserted", "hypothetical")),
        ("tr", "İran çekilme çağrısı yaptı", "çekilme", ("completed", "asserted", "demand")),
        ("he", 'צה"ל הכחיש נסיגה', "נסיגה", ("completed", "denied", "fact")),
        ("he", "הנסיגה נדחתה", "הנסיגה", ("postponed", "asserted", "fact")),
        ("he", "הנסיגה בוטלה", "הנסיגה", ("cancelled", "asserted", "fact")),
        ("he", "הכוחות צפויים לסגת", "לסגת", ("planned", "asserted", "fact")),
        ("he", "אם הכוחות ייסוגו", "ייסוגו", ("planned", "asserted", "hypothetical")),
        ("ru", "Минобороны опровергло вывод войск", "вывод", ("completed", "denied", "fact")),
        ("ru", "Вывод войск отложен", "Вывод", ("postponed", "asserted", "fact")),
        ("ru", "Вывод войск отменен", "Вывод", ("cancelled", "asserted", "fact")),
        ("ru", "США планируют вывод войск", "вывод", ("planned", "asserted", "fact")),
        ("ru", "Вывод войск начался", "Вывод", ("under_way", "asserted", "fact")),
        ("ru", "Иран потребовал вывода войск", "вывода", ("completed", "asserted", "demand")),
        ("ru", "Войска вывели в 2011 году", "вывели", ("completed", "asserted", "historical")),
        ("fr", "Paris dément le retrait", "retrait", ("completed", "denied", "fact")),
        ("fr", "Le retrait est reporté", "retrait", ("postponed", "asserted", "fact")),
        ("fr", "Le retrait est annulé", "retrait", ("cancelled", "asserted", "fact")),
        ("fr", "Le retrait prévu des troupes", "retrait", ("planned", "asserted", "fact")),
        ("fr", "Le retrait a commencé", "retrait", ("under_way", "asserted", "fact")),
        ("fr", "Bagdad exige le retrait", "retrait", ("completed", "asserted", "demand")),
    ],
)
def test_what_other_languages_say(lang: str, text: str, event: str, seen: Seen) -> None:
    assert _seen(stated(text, event, lang)) == seen


@pytest.mark.parametrize(
    ("lang", "text", "event"),
    [
        ("en", "US troops are no longer stationed there", "stationed"),
        ("en", "The US has ceased to deploy there", "deploy"),
        ("ar", "لم تعد القوات في القاعدة", "القاعدة"),
        ("ru", "Войска больше не находятся на базе", "находятся"),
        ("he", "הכוחות כבר לא בבסיס", "בבסיס"),
    ],
)
def test_no_longer_turns_a_presence_into_an_end(lang: str, text: str, event: str) -> None:
    found = stated(text, event, lang)
    assert (found.phase, found.polarity, found.ended) == ("completed", "asserted", True)


@pytest.mark.parametrize(
    ("lang", "text", "event", "modality"),
    [
        # A question reports nothing, unless it is asked about what the title reports first.
        ("en", "Will US troops leave Iraq?", "leave", "hypothetical"),
        ("en", "Are troops leaving? - The Daily", "leaving", "hypothetical"),
        ("en", "Are troops leaving? The Pentagon says so", "leaving", "hypothetical"),
        ("en", "Troops leave the base: what now?", "leave", "fact"),
        ("ar", "هل تنسحب القوات من القاعدة؟", "تنسحب", "hypothetical"),
        ("ru", "Уйдут ли войска из Сирии?", "войска", "hypothetical"),
        # A title that opens or ends as features do.
        ("en", "How the US withdrew from Bagram", "withdrew", "background"),
        ("en", "Opinion: troops withdrew too late", "withdrew", "background"),
        ("en", "Troops withdrew from Bagram: what we know", "withdrew", "background"),
        ("en", "Troops withdrew, whatever the opinion polls said", "withdrew", "fact"),
        ("fr", "Pourquoi les troupes quittent le Tchad", "quittent", "background"),
        ("tr", "Neden askerler çekildi", "çekildi", "background"),
        # Who calls up asks nobody for anything.
        ("fr", "La France appelle ses réservistes", "appelle ses réservistes", "fact"),
        ("fr", "Paris appelle au retrait des troupes", "retrait", "demand"),
        # What follows by far belongs to the next clause.
        ("en", "Army put on alert in case the president of the country refused to go", "alert", "fact"),
    ],
)
def test_what_a_title_is_not_meant_as(lang: str, text: str, event: str, modality: Modality) -> None:
    found = stated(text, event, lang)
    assert (found.modality, found.polarity) == (modality, "asserted")


def test_a_question_above_leaves_the_full_text_alone() -> None:
    fields = (("title", "Will they leave?"), ("summary", "Troops withdrew."), ("text", "Troops withdrew."))
    found = read(fields, "en", Vocabulary([("cue:feature", parse_term("how", "en"))]))
    at = [index for index, token in enumerate(found.tokens) if token.folded == "withdrew"]
    seen = [status(found, ((index, index + 1),), published=WEDNESDAY).modality for index in at]
    assert seen == ["hypothetical", "fact"]


def test_a_cue_says_its_words_and_where_they_stand() -> None:
    text = "The Pentagon denies a withdrawal"
    found = stated(text, "withdrawal")
    assert [(cue.name, cue.words, text[cue.start : cue.end]) for cue in found.cues] == [("denied", "denies", "denies")]
    assert not found.default


def test_without_a_cue_the_phase_is_a_default() -> None:
    assert stated("The withdrawal", "withdrawal").default
    assert not stated("The withdrawal begins, it has begun", "withdrawal").default


def test_an_undated_text_has_no_history() -> None:
    assert stated("Troops withdrew in 2011", "withdrew", published=None).modality == "fact"
    assert stated("Troops withdrew in 2011", "withdrew", published=date(2012, 5, 1)).modality == "fact"


def test_a_cue_elsewhere_in_the_text_changes_nothing() -> None:
    text = "The Pentagon denies everything. Troops withdrew. It could be postponed."
    assert _seen(stated(text, "withdrew")) == ("completed", "asserted", "fact")


@given(texts, languages, st.one_of(st.none(), st.dates()), st.data())
@settings(max_examples=40, deadline=None)
def test_no_text_breaks_the_cues(text: str, lang: str, published: date | None, data: st.DataObject) -> None:
    found = reading(text, lang)
    if not found.tokens:
        return
    start = data.draw(st.integers(0, len(found.tokens) - 1))
    end = data.draw(st.integers(start + 1, found.sentence_of(start)[1]))
    seen = status(found, ((start, end),), published=published)
    assert seen.phase in get_args(Phase)
    assert seen.polarity in get_args(Polarity)
    assert seen.modality in get_args(Modality)
    low, high = found.sentence_of(start)
    first, last = found.tokens[low].start, found.tokens[high - 1].end
    assert all(first <= cue.start < cue.end <= last for cue in seen.cues)
    assert all(text[cue.start : cue.end] == cue.words for cue in seen.cues)


def test_a_sentence_full_of_cues_costs_what_its_surroundings_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    # Once every cue of a sentence was held against every stop of it.
    from monitor.language import cues

    tried = 0
    inner = cues.reaches

    def counting(*args: object) -> bool:
        nonlocal tried
        tried += 1
        return inner(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(cues, "reaches", counting)
    work = []
    for times in (20, 500):
        tried = 0
        found = reading("denies but " * times + "withdrew " + "but denies " * times)
        middle = next(index for index, token in enumerate(found.tokens) if token.folded == "withdrew")
        status(found, ((middle, middle + 1),), published=WEDNESDAY)
        work.append(tried)
    assert work[0] == work[1]


def _negated(text: str, *negators: str) -> Seen:
    """What a text says of "withdraw" when these words alone deny."""
    vocabulary = Vocabulary([("cue:denied", parse_term(negator, "en")) for negator in negators])
    found = read((("title", text),), "en", vocabulary)
    at = next(index for index, token in enumerate(found.tokens) if token.folded == "withdraw")
    return _seen(status(found, ((at, at + 1),), published=WEDNESDAY))


@pytest.mark.parametrize(
    ("text", "negators", "phase", "polarity"),
    [
        ("US will not withdraw", ("will not", '"not withdraw"'), "completed", "denied"),
        ("US denies it will not withdraw", ("denies", "will not", '"not withdraw"'), "unclear", "asserted"),
        ("US denies withdraw", ("denies",), "completed", "denied"),
        # Side by side they share no word.
        ("US never not withdraw", ("never", "not"), "unclear", "asserted"),
        # The long one covers both of the short ones, which do not touch each other.
        ("No plan now nor ever to withdraw", ("no plan now nor ever", "plan", "nor"), "planned", "denied"),
    ],
)
def test_negators_that_share_a_word_are_one(text: str, negators: tuple[str, ...], phase: Phase, polarity: str) -> None:
    assert _negated(text, *negators)[:2] == (phase, polarity)


@pytest.mark.parametrize(
    ("lang", "before", "event", "after", "filler", "reach"),
    [
        ("en", "Denied", "withdrawal", "", "very", 8),
        # What follows by far belongs to the next clause.
        ("en", "", "Withdrawal", "denied", "very", 4),
        ("ru", "", "Вывод", "опровергли", "очень", 8),
        # The verb ends the sentence, far from the noun.
        ("tr", "", "Çekilme", "yalanlandı", "çok", 16),
    ],
)
def test_how_many_words_a_cue_reaches(lang: str, before: str, event: str, after: str, filler: str, reach: int) -> None:
    def polarity(apart: int) -> Polarity:
        row = [before, *([filler] * apart), event] if before else [event, *([filler] * apart), after]
        return stated(" ".join(row), event, lang).polarity

    assert [polarity(apart) for apart in (0, reach, reach + 1)] == ["denied", "denied", "asserted"]
