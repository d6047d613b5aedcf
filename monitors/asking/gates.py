"""Whether a source may be asked now: its request budget and its circuit breaker.

Both are kept in Redis, where all workers share them, and each question is one script there: two
workers never take the same place. Times are Redis' own.

**The budget** is a token bucket by the generic cell rate algorithm (ITU-T I.371): a quarter of what
a source allows a minute may come at once, the rest evenly, so that no minute ever sees more than
it allows. Beside it, so many requests may be under way.

**The breaker** opens after a few failures in a row, or at once where the source itself says that we
ask too often. While it is open nobody asks. Then one request goes through as a probe: it closes the
breaker, or opens it for twice as long. Where nobody else answers, a source that merely failed is
probed every second, however long its pause has become: it may be the only good one now, and an
alert that waits for it is late.
"""

import logging
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from random import uniform
from typing import Any

from django.conf import settings
from redis.exceptions import RedisError

from monitors.sources.base import Limits
from stockwatch.redis import client, key

logger = logging.getLogger(__name__)

FAILURES_IN_A_ROW = 3
"""So many, and the breaker opens."""
SHORTEST_PAUSE, LONGEST_PAUSE = 5.0, 300.0
"""Seconds that an open breaker lets pass before the probe; each failed probe doubles them."""
EARLY_PAUSE = 1.0
"""Seconds between the probes of a source that failed, where nobody else answers."""
JITTER = 0.2
"""Share of a pause by which it varies, so that not everybody comes back at once."""
STEADY = 0.75
"""Share of a budget that comes evenly; the rest may come at once."""
LEASE = 15.0
"""Seconds after which a request that nobody ended counts as lost; more than any may take."""

_NOW = "local t = redis.call('TIME'); local now = t[1] * 1000 + math.floor(t[2] / 1000)"

_ENTER = f"""{_NOW}
local state, bucket, busy = KEYS[1], KEYS[2], KEYS[3]
local token, every, burst, at_once, lease = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local open_until = tonumber(redis.call('HGET', state, 'open_until') or '0')
local last_resort = ARGV[6] == 'True'
if last_resort and open_until == 0 then return {{'asked', 0}} end
local early_from = tonumber(redis.call('HGET', state, 'early_from') or '0')
local early_probe = last_resort and early_from > 0 and now >= early_from
if now < open_until and not early_probe then return {{'open', open_until - now}} end
local probing = tonumber(redis.call('HGET', state, 'probing_until') or '0')
if open_until > 0 and now < probing then return {{'open', probing - now}} end
redis.call('ZREMRANGEBYSCORE', busy, '-inf', now)
if redis.call('ZCARD', busy) >= tonumber(at_once) then return {{'busy', 0}} end
local due = math.max(now, tonumber(redis.call('GET', bucket) or '0'))
local early = due - now - burst * every
if early > 0 then return {{'budget', math.ceil(early)}} end
redis.call('SET', bucket, string.format('%.3f', due + every), 'PX', 120000)
redis.call('ZADD', busy, now + lease, token)
redis.call('PEXPIRE', busy, 2 * lease)
if open_until > 0 then redis.call('HSET', state, 'probing_until', now + lease) end
return {{'in', 0}}"""

_LEAVE = f"""{_NOW}
local state, busy = KEYS[1], KEYS[2]
local token, verdict, pause_floor, jitter = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local shortest, longest, patience = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local early_pause = tonumber(ARGV[8])
redis.call('ZREM', busy, token)
if verdict == 'ok' then redis.call('DEL', state) return 0 end
local open_until = tonumber(redis.call('HGET', state, 'open_until') or '0')
local probing = tonumber(redis.call('HGET', state, 'probing_until') or '0')
if now < open_until and probing == 0 then return 0 end
local failures = redis.call('HINCRBY', state, 'failures', 1)
redis.call('PEXPIRE', state, 86400000)
if verdict == 'failed' and open_until == 0 and failures < patience then return 0 end
local pause = tonumber(redis.call('HGET', state, 'pause') or '0') * 2
pause = math.min(math.max(pause, shortest), longest)
local wait = math.floor(math.max(pause * jitter, pause_floor))
local early_from = verdict == 'banned' and 0 or now + early_pause
redis.call('HSET', state, 'pause', pause, 'open_until', now + wait, 'probing_until', 0,
           'early_from', early_from)
return wait"""


class Verdict(StrEnum):
    """How a request ended, as far as the breaker cares."""

    OK = "ok"
    FAILED = "failed"
    BANNED = "banned"
    """The source said that it is asked too often."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The answer to whether a source may be asked: yes, or why not and for how long."""

    allowed: bool
    reason: str = ""
    """`open` (the breaker), `budget`, `busy` (enough are under way), or `asked` (just before)."""
    wait: float = 0.0
    """Seconds until it may be worth asking again; 0 where nobody knows."""
    token: str = ""


@dataclass(frozen=True, slots=True)
class GateState:
    """How a gate stands, for people to look at."""

    budget: int
    """Requests a minute."""

    breaker: str
    """`closed`, `open`, or `half-open`: the next request is a probe."""
    retry_in: float
    """Seconds until the probe; 0 unless open."""
    budget_left: int
    """Requests that may be made at once now."""


NO_LIMITS = Limits(requests_a_minute=6_000_000, at_once=1_000_000)


def limits_of(name: str, limits: Limits | None) -> Limits | None:
    """Return a source's limits: what it declares, and the budget that SOURCE_BUDGETS gives it."""
    budget = settings.SOURCE_BUDGETS.get(name)
    return replace(limits, requests_a_minute=budget) if limits and budget else limits


class Gate:
    """The way to one source, for all workers; always open where the source sets no limits."""

    def __init__(self, name: str, limits: Limits | None) -> None:
        limits = limits_of(name, limits)
        self.name = name
        self._open = limits is None
        self._limits = limits or NO_LIMITS
        self._state, self._bucket, self._busy = (
            key("source", name, part) for part in ("breaker", "budget", "busy")
        )

    @property
    def _burst(self) -> int:
        return max(1, int(self._limits.requests_a_minute * (1 - STEADY)))

    @property
    def _every(self) -> float:
        """Milliseconds between two requests once the burst is spent.

        In a minute come at most the burst and what 60 s bring: together what the source allows.
        """
        steady = max(1, self._limits.requests_a_minute - self._burst)
        return 60_000 / steady

    def enter(self, *, last_resort: bool = False) -> Entry:
        """Ask for one request. Whoever is allowed in must `leave` afterwards.

        `last_resort`: nobody else answers, so an open breaker need not wait for its whole pause; a
        closed one was asked before.

        Without Redis there are no other workers to share with, so all may pass.
        """
        token = uuid.uuid4().hex
        if self._open:
            return Entry(not last_resort, "asked" if last_resort else "", token=token)
        # The first of a burst finds the bucket empty: one more than the burst would pass.
        arguments = (
            *(token, self._every, self._burst - 1, self._limits.at_once, _ms(LEASE)),
            last_resort,
        )
        try:
            reason, wait = self._run(_ENTER, (self._state, self._bucket, self._busy), arguments)
        except RedisError as error:
            logger.warning("the gate of %s cannot be looked at: %r", self.name, error)
            return Entry(allowed=True, token=token)
        return Entry(reason == "in", "" if reason == "in" else reason, wait / 1000, token)

    def leave(self, entry: Entry, verdict: Verdict, retry_after: float | None = None) -> None:
        """Say how a request ended; `retry_after` is what the source said, in seconds."""
        if self._open:
            return
        pause = min(retry_after or 0.0, 3600.0)
        arguments = (
            *(entry.token, verdict, _ms(pause), uniform(1 - JITTER, 1 + JITTER)),  # noqa: S311
            *(_ms(SHORTEST_PAUSE), _ms(LONGEST_PAUSE), FAILURES_IN_A_ROW, _ms(EARLY_PAUSE)),
        )
        try:
            wait = self._run(_LEAVE, (self._state, self._busy), arguments)
        except RedisError as error:
            logger.warning("the gate of %s cannot be told: %r", self.name, error)
            return
        if wait:
            logger.warning("%s is left alone for %.0f s", self.name, wait / 1000)

    def state(self) -> GateState:
        """Return how the gate stands now. Raises RedisError."""
        with client().pipeline(transaction=False) as commands:
            commands.time()
            commands.hgetall(self._state)
            commands.get(self._bucket)
            (seconds, micros), breaker, due = commands.execute()
        now = seconds * 1000 + micros / 1000
        open_until = float(breaker.get("open_until", 0))
        ahead = max(0.0, float(due or 0) - now)
        name = "closed" if not open_until else "open" if now < open_until else "half-open"
        return GateState(
            budget=self._limits.requests_a_minute,
            breaker=name,
            retry_in=max(0.0, open_until - now) / 1000,
            budget_left=max(0, int(self._burst - ahead / self._every)),
        )

    def _run(self, script: str, keys: Sequence[str], arguments: Sequence[Any]) -> Any:
        return client().eval(script, len(keys), *keys, *map(str, arguments))


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
