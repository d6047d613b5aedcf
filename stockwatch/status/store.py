"""What Redis tells of all parts in one question, within a second."""

import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from redis.exceptions import RedisError

from stockwatch import heartbeat
from stockwatch.heartbeat import Sign
from stockwatch.redis import impatient

QUEUES = ("celery", "delivery")
"""The workers' and the messenger's."""


@dataclass(frozen=True, slots=True)
class Store:
    """Redis or Valkey, and what is kept there of the other parts."""

    latency_ms: float
    version: str
    used_bytes: int
    signs: tuple[Sign, ...]
    waiting: dict[str, int]
    """Tasks by queue."""

    def newest(self, part: str) -> Sign | None:
        """The newest sign of a part; None where none is known."""
        return next((sign for sign in self.signs if sign.part == part), None)

    def alive(self, part: str) -> bool:
        """Whether a process of a part gave a sign lately."""
        newest = self.newest(part)
        return newest is not None and newest.is_fresh


def look() -> Store | None:
    """Return what Redis tells; None where it does not answer."""
    prefix = settings.CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"]
    begun = time.monotonic()
    try:
        with impatient().pipeline(transaction=False) as commands:
            commands.info()
            commands.hgetall(heartbeat.KEY)
            for queue in QUEUES:
                commands.llen(f"{prefix}{queue}")
            info, signs, *lengths = commands.execute()
    except (RedisError, OSError):
        return None
    return Store(
        latency_ms=(time.monotonic() - begun) * 1000,
        version=_version(info),
        used_bytes=int(info.get("used_memory", 0)),
        signs=tuple(heartbeat.read(signs, time.time())),
        waiting=dict(zip(QUEUES, lengths, strict=True)),
    )


def _version(info: dict[str, Any]) -> str:
    if "valkey_version" in info:
        return f"Valkey {info['valkey_version']}"
    return f"Redis {info.get('redis_version', '')}"
