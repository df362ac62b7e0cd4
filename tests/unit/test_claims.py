"""What a text asserts: headlines by table, then where a claim takes what its own sentence leaves open."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from monitor.claims import lead
from tests.builders import claim, claims_of, day, lead_of, pool

# Headline, language, and what the lead claim says. Published on Wednesday, 31 December 2025.
HEADLINES: list[tuple[str, str, dict[str, Any]]] = [
    (
        "Danish troops will stay at Harir until the end of 2026",
        "en",
        {"type": "mission_change", "action": "extended", "phase": "planned"},
    ),
    (
        "No Danish soldiers left at Harir, mayor says",
        "en",
        {"type": "force_count", "polarity": "asserted", "facility": "harir"},
    ),
    ("No American soldiers left Harir", "en", {"type": "withdrawal", "polarity": "denied"}),
    (
        "EU suspends training mission in Mali",
        "en",
        {"type": "mission_change", "polarity": "asserted", "phase": "completed"},
    ),
    ("EU postpones end of training mission in Mali", "en", {"type": "mission_change", "phase": "postponed"}),
    ("US suspends flights at Incirlik", "en", {"type": "mission_change", "phase": "completed"}),
    ("L'UE suspend sa mission de formation au Mali", "fr", {"type": "mission_change", "phase": "completed"}),
    ("НАТО приостановила учебную миссию в Ираке", "ru", {"type": "mission_change", "phase": "completed"}),
    ("NATO Irak'taki eğitim misyonunu askıya aldı", "tr", {"type": "mission_change", "phase": "completed"}),
    ("Chadian MPs vote to expel French soldiers", "en", {"type": "posture_pressure"}),
    ("Chad expels French soldiers after vote in parliament", "en", {"type": "withdrawal", "modality": "fact"}),
    ("Парламент Чада проголосовал за изгнание французских войск", "ru", {"type": "posture_pressure"}),
    ("Çad parlamentosu Fransız askerlerinin sınır dışı edilmesi için oy verdi", "tr", {"type": "posture_pressure"}),
    ("البرلمان التشادي يصوت على إخراج القوات الفرنسية", "ar", {"type": "posture_pressure"}),
    ("پارلمان چاد به اخراج نیروهای خارجی رای داد", "fa", {"type": "posture_pressure"}),
    ("הפרלמנט בצ'אד הצביע בעד גירוש הכוחות הזרים", "he", {"type": "posture_pressure"}),
    ("Hollanda, Suriye'deki askerlerini Irak'a çekiyor", "tr", {"type": "withdrawal", "actors": ("NL",)}),
    ("Dutch frigate arrives in Gulf of Oman", "en", {"place": "gulf-of-oman"}),
    ("ناوچه هلندی وارد دریای عمان شد", "fa", {"place": "gulf-of-oman"}),
    ("Les soldats danois vont-ils quitter le Mali ?", "fr", {"modality": "hypothetical"}),
    (
        "Iraq says anti-ISIS coalition forces to hand over Ain al-Assad airbase next week",
        "en",
        {"type": "base_handover", "phase": "planned", "polarity": "asserted", "modality": "fact"},
    ),
    (
        "Iraqi army took control of Ain al-Asad from the coalition",
        "en",
        {"type": "base_handover", "phase": "completed"},
    ),
    ("US troops are withdrawing from al-Tanf", "en", {"type": "withdrawal", "phase": "under_way"}),
    ("Coalition denies handing over Ain al-Asad", "en", {"polarity": "denied", "facility": "ain-al-asad"}),
    ("Handover of Ain al-Asad postponed", "en", {"phase": "postponed", "lane": "context"}),
    ("Iraq denies postponing the handover of Ain al-Asad", "en", {"phase": "unclear", "lane": "context"}),
    ("Coalition could hand over Ain al-Asad", "en", {"modality": "hypothetical", "lane": "context"}),
    ("US soldiers are no longer deployed at Ain al-Asad", "en", {"type": "withdrawal", "phase": "completed"}),
    (
        "About 1,400 US troops remain in the Kurdistan Region",
        "en",
        {"type": "force_count", "place": "kurdistan-region"},
    ),
    ("Drones attack Harir base", "en", {"type": "attack_on_base", "lane": "context"}),
    (
        "التحالف الدولي يسلم قاعدة عين الأسد إلى الجيش العراقي",
        "ar",
        {"type": "base_handover", "facility": "ain-al-asad"},
    ),
    ("Irak ordusu Ayn el-Esed üssünü koalisyondan devraldı", "tr", {"type": "base_handover", "phase": "completed"}),
    ("США выводят войска из Сирии", "ru", {"type": "withdrawal", "country": "SY"}),
    # Who is moved from a base leaves it; who is moved to another one arrives there.
    ("نقل 300 جندي من قاعدة حرير إلى الأردن", "ar", {"type": "withdrawal", "facility": "harir"}),
    ("۳۰۰ سرباز از پایگاه حریر به اردن منتقل شدند", "fa", {"type": "withdrawal", "facility": "harir"}),
    ("نقل 300 جندي من قاعدة حرير إلى قاعدة التنف", "ar", {"type": "deployment", "facility": "al-tanf"}),
    ("نقل 300 جندي إلى قاعدة حرير", "ar", {"type": "deployment", "facility": "harir"}),
    # Who cancels an agreement has done so; who cancels what was announced has not.
    ("چاد توافق همکاری دفاعی با فرانسه را لغو کرد", "fa", {"type": "basing_agreement", "phase": "completed"}),
    ("پنتاگون خروج نیروها از عراق را لغو کرد", "fa", {"type": "withdrawal", "phase": "cancelled"}),
    # Who comes back arrives, whatever is told of what was left before.
    ("US troops return to Harir base, which they left in 2020", "en", {"type": "deployment", "modality": "fact"}),
    ("عودة القوات الأمريكية إلى قاعدة حرير التي غادرتها عام 2020", "ar", {"type": "deployment", "modality": "fact"}),
    ("Французские военные вернулись на базу Харир, которую покинули в 2020 году", "ru", {"type": "deployment"}),
    ("ABD askerleri 2020'de ayrıldıkları Harir Üssü'ne geri döndü", "tr", {"type": "deployment", "modality": "fact"}),
    ("Les soldats de retour sur la base de Harir qu'ils avaient quittée en 2020", "fr", {"type": "deployment"}),
    ("US troops will not return to Harir base", "en", {"type": "deployment", "phase": "planned", "polarity": "denied"}),
    ("הכוחות האמריקניים לא ישובו לבסיס חריר", "he", {"type": "deployment", "phase": "planned", "polarity": "denied"}),
    ("القوات الأمريكية لن تعود إلى قاعدة حرير", "ar", {"phase": "planned", "polarity": "denied"}),
    ("ABD Harir Üssü'nden çekilmeme kararı aldı", "tr", {"phase": "planned", "polarity": "denied"}),
    ("تنفي الوزارة انسحاب القوات من قاعدة حرير", "ar", {"phase": "completed", "polarity": "denied"}),
    # Families are evacuated; forces with their families withdraw.
    ("Families of US troops leave Harir base", "en", {"type": "evacuation"}),
    ("US troops and their families leave Harir base", "en", {"type": "withdrawal"}),
    ("ABD askerlerinin aileleri Harir Üssü'nden tahliye edildi", "tr", {"type": "evacuation"}),
    # The end of a month is no end of a mission.
    ("UNIFIL peacekeepers to leave Lebanon by end of May", "en", {"type": "withdrawal", "phase": "planned"}),
    ("Withdrawal of US troops from Harir delayed until March", "en", {"type": "withdrawal", "phase": "postponed"}),
    ("Retrait de Harir reporté à mars", "fr", {"type": "withdrawal", "phase": "postponed"}),
    ("Американские военные выведены с базы Харир", "ru", {"type": "withdrawal", "phase": "completed"}),
    ("Coalition withdraws troops from Harir base over war fears: report", "en", {"modality": "reported"}),
    ("لا وجود لقوات أمريكية في قاعدة حرير", "ar", {"type": "force_count", "polarity": "asserted"}),
    ("نحو 1400 جندي من القوات الأمريكية باقون في إقليم كردستان", "ar", {"type": "force_count", "polarity": "asserted"}),
    # What comes after a delay is not put off.
    ("US hands over Harir base after months of delay", "en", {"type": "base_handover", "phase": "completed"}),
    ("پایگاه حریر پس از ماه‌ها تأخیر به ارتش عراق تحویل داده شد", "fa", {"phase": "completed"}),
    ("Harir Üssü aylar süren gecikmenin ardından Irak ordusuna devredildi", "tr", {"phase": "completed"}),
    ("Withdrawal of US troops from Harir base postponed after attack", "en", {"phase": "postponed"}),
    ("French troops return to Harir base six years after leaving in 2020", "en", {"type": "deployment", "date": None}),
    # "Brings its troops" goes on: "home".
    ("Norway brings its troops home from Chad", "en", {"type": "withdrawal"}),
    ("The last convoy left Ain al-Asad on Saturday", "en", {"type": "withdrawal", "phase": "completed"}),
]


@pytest.mark.parametrize(("title", "lang", "says"), HEADLINES, ids=[row[0][:30] for row in HEADLINES])
def test_a_headline_is_read(title: str, lang: str, says: dict[str, Any]) -> None:
    found = lead_of(title, lang)
    assert {name: getattr(found, name) for name in says} == says


def test_a_date_is_resolved_against_the_day_of_publication() -> None:
    title = "Coalition to hand over Ain al-Asad next week"
    found, undated = lead_of(title), lead_of(title, published=None)
    assert found.date is not None
    assert undated.date is not None
    assert (found.date.start, found.date.end) == (day(1, 5), day(1, 11))
    assert (undated.date.start, undated.date.end, undated.date.raw) == (None, None, "next week")


@pytest.mark.parametrize(
    ("title", "low", "high", "role"),
    [
        ("About 1,400 US troops remain in Iraq", 1260, 1540, "remaining"),
        ("US withdraws 500 soldiers from al-Tanf", 500, 500, "leaving"),
        ("US deploys more than 2,000 soldiers to Erbil", 2000, None, "arriving"),
    ],
)
def test_a_number_has_its_role(title: str, low: int, high: int | None, role: str) -> None:
    number = lead_of(title).count
    assert number is not None
    assert (number.low, number.high, number.role) == (low, high, role)


def test_the_host_receives_and_the_guest_acts() -> None:
    found = lead_of("US-led coalition hands over Ain al-Asad to Iraqi army")
    assert found.recipient == "IQ"
    assert found.host == found.country == "IQ"
    assert "coalition" in found.actors
    assert "IQ" not in found.actors


def test_who_says_it_does_not_act() -> None:
    found = lead_of("Coalition handed over Ain al-Asad, Iraq says")
    assert found.said_by == "IQ"
    assert found.actors == ("coalition",)


def test_a_sentence_below_takes_the_base_from_the_headline() -> None:
    claims = claims_of("Update on Ain al-Asad", text="The coalition handed over the base on Wednesday. A band played.")
    assert [(one.field, one.facility) for one in claims] == [("text", "ain-al-asad")]
    far = claims_of(
        "Update on Ain al-Asad",
        text="It rained. It rained on. And on it rained. The coalition handed over the base on Wednesday.",
    )
    assert [(one.facility, one.rests_on) for one in far] == [("ain-al-asad", ("facility: the headline",))]


@pytest.mark.parametrize(
    ("text", "facility"),
    [
        ("Harir base is small. The coalition handed over the base on Wednesday.", "harir"),
        ("Harir base is small. It rained. It rained on. It rained. The coalition handed over the base.", None),
        ("The coalition handed over the base in Anbar.", "ain-al-asad"),
        ("The coalition handed over the base in Basra.", None),
    ],
)
def test_the_base_is_the_last_one_named_if_it_can_lie_there(text: str, facility: str | None) -> None:
    claims = claims_of("Update on Ain al-Asad", text=text)
    assert [one.facility for one in claims if one.type == "base_handover"] == [facility]


def test_what_rests_on_another_sentence_is_less_sure() -> None:
    own = claims_of("Update", text="The coalition handed over Ain al-Asad airbase on Wednesday.")
    lent = claims_of("Update on Ain al-Asad", text="The coalition handed over the airbase on Wednesday.")
    assert own[0].confidence > lent[0].confidence


def test_the_troops_are_those_of_the_headline() -> None:
    _, below = claims_of("US troops leave Ain al-Asad", text="The troops withdrew from Harir base on Monday.")
    assert (below.actors, below.rests_on) == (("US",), ("actors: the headline",))


def test_a_sentence_with_a_base_of_its_own_keeps_it() -> None:
    claims = claims_of("Coalition hands over Ain al-Asad", text="It had handed over Harir base on Monday.")
    assert [one.facility for one in claims] == ["ain-al-asad", "harir"]


def test_far_down_in_a_text_only_news_is_no_background() -> None:
    text = "It rained. It rained on. The coalition handed over Harir base. On Tuesday it handed over Camp Taji."
    found = {one.facility: one.modality for one in claims_of("Weather", text=text)}
    assert found["harir"] == "background"
    assert found["taji"] == "fact"


def test_a_headlines_number_leads_what_is_told_in_passing_below() -> None:
    title = "هیچ سەربازێکی هاوپەیمانان لە بنکەی حەریر نەماوە"
    text = "باران باری. ڕۆژێکی خۆش بوو. ساڵی 2020 بنکەی حەریر ڕادەستی سوپای عێراق کرا."
    found = claims_of(title, "ckb", text)
    leading = found[lead(found) or 0]
    assert {claim.type for claim in found} == {"base_handover", "force_count"}
    assert (leading.type, leading.field, leading.count and leading.count.high) == ("force_count", "title", 0)


def test_a_countrys_number_is_not_that_of_the_headlines_base() -> None:
    found = claims_of("US troops leave Harir base", text="There are about 2,500 US troops in Iraq.")
    (count,) = (claim for claim in found if claim.count is not None)
    assert (count.facility, count.country) == (None, "IQ")
    found = claims_of("US troops leave Harir base", text="About 250 troops had stayed at the base.")
    assert [claim.facility for claim in found if claim.count is not None] == ["harir"]


def test_a_deadline_alone_makes_a_plan() -> None:
    assert lead_of("Миссия коалиции в Ираке завершится к сентябрю 2026 года", "ru").phase == "planned"


def test_where_forces_go_does_not_act() -> None:
    (gone,) = (c for c in claims_of("", text="Soldiers left Harir base for Jordan.") if c.type == "withdrawal")
    (sent,) = claims_of("", text="France sends 200 soldiers to Jordan.")
    assert (gone.actors, sent.actors) == ((), ("FR",))


def test_what_is_put_off_is_put_off_to_the_day_it_names() -> None:
    late = lead_of("Handover of Ain al-Asad postponed until 20 January")
    due = lead_of("Ain al-Asad to be handed over by 20 January")
    assert late.date is not None
    assert due.date is not None
    assert (late.date.start, late.date.end) == (day(1, 20), day(1, 20))
    assert (due.date.start, due.date.end) == (day(12, 31, 2025), day(1, 20))


def test_what_was_planned_before_is_background() -> None:
    found = claims_of(
        "US troops left Harir base", text="The troops were originally scheduled to leave Harir base in September."
    )
    assert [(c.phase, c.modality) for c in found if c.type == "withdrawal"] == [
        ("completed", "fact"),
        ("planned", "background"),
    ]


def test_where_a_text_was_written_is_not_where_it_happens() -> None:
    text = "ERBIL (Agency) - Coalition forces have withdrawn from all federal bases."
    assert [c.place for c in claims_of("Weather in Iraq", text=text)] == [None]
    assert [
        c.place for c in claims_of("Weather in Iraq", text="Coalition forces withdrew from Erbil - all of them.")
    ] == ["erbil"]


def test_what_is_told_without_its_day_is_dated_by_the_telling() -> None:
    (told,) = claims_of("", text="The ministry said on Monday that US troops have left Harir base.")
    (plan,) = claims_of("", text="The ministry said on Monday that US troops will leave Harir base.")
    assert told.date is not None
    assert (told.date.end, "date: the day it was said" in told.rests_on) == (day(12, 29, 2025), True)
    assert plan.date is None


def test_a_day_without_a_year_is_the_next_where_the_last_is_long_ago() -> None:
    found = lead_of("French base handed back on 20 January", published=day(12, 31, 2025))
    assert (found.phase, found.date and found.date.start) == ("planned", day(1, 20))


def test_a_year_before_last_is_history() -> None:
    assert lead_of("US troops withdrew from Camp Victory in 2011").modality == "historical"
    assert lead_of("US troops withdrew from Camp Victory in 2025").modality == "fact"
    assert lead_of("US troops withdrew from Camp Victory in 2011", published=None).modality == "fact"


def test_a_claim_told_twice_is_one() -> None:
    title = "Coalition hands over Ain al-Asad"
    assert len(claims_of(title, text=f"{title}. {title}.")) == 1


def test_a_text_without_events_has_no_claims() -> None:
    assert claims_of("Bakery opens in Erbil") == ()
    assert lead(()) is None


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([{"field": "text"}, {"field": "title", "start": 9}, {"field": "summary"}], 1),
        ([{"field": "title", "polarity": "denied"}, {"field": "title", "start": 40}], 1),
        ([{"field": "title", "start": 40}, {"field": "title", "start": 3}], 1),
        ([{"field": "title", "type": "exercise"}, {"field": "summary"}], 0),
        ([{"start": 5}, {"start": 5}], 0),
    ],
)
def test_the_lead_is_the_first_by_field_lane_and_span(rows: list[dict[str, Any]], expected: int) -> None:
    assert lead([claim(**row) for row in rows]) == expected


WORDS = st.sampled_from(
    pool(
        """
        coalition US troops Iraqi army base Ain al-Asad Harir hands over withdraws deploys from to in Iraq
        Erbil denies could postponed 1,500 about remain mission ended next week in 2011 17 January . ! , no
        longer not said
        """,
        "\n\n",
    )
)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(WORDS, min_size=3, max_size=24).map(" ".join),
    st.lists(WORDS, max_size=40).map(" ".join),
    st.none() | st.dates(date(2000, 1, 1), date(2050, 1, 1)),
)
def test_every_claim_quotes_its_sentence(title: str, text: str, published: date | None) -> None:
    claims = claims_of(title, text=text, published=published)
    fields = {"title": title, "text": text}
    for one in claims:
        assert one.quote == fields[one.field][one.start : one.end]
        assert one.quote
        assert 0.3 <= one.confidence <= 0.95
        for cue in one.cues:
            assert cue.words == fields[one.field][cue.start : cue.end]
            assert one.start <= cue.start < cue.end <= one.end
        assert one.recipient not in one.actors
        assert one.said_by not in one.actors or one.said_by is None
    index = lead(claims)
    assert (index is None) == (not claims)
    assert claims_of(title, text=text, published=published) == claims
