"""Which poller polls which feed: a lease per feed, ended by the commit of what came, or by the database's clock.

A feed is given only in the state in which its poller found it due (`stamp` is its last poll): one that another poller
has polled meanwhile is not polled again. Only the database's clock counts, so the machines' clocks may differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from monitor.model import FeedState
from monitor.store.archive import LEASE, sortable
from monitor.store.engine import Dialect, Session


def claim(
    session: Session, dialect: Dialect, seen: Mapping[str, FeedState], holder: str, seconds: float, force: bool
) -> frozenset[str]:
    """The feeds of `seen` that nobody else holds; they are the holder's for so many seconds."""
    # In one order for all pollers, so that no two of them wait for each other.
    wanted = [(feed, _stamp(seen[feed])) for feed in sorted(seen)]
    session.many(
        "INSERT INTO monitor_leases (feed, holder, until, stamp) VALUES (?, NULL, NULL, ?)"
        " ON CONFLICT (feed) DO NOTHING",
        wanted,
    )
    free = f"stamp = ? AND (until IS NULL OR until < {dialect.now})"
    sql = (
        f"UPDATE monitor_leases SET holder = ?, until = {dialect.now} + ? WHERE feed IN"
        f" (SELECT feed FROM monitor_leases WHERE feed = ? AND (({free}) OR ? = 1) {dialect.skip_locked})"
        " RETURNING feed"
    )
    given = [session.run(sql, (holder, seconds, feed, stamp, int(force))) for feed, stamp in wanted]
    return frozenset(row[0] for rows in given for row in rows)


def release(session: Session, state: FeedState) -> None:
    """Ends the lease of a feed whose poll is stored, in the same transaction."""
    session.tell(
        "INSERT INTO monitor_leases (feed, holder, until, stamp) VALUES (?, NULL, NULL, ?)"
        " ON CONFLICT (feed) DO UPDATE SET holder = NULL, until = NULL, stamp = excluded.stamp",
        (state.feed, _stamp(state)),
    )


def give_back(session: Session, holder: str) -> None:
    """Ends all leases of a poller that goes in order."""
    session.run("UPDATE monitor_leases SET holder = NULL, until = NULL WHERE holder = ?", (holder,))


def held(session: Session, dialect: Dialect, feeds: Sequence[str]) -> dict[str, tuple[str, datetime]]:
    """Who holds each of these feeds, and since when; those that nobody holds are left out."""
    rows = session.run(
        f"SELECT feed, holder, until FROM monitor_leases WHERE holder IS NOT NULL AND until >= {dialect.now}"
        f" AND feed IN ({', '.join('?' * len(feeds))})",
        feeds,
    )
    return {feed: (holder, datetime.fromtimestamp(until - LEASE, UTC)) for feed, holder, until in rows}


def _stamp(state: FeedState) -> str:
    return sortable(state.last_poll) if state.last_poll else ""
