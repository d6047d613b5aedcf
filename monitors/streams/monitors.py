"""The stream of some of one's own monitors."""

import asyncio
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

import orjson
from django.utils.translation import gettext as _

from monitors.evaluation.announcements import monitor_topic
from monitors.models import Monitor
from monitors.streams.feeds import quotes_frame
from monitors.streams.market import MarketStream
from monitors.wire import monitor_data
from notifications.realtime import user_group
from notifications.socket.connection import Connection
from notifications.socket.frames import Frame, FrameError
from notifications.socket.hub import Hub
from stockwatch.database import Batched

MOST_MONITORS = 200


class MonitorsStream(MarketStream):
    """Some of one's own monitors: the states of their rules, and the quotes of their stocks."""

    __slots__ = ("_symbol_of",)

    name = "monitors"

    def __init__(self, connection: Connection, hub: Hub) -> None:
        super().__init__(connection, hub)
        self._symbol_of: dict[int, str] = {}

    async def subscribe(self, frame: Frame) -> dict[str, Any]:
        """Add monitors; the answer has the full list. One that is not yours is not found."""
        wanted = set(frame.wholes("ids"))
        frame.finish()
        if len(self._symbol_of.keys() | wanted) > MOST_MONITORS:
            raise FrameError(
                "monitor_limit",
                _("ids: at most %(most)d on one connection.") % {"most": MOST_MONITORS},
            )
        mine = {pk: one["symbol"] for pk, one in (await self._look_up(wanted)).items()}
        if missing := sorted(wanted - mine.keys()):
            raise FrameError(
                "not_found",
                _("ids: no monitor %(id)d of yours.") % {"id": missing[0]},
                details={"missing": missing},
            )
        group = user_group(self.user_id)
        await self.hub.subscribe(group, [monitor_topic(pk) for pk in wanted], self)
        self._symbol_of |= mine
        await self._follow_stocks()
        self._fresh = wanted
        return {"ids": sorted(self._symbol_of)}

    async def begin(self) -> None:
        """Send the monitors that were just added, and the last quotes of their stocks."""
        await self._offer_all(set(self._fresh))

    async def unsubscribe(self, frame: Frame) -> dict[str, Any]:
        """Take monitors off; the answer has those that are left."""
        gone = set(frame.wholes("ids"))
        frame.finish()
        await self._drop(gone)
        return {"ids": sorted(self._symbol_of)}

    def close(self) -> None:
        super().close()
        self._leave(self._symbol_of)

    def receive(self, topic: str, payload: Any) -> None:
        self.offer(int(topic.rpartition(".")[2]), None)

    async def read_again(self) -> None:
        await self._offer_all(set(self._symbol_of))

    async def frames(self, newest: Mapping[Hashable, Any]) -> Iterable[str]:
        quotes = [value for key, value in newest.items() if isinstance(key, str)]
        frames = [quotes_frame(quotes)] if quotes else []
        ids = {key for key in newest if isinstance(key, int) and key in self._symbol_of}
        changed = await self._look_up(ids)
        for pk in sorted(ids):
            data = changed.get(pk) or {"id": pk, "deleted": True}
            await self._keep_up(pk, data.get("symbol"))
            frames.append(orjson.dumps({"type": "monitor", "data": data}).decode())
        return frames

    async def _look_up(self, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
        """Return those of the monitors that are the user's own, as they are told."""
        keys = list(ids)
        found = await asyncio.gather(*(MONITORS.get((self.user_id, pk)) for pk in keys))
        return {pk: data for pk, data in zip(keys, found, strict=True) if data is not None}

    async def _offer_all(self, ids: set[int]) -> None:
        await self.offer_last({self._symbol_of[pk] for pk in ids if pk in self._symbol_of})
        for pk in ids & self._symbol_of.keys():
            self.offer(pk, None)

    async def _keep_up(self, pk: int, symbol: str | None) -> None:
        """Listen to another symbol, where the monitor was moved, or to none, if it is gone."""
        if symbol == self._symbol_of.get(pk):
            return
        if symbol is None:
            await self._drop({pk})
            return
        self._symbol_of[pk] = symbol
        await self._follow_stocks()
        await self._offer_all({pk})

    async def _drop(self, ids: set[int]) -> None:
        self._leave(ids)
        for pk in ids:
            self._symbol_of.pop(pk, None)
        self.forget(ids)
        await self._follow_stocks()

    def _leave(self, ids: Iterable[int]) -> None:
        topics = [monitor_topic(pk) for pk in ids]
        self.hub.unsubscribe(user_group(self.user_id), topics, self)

    async def _follow_stocks(self) -> None:
        await self.follow(frozenset(self._symbol_of.values()))


def _monitors(keys: Sequence[tuple[int, int]]) -> dict[tuple[int, int], dict[str, Any]]:
    """Monitors by owner and id; somebody else's are left out."""
    some = Monitor.objects.filter(pk__in={pk for _owner, pk in keys}).with_all()
    return {(monitor.owner_id, monitor.pk): monitor_data(monitor) for monitor in some}


MONITORS = Batched(_monitors)
