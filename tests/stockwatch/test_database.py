"""Look-ups that share a query, and rows that are looked up one by one whatever the table holds."""

import asyncio
import threading
from collections.abc import Sequence

import pytest

from stockwatch.database import Batched


class Squares:
    """Stands for a table; a look-up waits until it is let go on."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []
        self.began = asyncio.Event()
        self.go = threading.Event()
        self._loop = asyncio.get_running_loop()

    def look_up(self, keys: Sequence[int]) -> dict[int, int]:
        self.asked.append(list(keys))
        self._loop.call_soon_threadsafe(self.began.set)
        self.go.wait(10)
        if 13 in keys:
            raise LookupError("13")
        return {key: key * key for key in keys if key < 100}


async def ask(batched: Batched[int, int], *keys: int) -> list[int | BaseException | None]:
    return await asyncio.gather(*(batched.get(key) for key in keys), return_exceptions=True)


async def all_have_asked() -> None:
    for _turn in range(5):  # a gathering, its tasks, the look-up that these share
        await asyncio.sleep(0)


async def test_what_is_asked_meanwhile_is_looked_up_together() -> None:
    table = Squares()
    batched = Batched(table.look_up, most=3)
    first = asyncio.ensure_future(ask(batched, 1))
    await table.began.wait()
    rest = asyncio.ensure_future(ask(batched, 2, 3, 3, 4, 5, 100))
    await all_have_asked()
    table.go.set()
    assert (await first, await rest) == ([1], [4, 9, 9, 16, 25, None])
    assert table.asked == [[1], [2, 3, 4], [5, 100]]


async def test_a_failure_is_told_to_those_of_its_batch_alone() -> None:
    table = Squares()
    table.go.set()
    batched = Batched(table.look_up, most=2)
    one, other, third = await ask(batched, 13, 2, 3)
    assert isinstance(one, LookupError)
    assert isinstance(other, LookupError)
    assert third == 9
    assert await ask(batched, 4) == [16]


async def test_who_goes_away_takes_the_answer_from_nobody() -> None:
    table = Squares()
    batched = Batched(table.look_up)
    gone, stays = (asyncio.ensure_future(batched.get(7)) for _ in range(2))
    await all_have_asked()
    gone.cancel()
    table.go.set()
    assert await stays == 49
    with pytest.raises(asyncio.CancelledError):
        await gone
