"""Signs of life of beat and of the workers: each writes one to Redis every few seconds."""

import os
import socket
import time
from typing import Literal, NamedTuple

import redis

from stockwatch.redis import client, impatient, key

EVERY = 5
FADES_AFTER = 30
"""Seconds after which what gave no sign counts as gone."""
FORGOTTEN_AFTER = 24 * 3600

KEY = key("signs")
"""A hash: `worker@host:4711` to the time of its newest sign."""

Part = Literal["beat", "worker", "messenger"]
PARTS: tuple[Part, ...] = ("beat", "worker", "messenger")
PROCESS = f"{socket.gethostname()}:{os.getpid()}"


class Sign(NamedTuple):
    """The newest sign of one process."""

    part: str
    process: str
    """Its host and pid."""
    age: float
    """Seconds."""

    @property
    def is_fresh(self) -> bool:
        """Whether the process counts as alive."""
        return self.age <= FADES_AFTER


def beat(part: Part = "worker", at: float | None = None) -> None:
    """Note that this process works, as that part, just now or at a time."""
    client().hset(KEY, f"{part}@{PROCESS}", f"{time.time() if at is None else at:.3f}")


def age(part: Part = "worker") -> float | None:
    """Seconds since a process of that part gave a sign; None where that was too long ago."""
    signs = read(impatient().hgetall(KEY), time.time())  # type: ignore[arg-type]
    return min((one.age for one in signs if one.part == part and one.is_fresh), default=None)


def read(found: dict[str, str], now: float) -> list[Sign]:
    """Return the signs that the hash holds, the newest first."""
    signs = []
    for name, at in found.items():
        part, _at, process = name.partition("@")
        signs.append(Sign(part, process, max(0.0, now - float(at))))
    return sorted(signs, key=lambda sign: sign.age)


def forget_old() -> None:
    """Take out the processes that gave their last sign long ago."""
    store: redis.Redis = client()
    for sign in read(store.hgetall(KEY), time.time()):  # type: ignore[arg-type]
        if sign.age > FORGOTTEN_AFTER:
            store.hdel(KEY, f"{sign.part}@{sign.process}")
