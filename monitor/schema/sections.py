"""The sections of feeds.yml, key by key. A key's description is what an editor shows and the reference prints."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from monitor.schema.values import (
    Address,
    Country,
    Example,
    Expression,
    Header,
    HeaderName,
    Interval,
    Kind,
    Lang,
    Level,
    Quiet,
    Reliability,
    Seconds,
    Slug,
    Store,
    Term,
    Text,
    Type,
    Url,
    Zone,
    one_of,
)


def key(description: str, default: Any = None, **more: Any) -> Any:
    """A key that may be left out; `default` is what then holds."""
    return Field(default, description=description, **more)


class Section(BaseModel):
    """A mapping of feeds.yml: unknown keys are refused, values are not converted."""

    model_config = ConfigDict(extra="forbid", strict=True)


class TopSection(Section):
    """The keys of feeds.yml."""

    user: Text | None = key("Who reviews. Left out: the account.")
    store: Store | None = key(
        "Where entries are kept: x.db or x.json, relative to this file, or postgresql://... Left out: store.db in the"
        " data directory."
    )
    seeds: Text | None = key("The folder with the seed articles, relative to this file. Left out: seeds/ beside it.")
    ui: dict[Any, Any] | None = key("How the screen looks.")
    polling: dict[Any, Any] | None = key("How often and how politely all feeds are asked.")
    feeds: list[Any] | None = key("The sources that are polled.")
    shipped_feeds: bool = key("true: the shipped feeds beside yours; of two with the same id yours counts.", False)
    lists: dict[Any, Any] | None = key("Words for rules, by name: @name. They add to the shipped list of that name.")
    rules: list[Any] | None = key("What is watched for.")
    shipped_rules: bool = key("true: the shipped rules beside yours; of two with the same id yours counts.", False)
    notify: list[Any] | None = key("Who is told outside the screen, and of what.")


class UiSection(Section):
    """How the screen looks."""

    bidi: one_of("bidi", "auto", "isolate", "reorder", "off") | None = key(  # type: ignore[valid-type]
        "How right-to-left text is shown; auto suits most terminals."
    )
    theme: Text | None = key("dark, light, high-contrast, colour-blind, ansi, or another theme of Textual.")
    ascii: bool = key("Marks and frames in ASCII alone; the map is then a list.", False)
    keys: dict[Text, Text] | None = key("Keys of your own: the id of a key and the keys that are to do it.")


class PollingSection(Section):
    """How often and how politely all feeds are asked. What is left out is as other readers have it."""

    interval: Interval = key("How often a feed is polled until its rhythm is known.", "30m", validate_default=True)
    floor: Interval = key("No feed more often than this.", "5m", validate_default=True)
    ceiling: Interval = key("No feed less often than this, even one that fails.", "24h", validate_default=True)
    concurrency: Annotated[int, Field(ge=1, le=200)] = key("Requests at once.", 20)
    spacing: Seconds = key("Between two requests to one host.", "1s", validate_default=True)
    connect: Seconds = key("A connection takes no longer than this.", "10s", validate_default=True)
    read: Seconds = key("A silence in the middle of an answer is no longer than this.", "15s", validate_default=True)
    wall: Seconds = key("A whole request takes no longer than this.", "30s", validate_default=True)
    megabytes: Annotated[int, Field(ge=1, le=100)] = key("A document is no larger than this after decoding.", 10)


class FeedSection(Section):
    """One feed. id and url are enough."""

    id: Slug = Field(description="Your name for it: small letters, digits, hyphens. Its identity, never used twice.")
    url: Url = Field(
        description="Its address; ${NAME} is replaced by the environment variable NAME, "
        "${keyring:SERVICE/NAME} by what the keyring holds."
    )
    name: Text | None = key("What the screen shows. Left out: the id.")
    lang: Lang | None = key("en ar fa ckb kmr tr he ru fr or another; ku: the script decides. Left out: by script.")
    tz: Zone | None = key("The time zone of dates without an offset.")
    country: Country | None = key("Two capitals; rules can ask for it with country:IQ.")
    region: Text | None = key("A word by which sick sources are grouped.")
    family: Text | None = key("The publisher. Feeds that share it count as one source. Left out: the feed itself.")
    kind: Kind = key("Who stands behind it.", "independent")
    reliability: Reliability = key("Admiralty grade A (best) to E; F: not judged.", "F")
    interval: Interval | None = key(
        "How often it is polled; not below `floor` under `polling`. Left out: half its usual gap."
    )
    enabled: bool = key("false: keep it, do not poll it.", True)
    allow_private: bool = key("true: the address may be on this machine or network.", False)
    headers: dict[HeaderName, Header] | None = key("Sent with each request; ${NAME} is replaced, as in url.")


class ExamplesSection(Section):
    """Sentences that a rule must or must not match; they run with `monitor rules check`."""

    match: Annotated[list[Example], Field(min_length=1)] | None = key("Sentences that it must match.")
    not_: Annotated[list[Example] | None, Field(min_length=1, alias="not")] = key("Sentences that it must not match.")


class RuleSection(Section):
    """One rule: either `when` or `keywords`."""

    id: Slug = Field(description="Its name, never used twice.")
    type: Type = key("What a match is read as.", "keyword")
    severity: Level = key("How much it matters before the claim is weighed.", "medium")
    when: Expression | None = key("The expression that must hold.")
    unless: Expression | None = key("Takes away the matches whose own sentence satisfies it.")
    keywords: Annotated[list[Term], Field(min_length=1)] | None = key("Any of these, in any inflected form.")
    examples: ExamplesSection | None = key("Sentences that it must and must not match.")
    enabled: bool = key("false: keep it, do not run it.", True)


class NotifySection(Section):
    """One way of being told. Several lines make tiers: each has its own condition, channel and pace."""

    when: Text = Field(
        description="Which stories: severity>=high, verdict=contradicts, rule=my-words; several joined by `and`."
    )
    channel: one_of("channel", "bell", "command", "webhook", "apprise") = Field(  # type: ignore[valid-type]
        description="bell: the terminal; command: a program; webhook: an HTTP POST; apprise: mail, Slack and others."
    )
    run: Annotated[list[Text], Field(min_length=1)] | None = key(
        "command: the program and its arguments; {title} {gloss} {severity} {verdict} {reason} {feed} {url} {story} "
        "{text} are filled in."
    )
    url: Address | None = key("webhook: where to post; apprise: an address such as mailto://... ${NAME} is replaced.")
    headers: dict[HeaderName, Header] | None = key("webhook: sent with each post.")
    allow_private: bool = key("webhook: true: the address may be on this machine or network.", False)
    cooldown: Interval | None = key(
        "At least so long between two notices of this line; what comes meanwhile is gathered into one."
    )
    repeat: Interval | None = key(
        "Again after so long while nobody has reviewed the story, then after twice as long; five times."
    )
    quiet: Quiet | None = key(
        "Hours of silence, such as 22:00-06:30; what comes meanwhile is gathered into one notice after."
    )
    tz: Zone | None = key("The time zone of `quiet`. Left out: the machine's.")
    digest: Interval | None = key("Gather for so long, and send one notice of all.")
