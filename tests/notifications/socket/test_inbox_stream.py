"""What a stream does with news that come while it reads the log."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

from notifications.socket import log
from notifications.socket.connection import Connection
from notifications.socket.frames import Frame
from notifications.socket.hub import Hub
from notifications.socket.inbox_stream import NotificationStream
from notifications.socket.log import Position, Row


class Log:
    """Stands for the database: a read of the log waits until the test lets it go on."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.answer: asyncio.Future[list[Row]] = asyncio.Future()

    async def position(self, _place: Any) -> Position:
        return Position(head=0, recovered=True)

    async def stretch(self, _stretch: Any) -> list[Row]:
        self.asked.set()
        return await self.answer


class Groups(Hub):
    """A hub whose groups need no Redis."""

    async def subscribe(self, *_args: Any) -> None: ...

    def unsubscribe(self, *_args: Any) -> None: ...


@pytest.fixture
async def reads(monkeypatch: pytest.MonkeyPatch) -> Log:
    reads = Log()
    monkeypatch.setattr(log.POSITIONS, "get", reads.position)
    monkeypatch.setattr(log.STRETCHES, "get", reads.stretch)
    return reads


@pytest.fixture
def sent() -> list[int]:
    return []


@pytest.fixture
async def stream(reads: Log, sent: list[int]) -> NotificationStream:
    async def room() -> None: ...

    connection = SimpleNamespace(
        user_id=1,
        closing=False,
        congested=False,
        send_text=lambda frame: sent.append(int(frame)),
        room=room,
    )
    stream = NotificationStream(cast(Connection, connection), Groups())
    await stream.subscribe(Frame({"after": 0}))
    return stream


def rows(*numbers: int) -> list[Row]:
    return [(number, str(number)) for number in numbers]


def news(*numbers: int) -> dict[str, Any]:
    return {"items": rows(*numbers)}


async def test_nothing_is_sent_before_the_answer(
    stream: NotificationStream, reads: Log, sent: list[int]
) -> None:
    stream.receive("", news(1))
    assert sent == []
    reads.answer.set_result(rows(1))
    await stream.begin()
    await reads.asked.wait()
    await asyncio.sleep(0)
    assert sent == [1]


async def test_what_comes_while_the_log_is_read_is_sent_once_and_in_order(
    stream: NotificationStream, reads: Log, sent: list[int]
) -> None:
    await stream.begin()
    stream.receive("", news(2))
    await reads.asked.wait()
    stream.receive("", news(1))
    assert sent == []
    reads.answer.set_result(rows(1, 2))
    for _turn in range(10):
        await asyncio.sleep(0)
    stream.receive("", news(2, 3))
    assert sent == [1, 2, 3]
