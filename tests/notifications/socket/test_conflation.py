"""A stream of newest values: at once when idle, then at most four times a second."""

import asyncio
import json
from collections.abc import Hashable, Iterable, Mapping
from typing import Any, cast

import pytest

from notifications.socket.connection import Connection
from notifications.socket.frames import Frame
from notifications.socket.hub import Hub
from notifications.socket.streams import ConflatedStream


class Client:
    """Stands for a connection: keeps what was sent, with its time."""

    congested = False
    closing = False

    def __init__(self) -> None:
        self.sent: asyncio.Queue[tuple[float, dict[str, Any]]] = asyncio.Queue()

    def send_text(self, frame: str) -> None:
        self.sent.put_nowait((asyncio.get_running_loop().time(), json.loads(frame)))

    async def next(self) -> tuple[float, dict[str, Any]]:
        return await asyncio.wait_for(self.sent.get(), 10)


class Values(ConflatedStream):
    name = "values"

    async def subscribe(self, frame: Frame) -> dict[str, Any]:
        return {}

    async def unsubscribe(self, frame: Frame) -> dict[str, Any]:
        return {}

    def receive(self, topic: str, payload: Any) -> None:
        self.offer(topic, payload)

    async def frames(self, newest: Mapping[Hashable, Any]) -> Iterable[str]:
        if "broken" in newest:
            raise OSError("away")
        return [json.dumps(newest)]


@pytest.fixture
def client() -> Client:
    return Client()


@pytest.fixture
def stream(client: Client) -> Values:
    return Values(cast(Connection, client), Hub())


async def test_what_comes_together_goes_out_at_once_and_together(
    stream: Values, client: Client
) -> None:
    stream.receive("a", 1)
    stream.receive("b", 2)
    stream.receive("a", 3)
    assert (await client.next())[1] == {"a": 3, "b": 2}


async def four_frames(stream: Values, client: Client) -> float:
    """Use up what may be sent within a second; return when the first went."""
    times = []
    for value in range(4):
        stream.receive("a", value)
        times.append((await client.next())[0])
    return times[0]


async def test_then_only_the_newest_at_most_four_times_a_second(
    stream: Values, client: Client
) -> None:
    first = await four_frames(stream, client)
    for value in range(4, 50):
        stream.receive("a", value)
    fifth, frame = await client.next()
    assert frame == {"a": 49}
    assert fifth - first >= 0.99
    assert client.sent.empty()


async def test_a_prepared_frame_goes_out_as_it_is(stream: Values, client: Client) -> None:
    stream.offer_prepared('{"b": 1, "prepared": true}', {"b": 1})
    assert (await client.next())[1] == {"b": 1, "prepared": True}


async def test_what_a_prepared_frame_tells_waits_where_it_may_not_go(
    stream: Values, client: Client
) -> None:
    await four_frames(stream, client)
    stream.offer_prepared('{"b": 2, "prepared": true}', {"b": 2})
    stream.offer_prepared('{"c": 3, "prepared": true}', {"c": 3})
    assert client.sent.empty()
    assert (await client.next())[1] == {"b": 2, "c": 3}


async def test_a_client_that_does_not_keep_up_gets_fewer_values_not_more_waiting(
    stream: Values, client: Client
) -> None:
    client.congested = True
    stream.receive("a", 1)
    asyncio.get_running_loop().call_later(0.3, lambda: setattr(client, "congested", False))
    stream.receive("a", 2)
    assert (await client.next())[1] == {"a": 2}
    assert client.sent.empty()


async def test_what_is_forgotten_or_fails_does_not_stop_the_rest(
    stream: Values, client: Client
) -> None:
    stream.receive("a", 1)
    stream.forget(["a"])
    stream.receive("broken", 1)
    asyncio.get_running_loop().call_later(0.1, stream.receive, "b", 2)
    assert (await client.next())[1] == {"b": 2}


async def test_a_closed_stream_sends_no_more(stream: Values, client: Client) -> None:
    stream.receive("a", 1)
    stream.close()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert client.sent.empty()
