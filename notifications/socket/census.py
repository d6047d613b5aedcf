"""How many sockets are open, over all web processes."""

import os
import socket
import time
from collections import Counter
from collections.abc import Mapping

import orjson
from redis.exceptions import RedisError

from stockwatch.redis import async_client, client, impatient, key

FRESH = 15
"""Seconds; a process that has not reported for longer is gone."""

COUNTS = key("connections")

BY_USER = "connections-by-user"

PROCESS = f"{socket.gethostname()}:{os.getpid()}"


async def report(count: int, by_user: Mapping[int, int] | None = None) -> None:
    """Report this process's open sockets; to be repeated every few seconds."""
    async with async_client().pipeline(transaction=False) as commands:
        commands.hset(COUNTS, PROCESS, f"{count}@{time.time():.0f}")
        commands.expire(COUNTS, 3600)
        users = orjson.dumps(dict(by_user or {}), option=orjson.OPT_NON_STR_KEYS)
        commands.set(key(BY_USER, PROCESS), users, ex=FRESH)
        await commands.execute()


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


def by_user() -> dict[int, int]:
    """Return how many sockets each user has open; nothing while Redis is away."""
    counts: Counter[int] = Counter()
    try:
        store = impatient()
        names = [key(BY_USER, process) for process in store.hkeys(COUNTS)]
        for text in store.mget(names) if names else ():
            counts.update({int(user): n for user, n in orjson.loads(text or "{}").items()})
    except RedisError:
        return {}
    return dict(counts)
