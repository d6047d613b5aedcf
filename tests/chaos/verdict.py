"""What must hold once the faults are over: nothing lost, nothing doubled, nothing left behind."""

import json
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import redis
from django.db.models import F
from django.utils import timezone

from monitors.models import Sweep
from monitors.models.service import WORKING_LEASE
from notifications.models import Delivery, Inbox
from tests.chaos.clients import Client
from tests.oracle import Oracle, differences
from tests.side_by_side import written_log

T = TypeVar("T")

PATIENCE = 30.0
"""Seconds that everything may take to come to rest."""
STANDSTILL = 400.0
"""Seconds in which some delivery must end: ntfy takes sixty messages in three hundred."""
QUEUE, UNACKED = "stockwatch.celery", "stockwatch.unacked"


def told_exactly(oracle: Oracle, clients: Sequence[Client]) -> list[str]:
    """Compare the log with the oracle, and with what each client was told."""
    log = written_log()
    found = differences(oracle.said, log)
    for client in clients:
        found += [
            f"user {client.user}: {count} {what}" for what, count in client.defects.items() if count
        ]
        if client.received != log.get(client.user, []):
            found.append(
                f"user {client.user}: a client has {len(client.received)} of "
                f"{len(log.get(client.user, []))} notifications"
            )
    return found


def at_rest(clients: Sequence[Client]) -> list[str]:
    """Wait until all that was written is announced and received; return what is not."""
    heads = dict(Inbox.objects.values_list("pk", "head"))
    behind = _wait(lambda: [one for one in clients if one.last < heads.get(one.user, 0)])
    unannounced = _wait(
        lambda: list(Inbox.objects.exclude(announced=F("head")).values_list("pk", flat=True))
    )
    lost = _wait(
        lambda: list(
            Sweep.objects.filter(
                finished_at=None, started_at__lt=timezone.now() - WORKING_LEASE
            ).values_list("pk", flat=True)
        )
    )
    return (
        [f"user {one.user}: a client stands at {one.last}" for one in behind]
        + [f"user {pk}: the newest notification was never announced" for pk in unannounced]
        + [f"sweep {pk} never ended" for pk in lost]
    )


def all_sent() -> list[str]:
    """Wait until every delivery has ended; return what keeps standing."""
    left, since = Delivery.objects.pending().count(), time.monotonic()
    while (now := Delivery.objects.pending().count()) and time.monotonic() - since < STANDSTILL:
        if now < left:
            left, since = now, time.monotonic()
        time.sleep(0.5)
    return [f"{now} deliveries are not sent"] if now else []


def stuck_messages(data: Path) -> list[str]:
    """Return the Celery messages that nobody takes, though their time is not over."""
    address = (data / "redis-url").read_text().strip()
    with redis.Redis.from_url(address, decode_responses=True) as valkey:
        before = _messages(valkey)
        time.sleep(5)
        after = _messages(valkey)
    now = datetime.now(UTC)
    return [
        f"stuck: {message['headers']['task']}"
        for tag, message in after.items()
        if tag in before and not _is_over(message, now)
    ]


def _messages(valkey: redis.Redis) -> dict[str, dict[str, Any]]:
    """The messages that wait, and those that a worker has taken, by their tags."""
    waiting: list[str] = valkey.lrange(QUEUE, 0, -1)  # type: ignore[assignment]
    taken: list[str] = valkey.hvals(UNACKED)  # type: ignore[assignment]
    messages = [*map(json.loads, waiting), *(json.loads(text)[0] for text in taken)]
    return {one["properties"]["delivery_tag"]: one for one in messages}


def _is_over(message: dict[str, Any], now: datetime) -> bool:
    """Whether a worker would drop the message, because it comes too late."""
    expires = message["headers"]["expires"]
    return expires is not None and datetime.fromisoformat(expires) < now - timedelta(seconds=1)


def deaths(log: str, killed: Counter[str]) -> list[str]:
    """Return which parts ended more often than they were killed."""
    ended = Counter(re.findall(r"^stockwatch: (\w+) ended, starting it again", log, re.MULTILINE))
    return [f"{part} died {count} times by itself" for part, count in (ended - killed).items()]


def totals(clients: Sequence[Client]) -> Counter[str]:
    """What the clients have been through."""
    counts: Counter[str] = Counter(lost=0, doubled=0, disordered=0)
    for client in clients:
        counts.update(client.defects)
        counts["connections"] += client.connections
        counts["drops"] += client.drops
        counts["received"] += len(client.received)
    return counts


def _wait(look: Callable[[], list[T]]) -> list[T]:
    deadline = time.monotonic() + PATIENCE
    while (rest := look()) and time.monotonic() < deadline:
        time.sleep(0.2)
    return rest
