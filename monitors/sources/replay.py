"""Recorded markets as if they happened now: to try rules on a real day.

`REPLAY_FILES` names recordings (monitors.market.recordings), `REPLAY_SPEED` how fast they are
played. The tape begins when a worker first asks for it; all workers agree on that through Redis.
Each quote is given once to each worker and stamped with the moment at which it is played.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from heapq import merge
from operator import attrgetter
from pathlib import Path
from threading import Lock

from aiohttp import ClientSession
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from redis.exceptions import RedisError

from monitors.market import Market, Snapshot
from monitors.market.recordings import RecordingError, read
from monitors.sources._tape import Tape
from monitors.sources.base import ConfigurationError, Fetched, Source, SourceError
from monitors.symbols import Symbol
from stockwatch.redis import async_client, key

logger = logging.getLogger(__name__)

SOURCE = "replay"
SETTING = "REPLAY_FILES"

LOOK_BACK = timedelta(minutes=1)
"""What a symbol's quotes are given of where it was not asked for in between."""

FORGOTTEN_AFTER = timedelta(minutes=10)
"""When nobody has asked for so long, the tape begins anew."""


class Replay(Source):
    """The tape. Symbols that are not on it are unknown."""

    markets = frozenset(Market)
    batch_size = 1000
    always_open = True
    disclaimer = _("The prices are recorded ones, played as if it were now.")
    settings = (SETTING,)

    def check(self) -> None:
        """Read all files; what is kept of them is read where it is asked for."""
        for path in map(_path, settings.REPLAY_FILES):
            try:
                empty = next(read(path), None) is None
            except RecordingError as error:
                raise ConfigurationError(SETTING, f"{path}: {error}, {_MEND}") from error
            if empty:
                raise ConfigurationError(SETTING, f"{path} holds no quotes, {_MEND}")

    async def fetch(self, symbols: Sequence[Symbol], http: ClientSession) -> Fetched:
        """Return what was played since the last question, at least each symbol's newest quote."""
        try:
            player = await asyncio.to_thread(
                _player, tuple(settings.REPLAY_FILES), settings.REPLAY_SPEED
            )
        except RecordingError as error:
            raise SourceError(f"{SETTING}: {error}") from error
        now = datetime.now(UTC)
        begun = await player.begin(now)
        return Fetched([one for symbol in symbols for one in player.play(symbol, begun, now)])


_MEND = "name CSV files of snapshots or one-minute bars"


class Player:
    """A tape that runs, and how far this process has given it."""

    def __init__(self, tape: Tape, speed: float, name: str) -> None:
        self._tape, self._speed = tape, speed
        self._key = key(SOURCE, speed, name)
        self._begun: datetime | None = None
        self._alone = False
        self._given: dict[Symbol, datetime] = {}

    async def begin(self, now: datetime) -> datetime:
        """Return when the tape began: whoever asks first says it, for all workers.

        Without Redis there are none to agree with, and it is when this process first asked.
        """
        begun = self._begun if self._begun and self._alone else now
        try:
            async with async_client().pipeline() as script:
                script.set(self._key, begun.isoformat(), nx=True)
                script.expire(self._key, FORGOTTEN_AFTER)
                script.get(self._key)
                self._begun = datetime.fromisoformat((await script.execute())[-1])
            self._alone = False
        except RedisError as error:
            logger.warning("the tape's beginning is not shared with other workers: %r", error)
            self._begun, self._alone = self._begun or now, True
        return self._begun

    def play(self, symbol: Symbol, begun: datetime, now: datetime) -> list[Snapshot]:
        """Return a symbol's quotes since it was last asked for; where there are none, the newest.

        A symbol that is new here has only the newest: what was before is not news to its rules.
        """
        until = self._position(now - begun)
        given = self._given.get(symbol, now)
        self._given[symbol] = now
        after = self._position(max(given, now - LOOK_BACK) - begun)
        found = self._tape.quotes(symbol, after, until)
        found = found or self._tape.quotes(symbol, until - self._tape.length, until)[-1:]
        return [
            replace(quote, at=begun + timedelta(seconds=at / self._speed), source=SOURCE)
            for at, quote in found
        ]

    def _position(self, since: timedelta) -> float:
        return since.total_seconds() * self._speed


def _path(name: str) -> Path:
    return Path(name).expanduser()


_reading = Lock()


def _player(files: tuple[str, ...], speed: float) -> Player:
    """Return the player of these files. Raises RecordingError."""
    with _reading:  # read once, however many threads ask
        return _read(files, speed)


@lru_cache(maxsize=1)
def _read(files: tuple[str, ...], speed: float) -> Player:
    recordings = [read(_path(name)) for name in files]
    return Player(Tape(merge(*recordings, key=attrgetter("at"))), speed, ",".join(files))
