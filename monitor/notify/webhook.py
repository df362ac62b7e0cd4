"""One POST to an address that the user gave, guarded as feeds are: no private address unless permitted, no redirect."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import TYPE_CHECKING, Any

from monitor.feeds.causes import REASONS, Failure, explain
from monitor.feeds.clean import mask_url
from monitor.feeds.network import RefusedAddress
from monitor.model import Notify

if TYPE_CHECKING:
    from monitor.feeds.transport import Client

_WALL = 15.0  # seconds for all of it
_ANSWER = 65_536  # bytes of an answer that are read; what it says does not matter


async def post(line: Notify, record: dict[str, Any], key: str, *, user_agent: str) -> str:
    """Sends a record as JSON. Returns why it was not taken; empty where it was. Raises nothing but CancelledError."""
    from monitor.feeds.transport import Client

    client, wall = Client(), _WALL
    client.open()
    try:
        async with asyncio.timeout(wall):
            status = await _post(client, line, record, key, user_agent, wall)
    except TimeoutError:
        return f"no answer within {wall:g} s"
    except RefusedAddress as refused:
        return f"its address {refused.address} is private; allow_private: true permits it"
    except Failure as failure:
        return mask_url(failure.result.cause)
    except Exception as error:  # noqa: BLE001 - a poll goes on whatever a receiver does
        return mask_url(explain(error, received=0, connect=wall, read=wall)[1])
    finally:
        await client.aclose()
    if 200 <= status < 300:
        return ""
    reason = "redirects; give the address it leads to" if 300 <= status < 400 else REASONS.get(status, "refused")
    return f"{status} {reason}"


async def _post(client: Client, line: Notify, record: dict[str, Any], key: str, user_agent: str, wall: float) -> int:
    url = client.address(line.url)
    body = json.dumps(record, ensure_ascii=False).encode("utf-8", "replace")
    headers = {
        "host": url.netloc,
        "user-agent": user_agent.encode(),
        "content-type": b"application/json; charset=utf-8",
        "content-length": str(len(body)).encode(),
        # The same for every try: a receiver that took one and could not say so knows it again.
        "idempotency-key": key.encode(),
        "connection": b"close",
    }
    if url.userinfo:
        headers["authorization"] = b"Basic " + base64.b64encode(f"{url.username}:{url.password}".encode())
    headers |= {name.lower(): value.encode() for name, value in line.headers}
    named = {name.encode("latin-1", "replace"): value for name, value in headers.items()}
    async with client.asked(
        url, named, allow_private=line.allow_private, connect=wall, read=wall, method="POST", body=body
    ) as response:
        read = 0
        async for chunk in response.aiter_raw():
            read += len(chunk)
            if read > _ANSWER:
                break
        return response.status_code
