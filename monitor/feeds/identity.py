"""Which entry an item of a document is: known, known in another wording, or new. Pure.

An item is known by the first of guid, link and hash of its wording. Feeds break each of these: guids change from http
to https, are given out twice, or differ at each poll; links all lead to the front page. An item that plainly is another
one than its key says goes on to the next key, so that it is not lost; a feed that does so often moves on as a whole.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import get_args

from monitor.feeds.evidence import evidence_of
from monitor.model import Entry, Feed, FeedState, Identity, ParsedEntry, Revision

REVISIONS = 24
_ORDER: tuple[Identity, ...] = get_args(Identity)
_JUDGED = 200  # how many of a feed's last keys are held against it
_TOO_MANY = 0.05
_AT_LEAST = 2
_WORD = re.compile(r"\w+")
_SCHEME = re.compile(r"^(guid|link):(https?)://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Selection:
    """What a document brought. `judged` keys were looked at, `collided` of them stood for another item."""

    new: tuple[Entry, ...] = ()
    revised: tuple[Entry, ...] = ()
    judged: int = 0
    collided: int = 0


def select(
    feed: Feed, parsed: Sequence[ParsedEntry], known: Mapping[str, Entry], now: datetime, identity: Identity = "guid"
) -> Selection:
    """The entries that are new, and those whose cleaned title or text changed. An item given twice counts once."""
    found = _Known(known, identity)
    new: dict[str, Entry] = {}
    revised: dict[str, Entry] = {}
    taken: dict[str, ParsedEntry] = {}
    judged = collided = 0
    prints = [fingerprint_of(item.title, item.summary, item.text) for item in parsed]
    # Known entries that stand in the document as they were, under another key: no other item is a new wording of them.
    unchanged = {
        old.key
        for item, fingerprint in zip(parsed, prints, strict=True)
        if (old := found.same(item, fingerprint)) and old.key != next(entry_keys(item, identity))
    }
    for item, fingerprint in zip(parsed, prints, strict=True):
        for key in entry_keys(item, identity):
            earlier = taken.get(key)
            old = found.entry(key) if earlier is None else None
            reworded = old is not None and old.key in unchanged and old.fingerprint != fingerprint
            if not (reworded or _another(earlier or old, item)):
                break
            old = None
            collided += 1
        judged += 1
        if earlier is not None:
            continue
        taken[key] = item
        old = old or found.same(item, fingerprint)
        if old is None:
            new[key] = to_entry(feed.id, key, item, feed.lang, now, fingerprint)
        # An expired entry has no fingerprint left: it is known, and no wording of it is new.
        elif old.fingerprint and old.fingerprint != fingerprint:
            revised[old.key] = _revised(old, item, fingerprint, now)
    return Selection(tuple(new.values()), tuple(revised.values()), judged, collided)


def moved_on(state: FeedState, selection: Selection) -> FeedState:
    """The state with the collisions counted; past 5 % of about the last 200 keys the feed moves to the next key."""
    judged, collided = state.keys_judged + selection.judged, state.keys_collided + selection.collided
    if collided >= _AT_LEAST and collided > _TOO_MANY * min(judged, _JUDGED) and state.identity != _ORDER[-1]:
        following = _ORDER[_ORDER.index(state.identity) + 1]
        return replace(state, identity=following, keys_judged=0, keys_collided=0)
    while judged > _JUDGED:
        judged, collided = judged // 2, collided // 2
    return replace(state, keys_judged=judged, keys_collided=collided)


def entry_keys(item: ParsedEntry, identity: Identity = "guid") -> Iterator[str]:
    """The keys an item has, best first, from the one its feed is known by."""
    if identity == "guid" and item.guid:
        yield f"guid:{item.guid}"
    if identity != "hash" and item.url:
        yield f"link:{item.url}"
    yield _hash_key(item)


def entry_key(item: ParsedEntry) -> str:
    """The first present of guid, link and hash of title, date and text."""
    return next(iter(entry_keys(item)))


def fingerprint_of(title: str, summary: str, text: str) -> str:
    """Two wordings with the same fingerprint are one revision."""
    return hashlib.sha256("\0".join((title, summary, text)).encode("utf-8", "replace")).hexdigest()


def to_entry(feed_id: str, key: str, item: ParsedEntry, lang: str | None, now: datetime, fingerprint: str) -> Entry:
    """A new entry with its identity."""
    identifier = hashlib.sha256(f"{feed_id}\0{key}".encode("utf-8", "replace")).hexdigest()[:16]
    return Entry(
        identifier,
        feed_id,
        key,
        item.url,
        item.title,
        item.summary,
        item.text,
        lang,
        item.published,
        now,
        now,
        fingerprint,
        item.source_label,
        evidence=evidence_of(item, now),
    )


class _Known:
    """The feed's entries, found by any key, also under the one they did not get."""

    def __init__(self, known: Mapping[str, Entry], identity: Identity) -> None:
        self._known, self._identity = known, identity
        self._others: dict[str, Entry] | None = None
        self._wordings: dict[tuple[str, str], Entry] | None = None

    def entry(self, key: str) -> Entry | None:
        found = self._known.get(key)
        if found is None and (scheme := _SCHEME.match(key)):
            other = "http" if scheme[2].lower() == "https" else "https"
            found = self._known.get(f"{scheme[1]}:{other}{key[scheme.end(2) :]}")
        if found is None and self._identity != "guid":
            found = self._by_identity().get(key)
        return found

    def same(self, item: ParsedEntry, fingerprint: str) -> Entry | None:
        """An entry with this very address and wording: the item was published again under another guid."""
        if item.url is None:
            return None
        if self._wordings is None:
            self._wordings = {(e.url, e.fingerprint): e for e in self._known.values() if e.url}
        return self._wordings.get((item.url, fingerprint))

    def _by_identity(self) -> dict[str, Entry]:
        # The feed moved on from a better key: its entries keep their ids, and are found by the new one.
        if self._others is None:
            self._others = {}
            for entry in self._known.values():
                by_link = self._identity == "link" and entry.url
                self._others.setdefault(f"link:{entry.url}" if by_link else _hash_key(entry), entry)
        return self._others


def _another(there: Entry | ParsedEntry | None, item: ParsedEntry) -> bool:
    """Whether the key stands for something else already: another title, and another address or another day."""
    if there is None:
        return False
    dates = there.published is not None and item.published is not None
    same_moment = dates and there.published == item.published
    elsewhere = there.url is not None and item.url is not None and _bare(there.url) != _bare(item.url)
    # One address twice in one document, or none at all: then only the day tells two items apart.
    placeless = dates and there.url == item.url and (item.url is None or isinstance(there, ParsedEntry))
    if same_moment or not (elsewhere or placeless):
        return False
    return _alike(there.title, item.title) < 0.5


def _alike(one: str, other: str) -> float:
    """The share of words that two titles have in common."""
    words, others = set(_WORD.findall(one.casefold())), set(_WORD.findall(other.casefold()))
    return len(words & others) / len(words | others) if words or others else 1.0


def _bare(url: str) -> str:
    return url.partition("://")[2].partition("#")[0].partition("?")[0].rstrip("/")


def _hash_key(item: ParsedEntry | Entry) -> str:
    written = "\0".join((item.title, item.published.isoformat() if item.published else "", item.summary, item.text))
    return "hash:" + hashlib.sha256(written.encode("utf-8", "replace")).hexdigest()


def _revised(old: Entry, item: ParsedEntry, fingerprint: str, now: datetime) -> Entry:
    earlier = Revision(old.revised, old.title, old.summary, old.text)
    return replace(
        old,
        title=item.title,
        summary=item.summary,
        text=item.text,
        url=item.url or old.url,
        revised=now,
        fingerprint=fingerprint,
        revisions=(*old.revisions, earlier)[-REVISIONS:],
        evidence=evidence_of(item, now),
    )
