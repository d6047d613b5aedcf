"""From the log to the service: each notification arrives once, in order, whatever fails."""

import re
import time

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from notifications.delivery import outbox
from notifications.delivery.dispatch import Draft, notify
from notifications.kinds import transport_kinds
from notifications.models import Delivery
from notifications.severity import Severity
from tests.notifications.outbox_desk import put
from tests.standin_services._faults import Fault, Kind
from tests.standin_services._server import StandInServices, service_kinds

pytestmark = pytest.mark.django_db

KINDS = sorted(transport_kinds().keys() & service_kinds().keys())
_NUMBER = re.compile(r"Event \\*[(（](\d\d)\\*[)）]")
BELL, GRAVEST = 60, 40
"""Notifications that the opening bell brings at once, and which of them is urgent."""


def ring(user: User, count: int = BELL) -> None:
    with transaction.atomic():
        notify(
            [
                Draft(
                    user_id=user.pk, key=f"event {number}", kind="take_profit",
                    title=f"Event ({number:02}) reached", body=f"{number}.10 CNY\nsource tencent",
                    severity=Severity.URGENT if number == GRAVEST else Severity.NORMAL,
                )
                for number in range(count)
            ]
        )  # fmt: skip


def arrivals(services: StandInServices, kind: str) -> list[list[int]]:
    """The numbers that each message told of, in its order; some tell a title twice."""
    return [
        list(dict.fromkeys(map(int, _NUMBER.findall(taken.text)))) for taken in services[kind].taken
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_sixty_at_the_bell_arrive_once_within_the_limits(kind, services, clock, user):
    put(user, services, kind)
    services.misbehave(
        kind,
        Fault(Kind.RESET),
        Fault(Kind.REPLY, 500),
        Fault(Kind.REPLY, 429, headers={"Retry-After": "7"}),
        Fault(Kind.REPLY, 503),
    )
    ring(user)
    patience = time.monotonic() + 30
    while Delivery.objects.pending().exists() and time.monotonic() < patience:
        outbox.hand_out(timezone.now())
        clock.shift(30)
        time.sleep(0.05)  # the limits are kept by the clock of Redis
    assert not Delivery.objects.exclude(state="sent").exists()
    told = [number for message in arrivals(services, kind) for number in message]
    # What exceeds the limit comes together, the gravest first.
    assert told == [GRAVEST, *(number for number in range(BELL) if number != GRAVEST)]


@pytest.mark.parametrize("kind", KINDS)
def test_few_arrive_at_once_and_in_order(kind, services, clock, user):
    made = put(user, services, kind)
    ring(user, 3)
    outbox.hand_out(timezone.now())
    told = arrivals(services, kind)
    assert [number for message in told for number in message] == [0, 1, 2]
    # By one message only where that would take more than half of what the service takes.
    counts = [rate.count for rate in made.transport.rates]
    assert len(told) == (3 if min(counts) >= 6 else 1)
