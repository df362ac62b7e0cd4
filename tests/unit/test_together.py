"""What waits is done in one go: nothing is lost, nothing done twice, nothing half done."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Sequence

import pytest

from monitor.together import Together


async def test_what_comes_while_it_is_busy_is_done_in_one_go_in_its_order() -> None:
    groups: list[list[int]] = []
    begun, go = threading.Event(), threading.Event()

    def work(items: Sequence[int]) -> list[int | Exception]:
        groups.append(list(items))
        begun.set()
        go.wait(10)
        return [-item for item in items]

    async with Together(work, most=3) as together:
        given = [asyncio.create_task(together.give(0))]
        await asyncio.to_thread(begun.wait, 10)
        given += [asyncio.create_task(together.give(number)) for number in range(1, 6)]
        await asyncio.sleep(0)
        go.set()
        assert await asyncio.gather(*given) == [0, -1, -2, -3, -4, -5]
        assert groups == [[0], [1, 2, 3], [4, 5]]
        assert await together.give(7) == -7


async def test_a_mistake_reaches_those_whose_it_is() -> None:
    def work(items: Sequence[int]) -> list[int | Exception]:
        if 9 in items:
            raise RuntimeError("all of them")
        return [ValueError("this one") if item == 1 else item for item in items]

    async with Together(work, most=10) as together:
        found = await asyncio.gather(*(together.give(number) for number in range(3)), return_exceptions=True)
        assert found[0] == 0
        assert isinstance(found[1], ValueError)
        assert found[2] == 2
        with pytest.raises(RuntimeError, match="all of them"):
            await together.give(9)
        assert await together.give(5) == 5


async def test_leaving_waits_for_what_is_under_way_and_begins_nothing_more() -> None:
    begun, go = threading.Event(), threading.Event()
    done: list[int] = []

    def work(items: Sequence[int]) -> list[int | Exception]:
        begun.set()
        go.wait(10)
        done.extend(items)
        return list(items)

    async def giving() -> None:
        async with Together(work, most=1) as together:
            await asyncio.gather(together.give(1), together.give(2))

    task = asyncio.create_task(giving())
    await asyncio.to_thread(begun.wait, 10)
    task.cancel()
    await asyncio.sleep(0)
    assert not task.done()
    go.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert done == [1]


async def test_between_two_groups_lies_a_rest_in_which_more_may_come(monkeypatch: pytest.MonkeyPatch) -> None:
    groups: list[list[int]] = []
    rested: list[float] = []
    resting, rest_over = asyncio.Event(), asyncio.Event()

    async def wait_for(left: Coroutine[None, None, bool], seconds: float) -> None:
        rested.append(seconds)
        left.close()
        resting.set()
        await rest_over.wait()
        raise TimeoutError

    monkeypatch.setattr("monitor.together.asyncio.wait_for", wait_for)

    def work(items: Sequence[int]) -> list[int]:
        groups.append(list(items))
        return list(items)

    async with Together(work, most=3, rest=1e9) as together:
        assert await together.give(0) == 0
        await resting.wait()
        given = [asyncio.create_task(together.give(number)) for number in range(1, 6)]
        await asyncio.sleep(0)
        assert groups == [[0]]
        rest_over.set()
        assert await asyncio.gather(*given) == [1, 2, 3, 4, 5]
    assert groups == [[0], [1, 2, 3], [4, 5]]
    assert rested[0] == 0.1


async def test_leaving_ends_a_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.together._LONGEST_REST", 60.0)
    async with asyncio.timeout(30):
        async with Together(lambda items: list(items), most=3, rest=1e12) as together:
            assert await together.give(1) == 1
