"""What stands at an address: fetched and parsed as a poll would, with nothing stored."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from monitor.cli.setup import USER_AGENT
from monitor.errors import InputError
from monitor.feeds import discover as discovery
from monitor.feeds.clean import mask_url, safe
from monitor.feeds.fetch import Fetcher
from monitor.feeds.inflate import amount
from monitor.feeds.schedule import words
from monitor.model import Config, Feed, FeedState, Fetched, NotModified, ParsedFeed
from monitor.reader import Reader

_SPACING = 1.0  # seconds between two tries at one site


@dataclass(frozen=True, slots=True)
class Found:
    """An address and what came of it: a feed (`parsed`), or the `cause` why not."""

    url: str
    cause: str = ""
    fetched: Fetched | None = None
    parsed: ParsedFeed | None = None

    def lines(self) -> Iterator[str]:
        """For people."""
        if self.parsed is None or self.fetched is None:
            yield f"{mask_url(safe(self.url))}: {self.cause}"
            return
        dates = [entry.published for entry in self.parsed.entries if entry.published is not None]
        yield f"{mask_url(self.url)}: a feed"
        yield f"title     {self.parsed.title or 'none'}"
        yield f"entries   {len(self.parsed.entries) or 'none yet'}" + (
            f", newest {max(dates):%Y-%m-%d %H:%M}Z" if dates else ""
        )
        yield f"fetched   {amount(len(self.fetched.body))} in {self.fetched.seconds:.1f} s"
        named = [
            name
            for name, value in (("ETag", self.fetched.etag), ("Last-Modified", self.fetched.last_modified))
            if value
        ]
        told = (
            f"the server says so ({', '.join(named)})"
            if named
            else "the server never says so: each poll fetches it all"
        )
        yield f"unchanged {told}"
        if wish := max((w for w in (self.fetched.wish, self.parsed.ttl) if w is not None), default=None):
            yield f"wishes    not to be asked again for {words(wish)}"
        if self.fetched.url != self.url:
            for_good = " for good" if self.fetched.moved_to else ""
            yield f"leads{for_good} to {mask_url(self.fetched.url)}"
        for problem in self.parsed.problems:
            yield f"odd       {problem}"


def probe(urls: Sequence[str], *, allow_private: bool) -> list[Found]:
    """Each address, one after another."""
    return asyncio.run(_probed(urls, allow_private, stop=False))


def discover(url: str, *, allow_private: bool) -> list[Found]:
    """The feed at the address, or those found on the page there, best first. Raises InputError where there is none."""
    (first,) = probe([url], allow_private=allow_private)
    if first.parsed is not None:
        return [first]
    addresses: tuple[str, ...] = discovery.usual(url)
    if first.fetched is not None:
        fetched = first.fetched
        addresses = discovery.candidates(fetched.body, fetched.content_type, fetched.url)
    elif not first.cause.startswith(("404", "410")):
        raise InputError(f"{mask_url(safe(url))}: {first.cause}.")
    tried = asyncio.run(_probed(addresses, allow_private, stop=True))
    feeds = [found for found in tried if found.parsed is not None]
    if not feeds:
        raise InputError(
            f"{mask_url(safe(url))}: {first.cause}, and no feed was found from there. Give its address itself."
        )
    return feeds


async def _probed(urls: Sequence[str], allow_private: bool, *, stop: bool) -> list[Found]:
    """`stop`: after three feeds there is enough to choose from."""
    reader = Reader(Config("", "", None, None, (), (), ()), ordinary=1)
    found: list[Found] = []
    try:
        async with Fetcher(user_agent=USER_AGENT) as fetcher:
            for number, url in enumerate(urls):
                if number and not allow_private:  # one's own machine needs no sparing
                    await asyncio.sleep(_SPACING)
                found.append(await _one(fetcher, reader, url, allow_private))
                if stop and sum(one.parsed is not None for one in found) >= 3:
                    break
    finally:
        reader.close()
    return found


async def _one(fetcher: Fetcher, reader: Reader, url: str, allow_private: bool) -> Found:
    feed = Feed("probe", url, "probe", allow_private=allow_private)
    result = await fetcher.fetch(feed, FeedState(feed.id))
    if not isinstance(result, Fetched):
        if isinstance(result, NotModified):
            return Found(url, "nothing new")
        # Here it is an option; a feed that could have the key is not there yet.
        return Found(url, result.cause.replace("allow_private: true permits it", "--allow-private permits it"))
    parsed = await reader.parse(
        result.body, url=result.url, content_type=result.content_type, tz=None, now=datetime.now(UTC)
    )
    if isinstance(parsed, ParsedFeed):
        return Found(url, fetched=result, parsed=parsed)
    return Found(url, parsed.cause, fetched=result)
