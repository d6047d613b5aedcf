"""Whether beat and a worker are alive: a key in Redis that a task renews and that fades."""

import time

from stockwatch.redis import client, key

FADES_AFTER = 30
"""Seconds. The task runs every five."""

_KEY = key("heartbeat")


def beat() -> None:
    """Note that a worker ran a task just now."""
    client().set(_KEY, time.time(), ex=FADES_AFTER)


def age() -> float | None:
    """Seconds since a worker last ran the task; None where that was too long ago."""
    value = client().get(_KEY)
    return None if value is None else max(0.0, time.time() - float(str(value)))
