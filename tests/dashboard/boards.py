"""Boards for the screen's tests, made by hand from the domain types, and a desk in memory."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from monitor.errors import ReviewError
from monitor.model import (
    Action,
    Alert,
    Board,
    Claim,
    Config,
    Count,
    Cue,
    DateRange,
    Decision,
    Entry,
    Fact,
    Feed,
    FeedRow,
    FeedState,
    Health,
    Ledger,
    LedgerRow,
    Match,
    Note,
    Overdue,
    PollReport,
    Progress,
    ReviewState,
    Revision,
    Rule,
    Severity,
    Story,
    StoryReview,
    Verdict,
    VerdictName,
)

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
AFTER: dict[str, ReviewState] = {
    "confirm": "confirmed",
    "dismiss": "dismissed",
    "watch": "watching",
    "accept": "confirmed",
    "reopen": "reopened",
}
FACTS = (
    Fact(
        "f-status",
        "ain-al-asad",
        "status",
        date(2025, 12, 31),
        "Rudaw",
        "The coalition will hand over the base to the Iraqi army next week",
        status="handover_announced",
    ),
    Fact(
        "f-date",
        "ain-al-asad",
        "effective_date",
        date(2025, 12, 31),
        "Rudaw",
        "handed over next week",
        date=DateRange("next week", date(2026, 1, 5), date(2026, 1, 11), "week"),
    ),
    Fact(
        "f-count",
        "coalition@kurdistan-region",
        "count",
        date(2025, 11, 30),
        "Rudaw",
        "between 1,350 and 1,500 personnel remain in the Kurdistan Region",
        count=Count("1,350 to 1,500", 1350, 1500, "personnel", "remaining"),
    ),
    Fact(
        "f-zero",
        "coalition@ain-al-asad",
        "count",
        date(2025, 12, 31),
        "Rudaw",
        "no coalition personnel remain at the base",
        count=Count("no", 0, 0, "personnel", "remaining"),
    ),
    Fact(
        "f-contrib",
        "coalition",
        "contributors",
        date(2025, 12, 31),
        "Rudaw",
        "seven countries contribute troops",
        count=Count("seven", 7, 7, "countries", "total"),
        names=("US", "UK", "France", "Germany", "Italy"),
    ),
    Fact(
        "f-back",
        "coalition",
        "background",
        date(2025, 12, 31),
        "Rudaw",
        "In 2021 the mission shifted to advise and assist",
        text="2021 shift to advise-and-assist",
        compared=False,
    ),
)
NAMES = (
    ("ain-al-asad", "Ain al-Asad"),
    ("kurdistan-region", "Kurdistan Region"),
    ("coalition", "coalition"),
    ("harir", "Harir"),
    ("erbil", "Erbil"),
    ("US", "United States"),
)


def feed(ident: str, *, health: Health = "ok", cause: str = "", name: str = "", family: str = "") -> FeedRow:
    """A feed with its state."""
    return FeedRow(
        Feed(
            ident,
            f"https://{ident}.example/rss",
            name or ident.title(),
            family=family or ident,
            kind="state",
            reliability="B",
        ),
        FeedState(ident, health=health, cause=cause, failures=0 if health == "ok" else 4),
    )


def story(
    ident: str,
    title: str,
    *,
    gloss: str = "handover · completed · Ain al-Asad · 17 Jan 2026",
    summary: str = "",
    text: str = "",
    words: tuple[str, ...] = (),
    severity: Severity = "high",
    verdict: VerdictName = "updates",
    fact: str | None = "f-status",
    reason: str = "The base is handed over where the baseline has the handover announced: updates.",
    families: tuple[str, ...] = ("ina",),
    reports: int = 0,
    copies: int = 0,
    ago: timedelta = timedelta(minutes=29),
    url: str | None = "https://www.ina.example/news/1",
    lang: str = "en",
    claim: Claim | None = None,
    context: bool = False,
    state: ReviewState = "unreviewed",
    notes: tuple[Note, ...] = (),
    revisions: tuple[Revision, ...] = (),
) -> Story:
    """A story of `reports` alerts (at least one per family), the first of which carries everything."""
    parts = tuple((title.index(word), title.index(word) + len(word)) for word in words if word in title)
    start, end = (parts[0][0], parts[-1][1]) if parts else (0, len(title))
    said = claim or Claim(
        type="base_handover",
        phase="completed",
        polarity="denied" if context else "asserted",
        modality="fact",
        field="title",
        start=start,
        end=end,
        quote=title[start:end],
        rule="base-handover",
        facility="ain-al-asad",
        country="IQ",
        actors=("coalition",),
        date=DateRange("today", date(2026, 1, 17), date(2026, 1, 17), "day"),
        cues=(Cue("completed", title[start:end][:6], start, start + 6),),
        confidence=0.8,
    )
    alerts = []
    for number in range(max(reports, len(families))):
        family = families[number % len(families)]
        when = NOW - ago + timedelta(seconds=number)
        entry = Entry(
            f"{ident}-{number}",
            family,
            f"{ident}-{number}",
            url,
            title,
            summary,
            text,
            lang,
            when,
            when + timedelta(minutes=2),
            when,
            "f" * 8,
            revisions=revisions,
        )
        alerts.append(
            Alert(
                entry,
                family,
                lang,
                (Match("base-handover", "title", start, end, title[start:end], parts),),
                (said,),
                0,
                (Verdict(0, fact, verdict, reason),),
                verdict,
                "context" if context else "changes",
                severity,
                ("rule high", "+1 touches a baseline fact"),
                gloss,
            )
        )
    review = StoryReview(state, by="layla" if state != "unreviewed" else None, notes=notes)
    return Story(ident, tuple(alerts), families, copies, review=review)


def board(stories: tuple[Story, ...] = (), **other: object) -> Board:
    """A board with the facts above and three well feeds."""
    made = Board(NOW, "layla", stories, FACTS, (), (feed("ina"), feed("rudaw"), feed("anadolu")), NAMES, entries=412)
    return replace(made, **other)  # type: ignore[arg-type]


def rich_board() -> Board:
    """What a busy day looks like: four scripts, both lanes, reviews, sick feeds, something overdue."""
    full = story(
        "s1",
        "Iraq assumes full control of Ain al-Asad airbase as last coalition convoy leaves",
        words=("assumes full control", "airbase"),
        summary="Iraqi forces took over the base on Saturday.\nThe last convoy left at dawn.",
        text="Iraqi forces took over the base on Saturday. Nothing of the coalition remains, the ministry said.",
        families=("ina", "anadolu"),
        reports=7,
        copies=5,
        notes=(Note(NOW - timedelta(hours=1), "layla", "Ministry statement and INA agree; wait for imagery."),),
        revisions=(Revision(NOW - timedelta(hours=2), "Iraq to assume control of Ain al-Asad", "", ""),),
    )
    convoy = story(
        "s2",
        "Coalition convoy leaves Harir for Erbil",
        gloss="withdrawal · under way · Harir",
        severity="medium",
        verdict="new",
        fact=None,
        reason="No fact of the baseline speaks of Harir: new.",
        ago=timedelta(minutes=50),
        families=("rudaw",),
    )
    count = Claim(
        "force_count",
        "completed",
        "asserted",
        "reported",
        "title",
        0,
        12,
        "200 advisers",
        "force-count",
        facility="ain-al-asad",
        count=Count("200", 200, 200, "personnel", "remaining"),
    )
    remain = story(
        "s3",
        "200 advisers remain at Ain al-Asad, sources say",
        gloss="force count · 200 personnel remaining · Ain al-Asad",
        verdict="contradicts",
        fact="f-zero",
        claim=count,
        severity="critical",
        families=("rudaw", "ina", "anadolu"),
        ago=timedelta(hours=3),
        reason="200 remaining where the baseline has none (Rudaw, as of 2025-12-31), no arrival between: contradicts.",
    )
    arabic = story(
        "s4",
        "القوات العراقية تتسلم قاعدة عين الأسد بالكامل من التحالف الدولي",
        words=("تتسلم", "قاعدة"),
        lang="ar",
        families=("ina",),
        ago=timedelta(hours=4),
        text="تسلمت القوات العراقية قاعدة عين الأسد اليوم السبت.",
    )
    sorani = story(
        "s5",
        "هێزەکانی هاوپەیمانان لە بنکەی هەریر کشانەوە بۆ هەولێر",
        gloss="withdrawal · completed · Harir",
        lang="ckb",
        severity="medium",
        verdict="related",
        fact="f-count",
        families=("rudaw",),
        ago=timedelta(days=2),
        state="watching",
        reason="Harir lies within the Kurdistan Region: related.",
    )
    done = story(
        "s6",
        "US moves Patriot battery out of Erbil",
        gloss="equipment move · completed · Erbil · air defence",
        severity="low",
        verdict="new",
        fact=None,
        ago=timedelta(days=40),
        state="dismissed",
        families=("anadolu",),
    )
    denial = story("s7", "Ministry denies handover of Ain al-Asad", context=True, verdict="contradicts", severity="low")
    late = Overdue(
        FACTS[1], date(2026, 1, 11), 315, "reported done, review", "Reported done by INA on 17 Jan 2026.", "s1"
    )
    sick = (
        *(feed(f"ok{number}") for number in range(21)),
        feed("ina"),
        feed("rudaw"),
        feed("anadolu"),
        feed("shafaq", health="failing", cause="timed out after 30 s, 12 kB received", name="Shafaq News"),
        feed("mehr", health="blocked", cause="blocked: 403 with a challenge page"),
        feed("hawar", health="silent", cause="nothing new for 9 days, usually 4 a day"),
    )
    return board((full, convoy, remain, arabic, sorani, done, denial), overdue=(late,), feeds=sick)


class FakeDesk:
    """A desk in memory: decisions change the board at once; `gate`, where set, holds board() back until it opens."""

    def __init__(self, first: Board, *, read_only: bool = False, due: datetime | None = None) -> None:
        self.now_board = first
        self.read_only = read_only
        self.due = due
        self.token = 0
        self.calls: list[tuple[object, ...]] = []
        self.done: list[tuple[str, StoryReview]] = []
        self.refusal: Exception | None = None
        self.board_error: Exception | None = None
        self.poll_error: Exception | None = None
        self.gate: threading.Event | None = None
        self.polled: Callable[[], None] = lambda: None
        self.built = 0
        self.windows: list[int | None] = []
        self.reading: Progress | None = None

    @property
    def config(self) -> Config:
        """As few rules as show something."""
        rules = (Rule("base-handover", "base_handover", "high", when="@handover NEAR/8 @base"), Rule("my-words"))
        return Config("feeds.yml", "layla", None, None, tuple(row.feed for row in self.now_board.feeds), (), rules)

    def ledger(self, as_of: date | None = None) -> Ledger:
        """The facts of the board up to that day, one a row; one of them late."""
        self.calls.append(("ledger", as_of))
        day = as_of or NOW.date()
        held = [fact for fact in self.now_board.facts if fact.compared and fact.as_of <= day]
        before = (replace(held[0], status="active", as_of=date(2025, 6, 1)),) if held else ()
        return Ledger(
            day,
            tuple(
                LedgerRow(
                    fact.subject,
                    fact.attribute,
                    (fact,),
                    before if fact.attribute == "status" else (),
                    DateRange("next week", date(2026, 1, 5), date(2026, 1, 11), "week")
                    if fact.attribute == "status"
                    else None,
                    315 if fact.attribute == "status" else None,
                )
                for fact in held
            ),
        )

    def explain(self, text: str) -> tuple[Alert | None, tuple[str, ...]]:
        """The first story's lead for everything that names a base."""
        self.calls.append(("explain", text))
        found = self.now_board.stories[0].lead if "base" in text else None
        return found, ("not my-words: has @base; lacks @troops",)

    def progress(self) -> Progress | None:
        """As set."""
        return self.reading

    def board(self, window: int | None = None) -> Board:
        """The board as it stands, cut to the window."""
        if self.gate is not None:
            self.gate.wait(60)
        if self.board_error:
            raise self.board_error
        self.built += 1
        self.windows.append(window)
        if window is not None and len(self.now_board.stories) > window:
            return replace(self.now_board, stories=self.now_board.stories[:window], more=True)
        return self.now_board

    async def poll(self, *, force: bool = False, progress: Callable[[str], None] | None = None) -> PollReport:
        """Say what was asked, and do what the test wants done."""
        self.calls.append(("poll", force))
        if progress:
            progress("3 of 27\x1b[31m")
        if self.poll_error:
            raise self.poll_error
        self.polled()
        self.due = None
        return PollReport(polled=27, new=3, alerts=1, failed=(("shafaq", "timed out"),))

    def decide(self, story_id: str, action: Action, *, reason: str | None = None, text: str | None = None) -> Decision:
        """Change the review of one story."""
        self.calls.append((action, story_id, reason, text))
        if self.refusal:
            raise self.refusal
        old = next(one for one in self.now_board.stories if one.id == story_id)
        review = replace(old.review, state=AFTER.get(action, old.review.state), reason=reason)
        if text:
            review = replace(review, notes=(*review.notes, Note(NOW, "layla", text)))
        self.done.append((story_id, old.review))
        self._put(replace(old, review=review))
        return Decision(
            len(self.done), NOW, "layla", action, story_id, (), old.review.state, review.state, reason, text
        )

    def correct(self, story_id: str, given: object, *, entry: str | None = None, reason: str | None = None) -> Decision:
        """Say what was asked."""
        return self._noted("correct", story_id, given)

    def grade(self, story_id: str, grade: str, *, reason: str) -> Decision:
        """Say what was asked."""
        return self._noted("grade", story_id, grade, reason)

    def split(self, story_id: str, entries: object) -> Decision:
        """Say what was asked."""
        return self._noted("split", story_id, entries)

    def merge(self, story_id: str, other_id: str) -> Decision:
        """Say what was asked."""
        return self._noted("merge", story_id, other_id)

    def _noted(self, action: Action, story_id: str, *given: object) -> Decision:
        self.calls.append((action, story_id, *given))
        if self.refusal:
            raise self.refusal
        old = next(one for one in self.now_board.stories if one.id == story_id)
        self.done.append((story_id, old.review))
        self._put(replace(old, review=replace(old.review, state="in_review")))
        return Decision(len(self.done), NOW, "layla", action, story_id, (), old.review.state, "in_review")

    def undo(self) -> Decision:
        """Put the last review back."""
        self.calls.append(("undo",))
        if not self.done:
            raise ReviewError("There is nothing to undo.")
        ident, review = self.done.pop()
        old = next(one for one in self.now_board.stories if one.id == ident)
        self._put(replace(old, review=review))
        return Decision(9, NOW, "layla", "undo", ident, (), old.review.state, review.state, undoes=len(self.done) + 1)

    def _put(self, new: Story) -> None:
        stories = tuple(new if one.id == new.id else one for one in self.now_board.stories)
        self.now_board = replace(self.now_board, stories=stories)
        self.token += 1

    def changed(self) -> object:
        """Counts writes."""
        return self.token

    def next_due(self) -> datetime | None:
        """As set."""
        return self.due

    def unmute(self, feed_id: str) -> None:
        """Say what was asked."""
        self.calls.append(("unmute", feed_id))
