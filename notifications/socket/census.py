"""How many sockets are open, over all web processes."""

import os
import socket
import time

from redis.exceptions import RedisError

from stockwatch.redis import async_client, client, key

FRESH = 15
"""Seconds; a process that has not reported for longer is gone."""

COUNTS = key("connections")

PROCESS = f"{socket.gethostname()}:{os.getpid()}"


async def report(count: int) -> None:
    """Report this process's open sockets; to be repeated every few seconds."""
    redis = async_client()
    await redis.hset(COUNTS, PROCESS, f"{count}@{time.time():.0f}")
    await redis.expire(COUNTS, 3600)


def open_connections() -> int:
    """Return the sum over the processes that reported lately; 0 while Redis is away."""
    try:
        reports: dict[str, str] = client().hgetall(COUNTS)  # type: ignore[assignment]
        now, total = time.time(), 0
        for process, text in reports.items():
            count, _at, at = text.partition("@")
            if now - float(at) <= FRESH:
                total += int(count)
            elif now - float(at) > 60 * FRESH:
                client().hdel(COUNTS, process)
    except RedisError:
        return 0
    return total
