"""An alert to each of many users, written and published as the worker does: not by the server."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count

from django.db import transaction
from django.utils import timezone

from notifications.delivery.dispatch import Draft, notify
from tests.bench.audience import Person

_keys = count()


@dataclass(frozen=True)
class Published:
    """When alerts were written, by time.perf_counter."""

    begun: float
    """Before the transaction."""
    committed: float
    """After the commit, right before they are announced."""
    returned: float
    """When the publisher was done."""


def alert(people: Iterable[Person]) -> Published:
    """Tell each of them once that a price was reached."""
    drafts = [_draft(person) for person in people]
    committed: list[float] = []
    begun = time.perf_counter()
    with transaction.atomic():
        # Registered before that of `notify`, so it is called before it.
        transaction.on_commit(lambda: committed.append(time.perf_counter()))
        notify(drafts)
    return Published(begun, committed[0], time.perf_counter())


def alert_each(people: Sequence[Person], least: int, most: int) -> int:
    """Tell each of them `least` to `most` times, in turn; return how many that is in all."""
    told = 0
    for number in range(most):
        some = [p for at, p in enumerate(people) if number < least + at % (most - least + 1)]
        alert(some)
        told += len(some)
    return told


def _draft(person: Person) -> Draft:
    return Draft(
        user_id=person.pk,
        key=f"benchmark {next(_keys)}",
        kind="take_profit",
        title="贵州茅台 600519.SH reached 1800",
        body="Take profit at 1800: the price is 1800.10.",
        monitor=person.pk,
        rule=person.pk,
        symbol="600519.SH",
        name="贵州茅台",
        price="1800.10",
        level="1800",
        url=f"/monitors/{person.pk}",
        quote_at=timezone.now(),
    )
