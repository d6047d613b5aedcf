"""A process's groups: joined together, kept for those who come back, left in the end."""

import asyncio
from typing import Any

import pytest

from notifications.realtime import EVERYONE, MESSAGE_TYPE
from notifications.socket import groups
from notifications.socket.groups import Groups


class Layer:
    """Stands for the channel layer: what is sent to a group that was joined comes back."""

    def __init__(self) -> None:
        self.joined: list[str] = []
        self.left: list[str] = []
        self.echoes = 0
        self.is_away = False
        self._queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def new_channel(self) -> str:
        return "ours"

    async def receive(self, _channel: str) -> dict[str, Any]:
        return await self._queue.get()

    async def send(self, _channel: str, message: dict[str, Any]) -> None:
        self._queue.put_nowait(message)

    async def group_add(self, group: str, _channel: str) -> None:
        if self.is_away:
            raise OSError("away")
        self.joined.append(group)

    async def group_discard(self, group: str, _channel: str) -> None:
        self.left.append(group)

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        self.echoes += message["type"] != MESSAGE_TYPE
        if group in self.joined:
            self._queue.put_nowait(message)


@pytest.fixture
def layer(monkeypatch: pytest.MonkeyPatch) -> Layer:
    layer = Layer()
    monkeypatch.setattr(groups, "get_channel_layer", lambda: layer)
    return layer


@pytest.fixture
def missed() -> list[int]:
    return []


@pytest.fixture
async def ours(layer: Layer, missed: list[int]) -> Groups:
    return Groups(lambda _topic, _payload: None, lambda: missed.append(1))


async def test_groups_that_are_wanted_together_share_an_echo(ours: Groups, layer: Layer) -> None:
    names = [f"user.{number}" for number in range(50)]
    await asyncio.gather(*(ours.want(name) for name in names))
    assert sorted(layer.joined) == sorted([EVERYONE, *names])
    assert layer.echoes <= 2


async def test_who_comes_back_finds_the_group_still_joined(
    ours: Groups, layer: Layer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ours.want("user.1")
    ours.want_no_more("user.1")
    await ours.pulse()
    await ours.want("user.1")
    assert (layer.joined.count("user.1"), layer.left) == (1, [])
    ours.want_no_more("user.1")
    monkeypatch.setattr(groups, "LINGER", -1.0)
    await ours.pulse()
    assert layer.left == ["user.1"]
    await ours.want("user.1")
    assert layer.joined.count("user.1") == 2


async def test_a_group_that_could_not_be_joined_is_joined_later_and_that_is_told(
    ours: Groups, layer: Layer, missed: list[int]
) -> None:
    layer.is_away = True
    await ours.want("user.1")
    assert (layer.joined, missed) == ([], [])
    layer.is_away = False
    await ours.pulse()
    for _turn in range(20):
        await asyncio.sleep(0)
    assert set(layer.joined) == {EVERYONE, "user.1"}
    assert missed == [1]
