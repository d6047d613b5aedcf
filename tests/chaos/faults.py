"""What goes wrong: each fault strikes, holds for a while, and says when it ended.

A new fault is a function with `@fault("its name")`.
"""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

import psutil
import psycopg
import redis

from stockwatch.background import BackgroundLoop
from tests.acceptance import Progress
from tests.chaos.clients import SLOW, Client, stall
from tests.running import Stockwatch
from tests.standin.server import StandIn

PARTS = ("worker", "messenger", "beat", "web", "valkey")
WHOLE_START = "kill supervisor"
FROZEN_SECONDS = (1.0, 4.0)
LOCKED_SECONDS = (1.0, 4.0)
SPOILT_SECONDS = (0.5, 2.0)
SILENT_SECONDS = (2.0, 7.0)
STALLED_SECONDS = 22.0
"""Longer than the server waits for who does not read, less than it then waits for who is to read
that it was closed."""
FOLLOWS_WITHIN = 10.0
"""Seconds in which a messenger may end with the broker that it is connected to."""
REPLAYED, REPLAYED_ENOUGH = 400, 100
"""How many notifications a client that does not read asks for, again and again; and with how many
it fills what lies between it and the server, some three megabytes, within seconds."""


@dataclass
class Scene:
    """What the faults strike at."""

    stockwatch: Stockwatch
    standin: StandIn
    loop: BackgroundLoop
    clients: list[Client]
    tokens: dict[int, str]
    random: Random
    complaints: list[str]
    """What the faults themselves found wrong."""
    deaths: list[tuple[float, float]]
    """From when to when what sends may have died, in seconds since the epoch."""

    def part(self, name: str) -> psutil.Process:
        """A living part; waits for one that is about to be started again."""
        deadline = time.monotonic() + 30
        while (found := self.stockwatch.parts().get(name)) is None:
            if time.monotonic() > deadline:
                raise SystemExit(f"{name} did not come back within 30 s")
            time.sleep(0.05)
        return found

    def hold(self, seconds: tuple[float, float]) -> None:
        """Let the fault last."""
        time.sleep(self.random.uniform(*seconds))


@dataclass(frozen=True)
class End:
    """When a fault was over, and from when on a sign of life tells that it is overcome."""

    at: datetime
    signs_from: datetime

    @classmethod
    def now(cls) -> "End":
        """Both are this moment."""
        moment = datetime.now(UTC)
        return cls(moment, moment)


Strike = Callable[[Scene], End]
FAULTS: dict[str, Strike] = {}


def fault(name: str) -> Callable[[Strike], Strike]:
    """Register a kind of fault."""

    def register(strike: Strike) -> Strike:
        FAULTS[name] = strike
        return strike

    return register


def _killing(part: str) -> Strike:
    def kill(scene: Scene) -> End:
        process, before = scene.part(part), time.time()
        process.kill()
        if part == "messenger":
            scene.deaths.append((before, time.time()))
        elif part == "valkey":
            scene.deaths.append((before, time.time() + FOLLOWS_WITHIN))
        return End.now()

    return kill


def _freezing(part: str) -> Strike:
    def freeze(scene: Scene) -> End:
        process = scene.part(part)
        process.suspend()
        try:
            scene.hold(FROZEN_SECONDS)
        finally:
            process.resume()
        return End.now()

    return freeze


for _part in PARTS:
    fault(f"kill {_part}")(_killing(_part))
    fault(f"freeze {_part}")(_freezing(_part))


@fault(WHOLE_START)
def kill_supervisor(scene: Scene) -> End:
    """Kill the supervisor alone and start a new one, which has to end what was left."""
    left = list(scene.stockwatch.parts().values())
    scene.stockwatch.kill()
    killed = datetime.now(UTC)
    scene.stockwatch.start()  # until its parts are up, what was left may still work
    scene.stockwatch.wait_until_ready()
    scene.deaths.append((killed.timestamp(), time.time()))
    if {part.pid for part in left} & {part.pid for part in scene.stockwatch.parts().values()}:
        scene.complaints.append("a part of a killed run lived on beside the new one")
    return End(killed, datetime.now(UTC))


@fault("slow client")
def slow_client(scene: Scene) -> End:
    """Let a client stop reading until the server gives it up."""
    progress = Progress("notifications")
    while (client := max(scene.clients, key=lambda one: one.last)).last < REPLAYED_ENOUGH:
        progress.note(client.last)
    token, after = scene.tokens[client.user], max(0, client.last - REPLAYED)
    code = scene.loop.run(stall(scene.stockwatch, token, after, STALLED_SECONDS))
    if code != SLOW:
        scene.complaints.append(f"a client that did not read was closed with {code}, not {SLOW}")
    return End.now()


def _cutting(kind: str) -> Strike:
    def cut(scene: Scene) -> End:
        with _valkey(scene.stockwatch) as valkey:
            valkey.client_kill_filter(_type=kind, skipme=True)
        return End.now()

    return cut


for _kind in ("normal", "pubsub"):
    fault(f"cut {_kind} connections")(_cutting(_kind))


@contextmanager
def _valkey(stockwatch: Stockwatch) -> Iterator[redis.Redis]:
    address = (stockwatch.data / "redis-url").read_text().strip()
    with redis.Redis.from_url(address) as client:
        yield client


@fault("lock database")
def lock_database(scene: Scene) -> End:
    """Hold the database's one write lock, or the tables that a quote cannot do without."""
    if address := os.environ["DATABASE_URL"]:
        with psycopg.connect(address) as postgres:
            postgres.execute("LOCK TABLE monitors_quote, notifications_inbox")
            scene.hold(LOCKED_SECONDS)
            postgres.rollback()
        return End.now()
    file = scene.stockwatch.data / "stockwatch.db"
    with closing(sqlite3.connect(file, timeout=30, isolation_level=None)) as sqlite:
        sqlite.execute("BEGIN IMMEDIATE")
        scene.hold(LOCKED_SECONDS)
        sqlite.execute("ROLLBACK")
    return End.now()


def _spoiling(**misbehaviour: object) -> Strike:
    def spoil(scene: Scene) -> End:
        scene.standin.control({"misbehave": misbehaviour})
        scene.hold(SPOILT_SECONDS)
        scene.standin.control({"behave": True})
        return End.now()

    return spoil


fault("source: error 500")(_spoiling(kind="status", status=500))
fault("source: cut body")(_spoiling(kind="cut"))
fault("source: broken reply")(_spoiling(kind="broken"))
fault("source: stale rows")(_spoiling(kind="stale", days=365))
fault("source: rows again")(_spoiling(kind="duplicate"))


@fault("source: no answer")
def no_answer(scene: Scene) -> End:
    """Answer no request for a while; the fault ends when the last one of them was let go."""
    seconds = scene.random.uniform(*SILENT_SECONDS)
    scene.standin.control({"misbehave": {"kind": "timeout", "seconds": seconds}})
    scene.hold(SPOILT_SECONDS)
    scene.standin.control({"behave": True})
    time.sleep(seconds)
    return End.now()
