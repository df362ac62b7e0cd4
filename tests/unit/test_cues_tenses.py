"""What the tense of an event's verb says of its phase, by language and by kind of event."""

from __future__ import annotations

import pytest

from monitor.language.tenses import Tense, tense_of
from monitor.language.words import tokenize
from monitor.model import EventType, Phase, Polarity
from tests.builders_language import stated


@pytest.mark.parametrize(
    ("lang", "kind", "event", "phase", "text"),
    [
        ("en", "withdrawal", "pulls", "planned", "Oslo pulls its brigade from Mali by the summer"),
        ("en", "withdrawal", "pullout", "completed", "Danish soldiers complete pullout from Gao"),
        ("en", "withdrawal", "departure", "completed", "Swedes complete their departure from Mali"),
        ("en", "withdrawal", "complete pullout", "under_way", "Oslo starts complete pullout from Gao"),
        ("en", "withdrawal", "complete pullout", "planned", "Oslo orders complete pullout from Gao"),
        ("en", "withdrawal", "complete pullout", "planned", "Danish soldiers to complete pullout from Gao by May"),
        ("en", "withdrawal", "finish withdrawal", "completed", "Dutch marines finish withdrawal from Gao"),
        ("fr", "withdrawal", "retrait", "completed", "Les Danois achèvent leur retrait de Gao"),
        ("tr", "withdrawal", "çekiyor", "under_way", "Danimarka, Mali'deki askerlerini Nijer'e çekiyor"),
        ("en", "withdrawal", "pulls", "under_way", "Oslo pulls its brigade out of Mali"),
        ("en", "deployment", "sends", "under_way", "Lisbon sends 300 marines to Mozambique"),
        ("en", "deployment", "sent", "completed", "Lisbon sent 300 marines to Mozambique"),
        ("en", "deployment", "sending", "planned", "Parliament approves sending of 300 soldiers to Niger"),
        ("en", "deployment", "dispatch", "planned", "Cabinet gave the green light for the dispatch of a frigate"),
        ("en", "equipment_move", "steered", "completed", "The frigate was steered into the port of Aden"),
        ("en", "base_handover", "hand over", "planned", "Dutch to hand over Camp Lion to the Iraqi army"),
        ("en", "base_closure", "closes", "planned", "The army closes its camp in Gao from Friday"),
        ("en", "base_closure", "closes", "completed", "The army closes its camp in Gao"),
        ("en", "alert_level", "calls up 12,000 reservists", "planned", "Israel calls up 12,000 reservists"),
        ("en", "alert_level", "raises", "completed", "Poland raises its alert level"),
        ("en", "base_handover", "handed over", "under_way", "Posts are handed over one by one to the police"),
        ("en", "withdrawal", "leaving", "planned", "Troops will be leaving Gao in March"),
        ("en", "withdrawal", "withdrawn", "planned", "The last units will have been withdrawn by May"),
        ("en", "deployment", "land", "completed", "Marines land in Djibouti"),
        ("en", "withdrawal", "leave", "planned", "Troops given two months to leave Niger"),
        ("en", "withdrawal", "exit", "planned", "Spain set an exit from Iraq in motion to pull out this winter"),
        ("fr", "base_handover", "confiera", "planned", "L'Otan confiera la garde du camp à l'armée afghane"),
        ("fr", "base_establishment", "bâtira", "planned", "L'Espagne bâtira une caserne à Ceuta"),
        ("fr", "withdrawal", "ramènera", "planned", "Rome ramènera son bataillon d'Irak"),
        ("fr", "deployment", "dépêche", "under_way", "Rome dépêche un bataillon au Niger"),
        ("fr", "deployment", "dépêché", "completed", "Rome a dépêché un bataillon au Niger"),
        ("fr", "equipment_move", "atterri", "completed", "Deux Rafale ont atterri à Chypre"),
        ("fr", "equipment_move", "fait route", "under_way", "La frégate fait route vers Djibouti"),
        ("fr", "withdrawal", "quitte", "planned", "Le bataillon quitte Gao à partir de lundi"),
        ("fr", "base_closure", "ferme", "completed", "Berlin ferme sa base de Niamey"),
        ("fr", "base_closure", "ferme", "planned", "Berlin ferme sa base de Niamey au printemps"),
        ("fr", "alert_level", "rappelle 3 000 réservistes", "planned", "Le Danemark rappelle 3 000 réservistes"),
        ("fr", "base_handover", "rétrocession", "under_way", "Début de la rétrocession du camp aux Ivoiriens"),
        ("fr", "deployment", "envoi", "planned", "Le Sénat autorise l'envoi de 200 soldats au Liban"),
        ("fr", "withdrawal", "quitter", "planned", "Bamako donne aux Suédois trois semaines pour quitter le pays"),
        ("fr", "withdrawal", "retirée", "completed", "La compagnie suédoise s'est retirée de Tombouctou"),
        ("ru", "base_handover", "передаст", "planned", "Дания передаст лагерь иракской армии"),
        ("ru", "withdrawal", "урежет", "planned", "Италия урежет контингент в Косове"),
        ("ru", "deployment", "перекинет", "planned", "Франция перекинет батальон в Румынию"),
        ("ru", "deployment", "летят", "under_way", "Морпехи летят на Кипр"),
        ("ru", "equipment_move", "движется", "under_way", "Эсминец движется к Суэцкому каналу"),
        ("ru", "withdrawal", "увозит", "under_way", "Испания увозит роту из Мали"),
        ("ru", "withdrawal", "увезла", "completed", "Испания увезла роту из Мали"),
        ("ru", "base_closure", "свернут", "planned", "Лагерь в Гао свернут осенью"),
        ("ru", "base_closure", "свернут", "planned", "Лагерь в Гао свернут к июлю"),
        ("ru", "deployment", "отправку", "planned", "Сейм одобрил отправку роты в Мали"),
        ("ru", "base_handover", "передают", "under_way", "Посты один за другим передают полиции"),
        ("ru", "base_handover", "перешел под начало", "completed", "Лагерь перешел под начало иракской бригады"),
        ("ru", "withdrawal", "покинуть", "planned", "Ниамей дал месяц датчанам покинуть страну"),
        ("ru", "equipment_move", "Прибытие", "completed", "Прибытие истребителей на Кипр"),
        ("ru", "deployment", "Переброска", "under_way", "Переброска десантников в Эстонию"),
        ("ar", "withdrawal", "سيخرج", "planned", "سيخرج اللواء السابع من سبها"),
        ("ar", "deployment", "ستوفد", "planned", "الدنمارك ستوفد سرية إلى العراق"),
        ("ar", "deployment", "توفد", "under_way", "الدنمارك توفد سرية إلى العراق"),
        ("ar", "deployment", "أوفدت", "completed", "الدنمارك أوفدت سرية إلى العراق"),
        ("ar", "withdrawal", "تراجعت", "completed", "القوات تراجعت من بلدة حدودية"),
        ("ar", "withdrawal", "لمغادرة", "planned", "نيامي تمهل الجنود شهرين لمغادرة البلاد"),
        ("ar", "equipment_move", "تحط", "completed", "مقاتلات فرنسية تحط في قبرص"),
        ("ar", "base_handover", "تسليم", "under_way", "تسليم المواقع واحدا تلو الآخر إلى الشرطة"),
        ("ar", "deployment", "إرسال", "planned", "البرلمان يوافق على إرسال قوات إلى مالي"),
        (
            "ar",
            "alert_level",
            "تستدعي عشرة آلاف من جنود الاحتياط",
            "planned",
            "إسرائيل تستدعي عشرة آلاف من جنود الاحتياط",
        ),
        ("ar", "withdrawal", "تسحب", "planned", "روما تسحب كتيبتها اعتبارا من الاثنين"),
        ("ar", "withdrawal", "سيطرت", "completed", "القوات سيطرت على القاعدة"),
        ("ar", "deployment", "وصول", "completed", "وصول كتيبة مغربية إلى غاو"),
        ("ar", "deployment", "نشر", "under_way", "نشر كتيبة على الحدود"),
        ("fa", "withdrawal", "بیرون خواهد برد", "planned", "ایتالیا سربازانش را بیرون خواهد برد"),
        ("fa", "withdrawal", "بیرون می‌برد", "under_way", "ایتالیا سربازانش را از هرات بیرون می\u200cبرد"),
        ("fa", "withdrawal", "بیرون برد", "completed", "ایتالیا سربازانش را از هرات بیرون برد"),
        ("fa", "deployment", "اعزام", "under_way", "اعزام هزار تفنگدار به مرز شرقی"),
        ("fa", "equipment_move", "لنگر انداختند", "completed", "دو ناوچه در بندر لنگر انداختند"),
        ("fa", "base_handover", "سپرده می‌شود", "planned", "امنیت شهر به پلیس سپرده می\u200cشود"),
        ("fa", "base_handover", "سپرده شد", "completed", "امنیت شهر به پلیس سپرده شد"),
        ("fa", "base_closure", "برچیده می‌شود", "planned", "اردوگاه تا مرداد برچیده می\u200cشود"),
        ("fa", "withdrawal", "خروج", "planned", "نیجر برای خروج نظامیان مهلت داد"),
        ("fa", "deployment", "اعزام", "planned", "مجلس مجوز اعزام نیرو را تصویب کرد"),
        ("fa", "deployment", "ورود", "completed", "ورود نظامیان به دوحه"),
        ("fa", "base_handover", "واگذار", "under_way", "پاسگاه\u200cها یکی پس از دیگری به پلیس واگذار می\u200cشوند"),
        ("tr", "withdrawal", "çekiyor", "planned", "Roma askerini pazartesiden itibaren çekiyor"),
        ("tr", "withdrawal", "çekiyor", "under_way", "Roma askerini Mali'den çekiyor"),
        ("tr", "withdrawal", "çekecek", "planned", "Roma askerini Mali'den çekecek"),
        ("tr", "withdrawal", "çekti", "completed", "Roma askerini Mali'den çekti"),
        ("tr", "base_closure", "kapatıyor", "planned", "Berlin kampını 3 Mart'ta kapatıyor"),
        ("tr", "deployment", "gönderilmesini", "planned", "Meclis 200 asker gönderilmesini onayladı"),
        ("tr", "withdrawal", "süre tanıdı", "planned", "Niamey yabancı askerlere iki ay süre tanıdı"),
        ("tr", "base_handover", "devrediliyor", "under_way", "Noktalar birer birer polise devrediliyor"),
        ("tr", "base_handover", "devrediliyor", "planned", "Kamp Irak ordusuna devrediliyor"),
        ("tr", "equipment_move", "Kıbrıs yolunda", "under_way", "Dört uçak Kıbrıs yolunda"),
        ("tr", "deployment", "sevkiyat", "under_way", "Sınıra sevkiyat"),
        ("tr", "alert_level", "geçti", "completed", "Ordu alarma geçti"),
        ("ckb", "withdrawal", "دەکشێتەوە", "under_way", "ڕەتڵێک لە سنوور دەکشێتەوە"),
        ("ckb", "deployment", "دەنێرێت", "under_way", "ئیتاڵیا هێز بۆ مالی دەنێرێت"),
        ("ckb", "deployment", "نارد", "completed", "ئیتاڵیا هێزی بۆ مالی نارد"),
        ("ckb", "base_closure", "دادەخات", "planned", "ئیتاڵیا سەربازگەکەی دادەخات"),
        ("ckb", "base_closure", "داخست", "completed", "ئیتاڵیا سەربازگەکەی داخست"),
        ("ckb", "withdrawal", "دەباتەوە", "planned", "ئیتاڵیا فەوجەکەی تا پایز دەباتەوە"),
        ("ckb", "base_handover", "ڕادەست دەکرێن", "under_way", "خاڵەکان یەک بە یەک ڕادەست دەکرێن"),
        ("ckb", "base_handover", "ڕادەست دەکرێت", "planned", "سەربازگەکە ڕادەستی پۆلیس ڕادەست دەکرێت"),
        ("ckb", "equipment_move", "بەڕێکەوت", "under_way", "کەشتییەکە بەرەو بەندەر بەڕێکەوت"),
        ("ckb", "deployment", "چوونە", "completed", "سەربازان چوونە ناو شار"),
        ("ckb", "alert_level", "خستە", "completed", "سوپا هێزەکانی خستە ئامادەباشی"),
        ("ckb", "base_handover", "سپارد", "completed", "سوپا بنکەکەی بە پۆلیس سپارد"),
        ("kmr", "deployment", "dişîne", "under_way", "Romayê du tabûran dişîne Malî"),
        ("kmr", "deployment", "şandin", "completed", "Romayê du tabûr şandin Malî"),
        ("kmr", "withdrawal", "vekişin", "planned", "Leşker dê ji Malî vekişin"),
        ("kmr", "withdrawal", "vekişiyan", "completed", "Leşker ji Malî vekişiyan"),
        ("kmr", "withdrawal", "vedikişin", "under_way", "Leşker ji Malî vedikişin"),
        ("kmr", "base_handover", "radestî", "under_way", "Nuqte yek bi yek radestî polîsan dibin"),
        ("kmr", "base_handover", "radestî", "planned", "Bingeh radestî polîsan dibe"),
        ("kmr", "deployment", "şandina", "planned", "Meclîsê rê da şandina leşkeran"),
        ("kmr", "withdrawal", "vala dike", "planned", "Roma bingeha xwe heta havînê vala dike"),
        ("kmr", "base_closure", "girt", "completed", "Romayê bingeha xwe girt"),
        ("kmr", "equipment_move", "bi rê ket", "under_way", "Keştî ber bi benderê bi rê ket"),
        ("kmr", "withdrawal", "derketina", "planned", "Niamey mohlet da ji bo derketina leşkeran"),
        ("he", "withdrawal", "תפנה", "planned", "איטליה תפנה את גדודה ממאלי"),
        ("he", "withdrawal", "מפנה", "under_way", "איטליה מפנה את גדודה ממאלי"),
        ("he", "withdrawal", "פינתה", "completed", "איטליה פינתה את גדודה ממאלי"),
        ("he", "deployment", "שולחת", "under_way", "איטליה שולחת גדוד למאלי"),
        ("he", "deployment", "שליחת", "planned", "הכנסת אישרה שליחת גדוד למאלי"),
        ("he", "equipment_move", "עגנה", "completed", "הפריגטה עגנה בנמל חיפה"),
        ("he", "base_handover", "נמסרים", "under_way", "המוצבים נמסרים בזה אחר זה למשטרה"),
        ("he", "base_establishment", "מרחיבה", "under_way", "יוון מרחיבה את המסלול"),
        ("he", "withdrawal", "לעזוב", "planned", "ניאמיי קצבה לחיילים חודשיים לעזוב"),
        ("he", "withdrawal", "נסיגת", "under_way", "תחילת נסיגת הגדוד ממאלי"),
        ("he", "withdrawal", "מוציאה", "planned", "איטליה מוציאה את גדודה החל מיום שני"),
        ("he", "deployment", "הוטסו", "completed", "צנחנים הוטסו לקפריסין"),
    ],
)
def test_what_a_tense_says(lang: str, kind: EventType, event: str, phase: Phase, text: str) -> None:
    assert stated(text, event, lang, kind=kind).phase == phase


@pytest.mark.parametrize(
    ("lang", "word", "tense"),
    [
        ("en", "steered", "past"),
        ("en", "sent", "past"),
        ("en", "steers", None),
        ("en", "armed", None),
        ("en", "cut", None),
        ("fr", "confiera", "future"),
        ("fr", "bâtiront", "future"),
        ("fr", "confié", "past"),
        ("fr", "confie", None),
        ("fr", "armée", None),
        ("fr", "caméra", None),
        # Perfective verbs, whose present is the future; imperfectives by suffix, by motion, without a prefix.
        ("ru", "вверит", "future"),
        ("ru", "передаст", "future"),
        ("ru", "займут", "future"),
        ("ru", "расформируют", "future"),
        ("ru", "эвакуируют", "present"),
        ("ru", "перебрасывает", "present"),
        ("ru", "сокращают", "present"),
        ("ru", "завозит", "present"),
        ("ru", "строят", "present"),
        ("ru", "ведет", "present"),
        ("ru", "вернут", None),
        ("ru", "увезла", "past"),
        ("ru", "переданы", "past"),
        ("ru", "бюджет", None),
        ("ru", "самолет", None),
        ("ru", "миномет", None),
        ("ru", "охрана", None),
        ("ru", "замена", None),
        ("ar", "ستوفد", "future"),
        ("ar", "سيطرت", "past"),
        ("ar", "سيارات", None),
        ("ar", "أرسل", "past"),
        ("ar", "إرسال", None),
        ("ar", "انسحب", "past"),
        ("ar", "انسحاب", None),
        ("ar", "تعزيزات", None),
        ("fa", "می‌برد", "present"),
        ("fa", "خواهند", "future"),
        ("fa", "انداختند", "past"),
        ("fa", "میلاد", None),
        ("fa", "بغداد", None),
        ("ckb", "دەنێرێت", "present"),
        ("ckb", "ناردیان", "past"),
        ("ckb", "دەریا", None),
        ("ckb", "دەسەڵات", None),
        ("kmr", "dişîne", "present"),
        ("kmr", "vediguhezin", "present"),
        ("kmr", "şandin", "past"),
        ("kmr", "din", None),
        # Left to the lexicons.
        ("tr", "çekecek", None),
        ("he", "ייסוג", None),
    ],
)
def test_what_a_form_tells(lang: str, word: str, tense: Tense | None) -> None:
    (token,) = tokenize(word, lang)
    assert tense_of(token, lang) == tense


@pytest.mark.parametrize(
    ("lang", "text", "tense"),
    [
        ("fr", "ont atterri", "past"),
        ("fr", "avait repris", "past"),
        ("fr", "les sursis", None),
        ("en", "was hit", "past"),
        ("en", "has bases", None),
        ("en", "is moving", None),
        ("en", "to hit", None),
    ],
)
def test_an_auxiliary_makes_a_past(lang: str, text: str, tense: Tense | None) -> None:
    before, token = tokenize(text, lang)
    assert tense_of(token, lang, before) == tense


@pytest.mark.parametrize(
    ("lang", "kind", "event", "phase", "text"),
    [
        # What a season names besides a time, and what lasts until a day.
        ("en", "deployment", "send", "under_way", "Danes send jets for summer patrols"),
        ("en", "deployment", "sends", "under_way", "Denmark sends 90 medics to Gao until Friday"),
        # A leave makes no base, and one that was used is none.
        ("en", "base_establishment", "opens", "completed", "Army opens camp that parliament did allow"),
        (
            "en",
            "deployment",
            "sent",
            "completed",
            "Ministers who approve of it but were not asked; they sent a brigade",
        ),
        # "To" beside a tense of another verb, and the infinitive behind "began".
        (
            "en",
            "access_change",
            "bar foreign jets from crossing",
            "planned",
            "Oman to bar foreign jets from crossing its land",
        ),
        ("he", "withdrawal", "לסגת", "under_way", "הכוחות החלו לסגת"),
        # Spoken cues are stronger than tenses.
        ("tr", "base_closure", "kapatıyor", "postponed", "Berlin ertelediği kampını kapatıyor"),
        ("ru", "base_handover", "передали", "completed", "Лагерь передали полиции в понедельник"),
        ("fr", "withdrawal", "RETIRE", "completed", "ROME A RETIRE SON BATAILLON"),
    ],
)
def test_what_a_tense_does_not_say(lang: str, kind: EventType, event: str, phase: Phase, text: str) -> None:
    assert stated(text, event, lang, kind=kind).phase == phase


def test_without_its_kind_a_present_is_no_more_than_that() -> None:
    text = "Berlin kampını kapatıyor"
    assert stated(text, "kapatıyor", "tr").phase == "under_way"
    assert stated(text, "kapatıyor", "tr", kind="base_closure").phase == "planned"


def test_a_leave_that_makes_a_plan_is_among_the_cues() -> None:
    told = stated("Parliament approves the sending of 300 soldiers", "sending", kind="deployment")
    assert ("permit", "approves") in [(cue.name, cue.words) for cue in told.cues]
    closed = stated("Parliament approves closing of the camp", "closing", kind="base_closure")
    assert not [cue for cue in closed.cues if cue.name == "permit"]


@pytest.mark.parametrize(
    ("lang", "text", "event", "polarity"),
    [
        ("en", "False: troops withdraw from Syria", "withdraw", "denied"),
        ("en", "Withdrawal from Syria: Pentagon denies", "Withdrawal", "denied"),
        ("en", "Troops withdraw from the base: minister denies a fire at the depot", "withdraw", "asserted"),
        ("en", "Ministry denied it: troops withdrew", "withdrew", "asserted"),
        ("en", "Fire at the depot: army denies. Troops withdraw", "withdraw", "asserted"),
        ("fr", "Retrait du Mali : Paris dément", "Retrait", "denied"),
        ("fr", "Le bataillon quitte Gao : le ministre dément toute panique", "quitte", "asserted"),
        ("fr", "Rien n'est décidé sur le retrait", "retrait", "denied"),
        ("ru", "Вывод войск из Сирии: Минобороны опровергло", "Вывод", "denied"),
        ("ru", "Фейк: вывод войск из Сирии", "вывод", "denied"),
        ("ar", "سحب القوات من سوريا: البنتاغون ينفي", "سحب", "denied"),
        ("fa", "تکذیب: خروج نیروها از سوریه", "خروج", "denied"),
        ("tr", "Suriye'den çekilme: Bakanlık yalanladı", "çekilme", "denied"),
        ("he", "שקר: נסיגת הכוחות מסוריה", "נסיגת", "denied"),
        ("ckb", "درۆیە: کشانەوەی هێزەکان", "کشانەوەی", "denied"),
        ("kmr", "Derew e: vekişîna hêzan", "vekişîna", "denied"),
    ],
)
def test_a_denial_before_or_behind_a_colon(lang: str, text: str, event: str, polarity: Polarity) -> None:
    assert stated(text, event, lang).polarity == polarity


@pytest.mark.parametrize(
    ("lang", "text", "event"),
    [
        ("en", "Minister refuses to rule out a withdrawal", "withdrawal"),
        ("fr", "Paris : rien n'est exclu pour le retrait", "retrait"),
        ("ru", "Возможен вывод войск", "вывод"),
        ("tr", "Bakanlar çekilmeyi masaya yatırdı", "çekilmeyi"),
        ("ar", "واشنطن قد تقرر سحب القوات", "سحب"),
        ("ar", "الناتو يتداول بشأن سحب القوات", "سحب"),
        ("ckb", "بەرلین لێکۆڵینەوە دەکات لە کشانەوەی هێزەکان", "کشانەوەی"),
        ("kmr", "Îhtimala vekişîna hêzan", "vekişîna"),
        ("he", "לונדון בודקת את נסיגת הכוחות", "נסיגת"),
        ("fa", "احتمال خروج نیروها", "خروج"),
    ],
)
def test_what_is_only_thought_of(lang: str, text: str, event: str) -> None:
    found = stated(text, event, lang)
    assert (found.modality, found.polarity) == ("hypothetical", "asserted")
