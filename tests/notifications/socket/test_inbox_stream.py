"""What a stream does with news that come while it reads the log."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from notifications.socket import inbox_stream
from notifications.socket.connection import Connection
from notifications.socket.frames import Frame
from notifications.socket.hub import Hub
from notifications.socket.inbox_stream import NotificationStream, Position, find_position


class Log:
    """Stands for the database: a read of the log waits until the test lets it go on."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.answer: asyncio.Future[list[dict[str, Any]]] = asyncio.Future()

    async def in_database(self, work: Callable[..., Any], *_args: Any, **_named: Any) -> Any:
        if work is find_position:
            return Position(head=0, recovered=True, missed=[])
        self.asked.set()
        return await self.answer


class Groups(Hub):
    """A hub whose groups need no Redis."""

    async def subscribe(self, *_args: Any) -> None: ...

    async def unsubscribe(self, *_args: Any) -> None: ...


@pytest.fixture
async def log(monkeypatch: pytest.MonkeyPatch) -> Log:
    log = Log()
    monkeypatch.setattr(inbox_stream, "in_database", log.in_database)
    return log


@pytest.fixture
def sent() -> list[int]:
    return []


@pytest.fixture
async def stream(log: Log, sent: list[int]) -> NotificationStream:
    async def room() -> None: ...

    connection = SimpleNamespace(
        user=SimpleNamespace(pk=1),
        closing=False,
        send_json=lambda frame: sent.append(frame["seq"]),
        room=room,
    )
    stream = NotificationStream(cast(Connection, connection), Groups())
    await stream.subscribe(Frame({"after": 0}))
    return stream


def news(*numbers: int) -> dict[str, Any]:
    return {"items": [{"seq": number} for number in numbers]}


async def test_nothing_is_sent_before_the_answer(
    stream: NotificationStream, log: Log, sent: list[int]
) -> None:
    stream.receive("", news(1))
    assert sent == []
    log.answer.set_result([{"seq": 1}])
    await stream.begin()
    await log.asked.wait()
    await asyncio.sleep(0)
    assert sent == [1]


async def test_what_comes_while_the_log_is_read_is_sent_once_and_in_order(
    stream: NotificationStream, log: Log, sent: list[int]
) -> None:
    await stream.begin()
    stream.receive("", news(2))
    await log.asked.wait()
    stream.receive("", news(1))
    assert sent == []
    log.answer.set_result([{"seq": 1}, {"seq": 2}])
    for _turn in range(10):
        await asyncio.sleep(0)
    stream.receive("", news(2, 3))
    assert sent == [1, 2, 3]
