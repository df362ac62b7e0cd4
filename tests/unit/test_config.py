"""feeds.yml: every mistake at its place in plain words, all at once; and what a right file means."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from monitor import config
from monitor.errors import ConfigError, Mistake
from monitor.model import Config, Notify, Polling, RuleExample

FULL = """\
user: layla
store: postgresql://db.example.org/monitor
ui: {bidi: isolate, theme: light, keys: {poll: p}}
feeds:
  - id: shafaq-en
    url: https://shafaq.com/rss/${SECTION}
    name: Shafaq News
    lang: en
    tz: Asia/Baghdad
    country: NO
    region: iraq
    family: shafaq
    kind: pro-government
    reliability: B
    interval: 15m
    enabled: false
    allow_private: true
    headers: {Authorization: "Bearer ${TOKEN}", X-Plain: yes}
  - {id: small, url: "http://127.0.0.1:8000/feed"}
lists:
  handover: ["hand over", '"relieve in place"', "-turnover"]
rules:
  - id: base-handover
    type: base_handover
    severity: high
    when: 'S(@handover NEAR/8 (@base OR facility:*))'
    unless: >-
      S(prisoner*
      OR hostage*)
    examples:
      match: ["Coalition hands over the base", {ar: "تسليم القاعدة", fa: تحویل پایگاه}]
      not: [Clubs agree handover of the title]
  - id: my-words
    keywords: [carrier strike group, "حاملة طائرات"]
    enabled: false
notify:
  - {when: severity>=high, channel: command, run: [notify-send, "{title}"]}
  - {when: severity>=critical, channel: bell}
"""
ENV = {"TOKEN": "s3cret", "SECTION": "en"}
RULE = "rules:\n  - id: r\n    keywords: [a]\n"


def load(folder: Path, text: str, env: dict[str, str] | None = None) -> Config:
    path = folder / "feeds.yml"
    path.write_text(text, encoding="utf-8")
    return config.load(path, env=env or {})


def mistakes(folder: Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(folder, text)
    return [f"{m.line}:{m.col}: {m.what}" for m in caught.value.mistakes]


def test_a_full_file_is_read_as_written(tmp_path: Path) -> None:
    read = load(tmp_path, FULL, ENV)
    shafaq, small = read.feeds
    assert (read.user, read.store, read.seeds) == ("layla", "postgresql://db.example.org/monitor", None)
    assert (read.ui, read.keys) == ((("bidi", "isolate"), ("theme", "light")), (("poll", "p"),))
    assert (shafaq.url, shafaq.country, shafaq.kind) == ("https://shafaq.com/rss/en", "NO", "pro_government")
    assert (shafaq.interval, shafaq.reliability) == (timedelta(minutes=15), "B")
    assert (shafaq.enabled, shafaq.allow_private) == (False, True)
    assert shafaq.headers == (("Authorization", "Bearer s3cret"), ("X-Plain", "yes"))
    assert (small.name, small.publisher, small.interval, small.reliability) == ("small", "small", None, "F")
    assert read.lists == (("handover", ("hand over", '"relieve in place"', "-turnover")),)
    assert read.notify == (
        Notify("severity>=high", "command", ("notify-send", "{title}")),
        Notify("severity>=critical", "bell"),
    )


def test_polling_is_as_other_readers_have_it_unless_told(tmp_path: Path) -> None:
    assert load(tmp_path, "feeds: []\n").polling == Polling()
    text = "polling: {interval: 1h, floor: 2m, ceiling: 6h, concurrency: 4, spacing: 3s, wall: 1m, megabytes: 2}\n"
    read = load(tmp_path, text).polling
    assert (read.interval, read.floor, read.ceiling) == (timedelta(hours=1), timedelta(minutes=2), timedelta(hours=6))
    assert (read.concurrency, read.spacing, read.wall) == (4, timedelta(seconds=3), timedelta(minutes=1))
    assert (read.size, read.read, read.jitter) == (2 * 1024 * 1024, timedelta(seconds=15), 0.1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("polling: {spacing: 0s}\n", '1:20: "0s" is no time from 1s to 5m; write a number and a unit: 10s'),
        ("polling: {floor: 1h}\n", "1:10: floor, interval and ceiling must not be out of order"),
        ("polling: {concurency: 3}\n", '1:11: unknown key "concurency"'),
        ("polling: {concurrency: 0}\n", "1:24: "),
    ],
)
def test_a_mistake_in_polling_is_named(text: str, message: str, tmp_path: Path) -> None:
    assert [found[: len(message)] for found in mistakes(tmp_path, text)] == [message]


def test_rules_keep_their_places_for_the_compiler(tmp_path: Path) -> None:
    read = load(tmp_path, FULL, ENV)
    handover, words = read.rules
    lines = FULL.splitlines()
    places = dict(handover.place)
    assert (handover.type, handover.severity, words.type, words.severity) == (
        "base_handover",
        "high",
        "keyword",
        "medium",
    )
    assert lines[places["when"][0] - 1][places["when"][1] - 1 :].startswith("S(@handover")
    assert lines[places["unless"][0] - 1][places["unless"][1] - 1 :] == "S(prisoner*"
    assert handover.unless == "S(prisoner* OR hostage*)"
    assert (words.keywords, words.enabled) == (("carrier strike group", "حاملة طائرات"), False)
    assert set(dict(words.place)) == {"id", "keywords"}
    assert read.list_places == (("handover", (21, 3)),)
    assert handover.examples[0] == RuleExample("Coalition hands over the base", True, None, 31, 16)
    assert [(e.lang, e.matches) for e in handover.examples] == [(None, True), ("ar", True), ("fa", True), (None, False)]
    assert all(lines[e.line - 1][e.col - 1 :].startswith(e.text) for e in handover.examples)


@pytest.mark.parametrize("text", ["", "feeds:\n", "feeds: []\nrules: []\nlists: {}\nnotify: []\nui:\n", "user: null\n"])
def test_an_empty_file_or_section_is_fine(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "layla")
    read = load(tmp_path, text)
    assert (read.feeds, read.rules, read.lists, read.user) == ((), (), (), "layla")


@pytest.mark.parametrize(("word", "length"), [("60s", 60), ("90s", 90), ("15m", 900), ("2h", 7200), ("1d", 86400)])
def test_intervals(word: str, length: int, tmp_path: Path) -> None:
    text = f"polling: {{floor: 60s}}\nfeeds: [{{id: a, url: 'https://a.example', interval: {word}}}]"
    [feed] = load(tmp_path, text).feeds
    assert feed.interval == timedelta(seconds=length)


@pytest.mark.parametrize(
    ("written", "kind"), [("party-affiliated", "party"), ("pro-government", "pro_government"), ("wire", "wire")]
)
def test_kinds_may_be_written_with_a_hyphen(written: str, kind: str, tmp_path: Path) -> None:
    assert load(tmp_path, f"feeds: [{{id: a, url: 'https://a.example', kind: {written}}}]").feeds[0].kind == kind


FEED_KEYS = (
    "id, url, name, lang, tz, country, region, family, kind, reliability, interval, enabled, allow_private, headers"
)
TOP_KEYS = "user, store, seeds, ui, polling, feeds, shipped_feeds, lists, rules, shipped_rules, notify"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("intervall: 15m", '4:5: unknown key "intervall", did you mean "interval"?'),
        ("tint: red", f'4:5: unknown key "tint"; known here: {FEED_KEYS}'),
        ("7: red", f'4:5: unknown key "7"; known here: {FEED_KEYS}'),
        ("interval: 15", '4:15: "15" is no interval; write a number and a unit: 90s, 15m, 2h or 1d'),
        ("when: troops", '4:5: the key "when" does not belong here but to a rule, under "rules:"'),
        (
            "store: x.db",
            '4:5: the key "store" does not belong here but to the top of the file, without blanks before it',
        ),
        ("interval: 59s", '4:15: the interval "59s" must be at least 60s (and at most 30d)'),
        ("interval: 999999d", '4:15: the interval "999999d" must be at least 60s (and at most 30d)'),
        ("tz: Asia/Bagdad", '4:9: unknown time zone "Asia/Bagdad", did you mean "Asia/Baghdad"?'),
        ("tz: /etc/passwd", '4:9: unknown time zone "/etc/passwd"'),
        ("tz: Mars/Phobos", '4:9: unknown time zone "Mars/Phobos"'),
        ("kind: stat", '4:11: unknown kind "stat", did you mean "state"?'),
        ("reliability: G", '4:18: "G" is no reliability; write A (best) to E, or F for not judged'),
        (
            "lang: English",
            '4:11: "English" is no language code; write two or three small letters: '
            "en ar fa ckb kmr ku tr he ru fr, or another",
        ),
        ("country: Iraq", '4:14: "Iraq" is no country code; write two capitals, such as IQ or GB'),
        ("enabled: no", '4:14: "enabled" must be true or false'),
        ("name: 24", '4:11: "name" must be text; put the value in quotes'),
        ("name: [a]", '4:11: "name" must be text'),
        ("name: ' '", "4:12: this text is empty; write something, or delete the key"),
        ("headers: [a]", '4:14: "headers" must be a mapping of keys to values'),
        ("headers: {A b: c}", '4:15: "A b" is no header name; it may hold letters, digits and "-"'),
        ("headers: {A: }", '4:18: "A" has no value; it must be text'),
        (
            "headers: {A: 'Bearer ${NOPE}'}",
            "4:19: the environment variable NOPE is not set; set it before the start of monitor",
        ),
        (
            'headers: {A: "x\\ny"}',
            "4:19: the header's value holds a line break or a character outside ASCII (it may come from a variable)",
        ),
    ],
)
def test_a_mistake_in_a_feed_is_named_at_its_place(line: str, message: str, tmp_path: Path) -> None:
    found = mistakes(tmp_path, f"feeds:\n  - {{id: a, url: 'https://a.example'}}\n  - id: b\n    {line}\n")
    assert found == ['3:5: the key "url" is missing', message]


def test_a_feed_is_not_to_be_polled_more_often_than_the_floor(tmp_path: Path) -> None:
    text = "feeds:\n  - {id: a, url: 'https://a.example', interval: 4m}\n"
    what = "no feed is asked more often than every 5m (floor, under polling:); write that or more"
    assert mistakes(tmp_path, text) == [f"2:49: {what}"]
    [feed] = load(tmp_path, "polling: {floor: 4m}\n" + text).feeds
    assert feed.interval == timedelta(minutes=4)


def test_a_folder_of_time_zones_is_no_time_zone(tmp_path: Path) -> None:
    [found] = mistakes(tmp_path, "feeds: [{id: a, url: 'https://a.example', tz: America}]")
    assert found.startswith('1:47: unknown time zone "America", did you mean "America/')


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("ftp://a.example/x", "the address must begin with http:// or https://"),
        ("a.example/rss", "the address must begin with http:// or https://"),
        ("file:///etc/passwd", "the address must begin with http:// or https://"),
        ("https:///rss", "the address has no host name, or a space or line break inside"),
        ("https://a.example/a b", "the address has no host name, or a space or line break inside"),
        ("https://[::1/rss", "the address cannot be read; copy it from the browser once more"),
        ("https://a.example:port/", "the address cannot be read; copy it from the browser once more"),
        ("https://a.example/${NOPE}", "the environment variable NOPE is not set; set it before the start of monitor"),
    ],
)
def test_addresses_are_http_with_a_host(url: str, message: str, tmp_path: Path) -> None:
    assert mistakes(tmp_path, f'feeds:\n  - id: a\n    url: "{url}"\n') == [f"3:11: {message}"]


def test_a_secret_may_lie_in_the_keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = {("feeds/shafaq", "token"): "s3cret"}
    fake = SimpleNamespace(get_password=lambda service, user: held.get((service, user)))
    monkeypatch.setitem(sys.modules, "keyring", fake)
    text = """feeds:
  - id: a
    url: "https://a.example/?t=${keyring:feeds/shafaq/token}&u=${USER_NAME}"
    headers: {Authorization: "Bearer ${keyring:feeds/shafaq/token}"}
"""
    (feed,) = load(tmp_path, text, {"USER_NAME": "me"}).feeds
    assert feed.url == "https://a.example/?t=s3cret&u=me"
    assert feed.headers == (("Authorization", "Bearer s3cret"),)
    wanted = "install the extra [keyring], then `keyring set feeds/shafaq token`"
    held.clear()
    text = text.replace("&u=${USER_NAME}", "")
    expected = [f"the keyring holds nothing for feeds/shafaq/token; {wanted}"] * 2
    assert [one.partition(": ")[2] for one in mistakes(tmp_path, text)] == expected
    # A keyring that is locked, or not there at all, is the same to the reader.
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert [one.partition(": ")[2] for one in mistakes(tmp_path, text)] == expected


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("feds: []\n", ['1:1: unknown key "feds", did you mean "feeds"?']),
        ("- a\n", [f"1:1: this must be a mapping with keys out of: {TOP_KEYS}"]),
        ("just words\n", [f"1:1: this must be a mapping with keys out of: {TOP_KEYS}"]),
        ("feeds: {a: b}\n", ['1:8: "feeds" must be a list, each item on its own line after a dash, or all in [ ]']),
        ("feeds: [a]\n", [f"1:9: this must be a mapping with keys out of: {FEED_KEYS}"]),
        ("user: 5\n", ['1:7: "user" must be text; put the value in quotes']),
        (
            "store: mysql://x\n",
            ['1:8: unknown kind of store "mysql"; known here: postgresql, postgres, sqlite, file'],
        ),
        (
            "ui: {bidi: on, them: dark}\n",
            [
                '1:12: unknown bidi "on"; known here: auto, isolate, reorder, off',
                '1:16: unknown key "them", did you mean "theme"?',
            ],
        ),
        (
            "feeds:\n  - {id: Shafaq EN, url: 'https://a.example'}\n",
            ['2:10: "Shafaq EN" must be made of small letters a-z, digits, "-", "_" and ".", for example "shafaq-en"'],
        ),
        (
            "feeds:\n  - {id: a, url: 'https://a.example'}\n  - {id: a, url: 5}\n",
            [
                '3:10: the feed id "a" is taken in line 2; choose another',
                '3:18: "url" must be text; put the value in quotes',
            ],
        ),
        (RULE + RULE.split("\n", 1)[1], ['4:9: the rule id "r" is taken in line 2; choose another']),
        ("lists: {handover: []}\n", ['1:19: the list "handover" is empty; write at least one item, or delete the key']),
        ("lists: {a: word}\n", ['1:12: "a" must be a list, each item on its own line after a dash, or all in [ ]']),
        ("lists: {a: [b, 2500]}\n", ['1:16: each item of "a" must be text; put the value in quotes']),
        ("lists: {a: [b, '-']}\n", ["1:17: this term is empty; write a word or delete the line"]),
        (
            "lists: {My List: [b]}\n",
            ['1:9: "My List" must be made of small letters a-z, digits, "-", "_" and ".", for example "my-list"'],
        ),
        ("rules:\n  - id: r\n", ["2:5: this rule has neither when nor keywords; write one of them"]),
        (
            "rules:\n  - id: r\n    when: a\n    keywords: [b]\n",
            ["2:5: this rule has both when and keywords; keep one of them"],
        ),
        (
            "rules:\n  - id: r\n    when: a\n    type: base_handovr\n    severity: hgh\n",
            [
                '4:11: unknown type "base_handovr", did you mean "base_handover"?',
                '5:15: unknown severity "hgh", did you mean "high"?',
            ],
        ),
        (
            "rules:\n  - id: r\n    when: ''\n",
            ["3:12: this text is empty; write something, or delete the key"],
        ),
        (
            "rules:\n  - id: r\n    keywords: []\n",
            ['3:15: the list "keywords" is empty; write at least one item, or delete the key'],
        ),
        (
            "rules:\n  - id: r\n    keywords: [a]\n    examples: {match: [], nott: [b]}\n",
            [
                '4:23: the list "match" is empty; write at least one item, or delete the key',
                '4:27: unknown key "nott", did you mean "not"?',
            ],
        ),
        (
            "rules:\n  - id: r\n    keywords: [a]\n    examples: {not: [5, {ar: 5}, {arabic: x}]}\n",
            [
                '4:22: an example is a sentence, or {lang: "sentence"}',
                "4:25: the sentence of this example is not text; put it in quotes",
                '4:34: "arabic" is no language code; write two or three small letters: '
                "en ar fa ckb kmr ku tr he ru fr, or another",
            ],
        ),
        (
            "notify:\n  - {when: rule=a, channel: command}\n  - {when: rule=a, channel: bell, run: [b]}\n"
            "  - {channel: mail}\n",
            [
                '2:5: the channel "command" needs the key "run": the program and its arguments as a list',
                '3:40: the channel "bell" runs nothing; delete "run", or write channel: command',
                '4:5: the key "when" is missing',
                '4:15: unknown channel "mail"; known here: bell, command, webhook, apprise',
            ],
        ),
    ],
)
def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(text: str, messages: list[str], tmp_path: Path) -> None:
    assert mistakes(tmp_path, text) == messages


def test_no_message_shows_a_secret(tmp_path: Path) -> None:
    text = 'feeds: [{id: a, url: "${URL}", headers: {A: "${TOKEN}\\n", B: 5}}]'
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text, {"TOKEN": "s3cret", "URL": "ftp://user:s3cret@a.example"})
    assert len(caught.value.mistakes) == 3
    assert "s3cret" not in str(caught.value)


def test_the_check_of_the_rules_runs_beside_other_mistakes(tmp_path: Path) -> None:
    path = tmp_path / "feeds.yml"
    path.write_text("feeds: [{id: a}]\nrules:\n  - {id: r, severity: hgh, when: 'a NEAR b'}\n")
    seen: list[Config] = []

    def check(read: Config) -> Sequence[Mistake]:
        seen.append(read)
        line, col = dict(read.rules[0].place)["when"]
        return [Mistake(read.file, line, col + 2, "NEAR needs a number")]

    with pytest.raises(ConfigError) as caught:
        config.load(path, check=check)
    assert [(m.line, m.col) for m in caught.value.mistakes] == [(1, 9), (3, 23), (3, 37)]
    assert seen[0].rules[0].when == "a NEAR b"
    path.write_text(RULE)
    assert config.load(path, check=lambda read: []).rules[0].id == "r"


@pytest.mark.parametrize("lists", ["lists: {a: []}", "lists: [a]", "lists: {A b: [c]}"])
def test_rules_are_not_blamed_for_lists_that_could_not_be_read(lists: str, tmp_path: Path) -> None:
    path = tmp_path / "feeds.yml"
    path.write_text(f"{lists}\nrules: [{{id: r, when: '@a'}}]\n")
    with pytest.raises(ConfigError) as caught:
        config.load(path, check=lambda read: [Mistake(read.file, 2, 1, "unknown list a")])
    assert [m.line for m in caught.value.mistakes] == [1]


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"cannot be read .*No such file.*monitor init"):
        config.load(tmp_path / "none.yml")
    with pytest.raises(ConfigError, match="cannot be read"):
        config.load(tmp_path)
    (tmp_path / "latin.yml").write_bytes("user: a\nstore: J\xfcrgen".encode("latin-1"))
    with pytest.raises(ConfigError, match=r"latin\.yml:2:9: this byte is not UTF-8; save the file as UTF-8"):
        config.load(tmp_path / "latin.yml")


TOKENS = [
    "user",
    "feeds",
    "rules",
    "lists",
    "notify",
    "ui",
    "id",
    "url",
    "when",
    "keywords",
    "examples",
    "match",
    "lang",
]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from([*TOKENS, "https://a.example", "${X}", "15m", ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(TOKENS) | st.integers(0, 3), inner),
    max_leaves=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=st.text(max_size=30) | VALUES.map(repr) | st.dictionaries(st.sampled_from(TOKENS), VALUES).map(repr))
def test_any_text_gives_a_config_or_a_config_error(text: str, tmp_path: Path) -> None:
    path = tmp_path / "feeds.yml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        found: Config | tuple[Mistake, ...] = config.load(path, env={})
    except ConfigError as error:
        found = error.mistakes
    assert isinstance(found, Config) or all(m.what and m.line >= 1 and m.col >= 1 for m in found)
    assert found != ()


# ---- where files are -------------------------------------------------------------------------------------------------


def test_the_first_file_found_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, cwd = tmp_path / "home", tmp_path / "cwd"
    for folder in (home / "monitor", cwd, tmp_path / "named"):
        folder.mkdir(parents=True)
    monkeypatch.setattr("platformdirs.user_config_path", lambda name, appauthor: home / name)
    assert config.find(None, cwd, {}) == config.shipped() / "feeds.yml"
    (home / "monitor" / "feeds.yml").touch()
    assert config.find(None, cwd, {}) == home / "monitor" / "feeds.yml"
    (cwd / "feeds.yml").touch()
    assert config.find(None, cwd, {"MONITOR_CONFIG": ""}) == cwd / "feeds.yml"
    (tmp_path / "named" / "feeds.yml").touch()
    assert config.find(None, cwd, {"MONITOR_CONFIG": "../named"}) == cwd / "../named" / "feeds.yml"
    (cwd / "other.yml").touch()
    assert config.find("other.yml", cwd, {"MONITOR_CONFIG": "../named"}) == cwd / "other.yml"


@pytest.mark.parametrize(
    ("explicit", "env", "origin"), [("x.yml", {}, "--config"), (None, {"MONITOR_CONFIG": "x.yml"}, "MONITOR_CONFIG")]
)
def test_a_file_that_was_asked_for_must_be_there(
    explicit: str | None, env: dict[str, str], origin: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError) as caught:
        config.find(explicit, tmp_path, env)
    assert str(caught.value) == (
        f"{tmp_path / 'x.yml'}:1:1: {origin} names this file, but it is not there; "
        "mend the path, or run `monitor init` to get one"
    )


def test_seeds_are_taken_from_the_setting_or_beside_the_file_or_shipped(tmp_path: Path) -> None:
    assert config.seeds_folder(load(tmp_path, "")) == config.shipped() / "seeds"
    (tmp_path / "seeds").mkdir()
    assert config.seeds_folder(load(tmp_path, "")) == tmp_path / "seeds"
    (tmp_path / "mine").mkdir()
    assert config.seeds_folder(load(tmp_path, "seeds: mine")) == tmp_path / "mine"
    assert mistakes(tmp_path, "seeds: gone") == [
        f"1:8: there is no folder {tmp_path / 'gone'}; mend the path, or delete the key"
    ]


def test_an_installed_program_takes_its_defaults_from_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site" / "monitor"
    (package / "defaults").mkdir(parents=True)
    monkeypatch.setattr(config, "__file__", str(package / "config.py"))
    assert config.shipped() == tmp_path / "site"
    (package / "defaults" / "feeds.yml").touch()
    assert config.shipped() == package / "defaults"


def test_the_shipped_file_is_right() -> None:
    read = config.load(config.shipped() / "feeds.yml", env={})
    assert len(read.feeds) >= 70
    assert {feed.lang for feed in read.feeds} >= {"en", "ar", "fa", "ckb", "tr", "he"}
    assert all(feed.tz and feed.country and feed.region and feed.family for feed in read.feeds)
    assert all(feed.reliability == "F" and feed.enabled and not feed.headers for feed in read.feeds)
    assert len({feed.url for feed in read.feeds}) == len(read.feeds)


def test_a_machine_without_accounts_still_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError("uid")

    monkeypatch.setattr("getpass.getuser", nobody)
    assert load(tmp_path, "").user == "unknown"


def test_a_machine_without_time_zones_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.schema.values.available_timezones", set)
    found = mistakes(tmp_path, "feeds: [{id: a, url: 'https://a.example', tz: No/Where}]")
    assert found == ["1:47: this machine has no time zone data; install the package tzdata"]


def test_importing_costs_no_library() -> None:
    code = "import sys, monitor.config; print({'pydantic', 'ruamel.yaml', 'platformdirs'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
