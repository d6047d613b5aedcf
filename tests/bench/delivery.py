"""What a message costs on its way from the log through the outbox to a service.

The floor is bare posts of the same bodies to the same stand-in, as many at a time as the outbox
allows one service.
"""

import asyncio
import os
import time
from collections.abc import Sequence

import orjson
from aiohttp import ClientSession
from django.conf import settings
from django.db import connection, transaction

from notifications.delivery.availability import PLACES
from notifications.delivery.dispatch import Draft, notify
from notifications.transports.webhook import signature
from stockwatch.background import BackgroundLoop
from tests.bench.audience import Person, make_people
from tests.bench.figures import progress, report
from tests.receivers import Receivers
from tests.running import running
from tests.standin_services.base import Taken
from tests.standin_services.webhook import SECRET

DESTINATIONS = 250
EACH = 4
"""Notifications to each destination: what its limit lets through one by one."""
WARM_UP = 1
PATIENCE = 120.0


def run() -> None:
    """Measure milliseconds a message, from the commit to the last one's arrival."""
    progress(f"{connection.vendor}, delivery: {DESTINATIONS} destinations")
    people, loop = make_people(DESTINATIONS), BackgroundLoop()
    with Receivers(loop) as receivers:
        told = {**receivers.settings(), "REDIS_URL": os.environ["REDIS_URL"]}
        with running(settings.STOCKWATCH_DATA, told):
            for person in people:
                receivers.open(person.pk, ["webhook"])
            taken = receivers.service("webhook").taken
            _deliver(people, "warm up", WARM_UP, taken)
            seconds = _deliver(people, "event", EACH, taken)
        floor = loop.run(_bare_posts(receivers.servers["webhook"].url("webhook"), taken))
    messages = DESTINATIONS * EACH
    progress(f"  {messages / seconds:.0f} messages a second")
    report(
        f"{connection.vendor}, delivery: {messages:,} messages to {DESTINATIONS} destinations",
        1000 * seconds / messages,
        "ms a message",
        1000 * floor,
    )


def _deliver(people: Sequence[Person], name: str, each: int, taken: Sequence[Taken]) -> float:
    """Tell everyone so many things; return the seconds until all have arrived."""
    wanted = len(taken) + len(people) * each
    drafts = [
        Draft(user_id=one.pk, key=f"{name} {n}", kind="take_profit", title=f"{name} {n}")
        for one in people
        for n in range(each)
    ]
    begun = time.perf_counter()
    with transaction.atomic():
        notify(drafts)
    while len(taken) < wanted:
        if time.perf_counter() - begun > PATIENCE:
            raise SystemExit(f"{wanted - len(taken)} messages did not arrive")
        time.sleep(0.01)
    return time.perf_counter() - begun


async def _bare_posts(url: str, taken: Sequence[Taken]) -> float:
    """Post the same messages again; return the seconds for one."""
    waiting = [(one.to, orjson.dumps(one.content["body"])) for one in taken]
    count, now = len(waiting), int(time.time())
    extra = {"X-Api-Key": "aZ3dF6gH9jK2", "Idempotency-Key": "bare"}

    async def post_some(session: ClientSession) -> None:
        while waiting:
            to, body = waiting.pop()
            headers = signature(SECRET, body, now) | extra
            async with session.post(f"{url}/hooks/{to}", data=body, headers=headers) as answer:
                await answer.read()

    begun = time.perf_counter()
    async with ClientSession() as session:
        await asyncio.gather(*(post_some(session) for _ in range(PLACES)))
    return (time.perf_counter() - begun) / count
