"""The outbox where things go wrong for long: who gives way, who is told, what waits for whom."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from notifications import tasks
from notifications.delivery import allowance
from notifications.delivery.availability import MOST_OF_A_USER
from notifications.delivery.delivering import (
    GIVE_UP_AFTER,
    REFUSALS_IN_A_ROW,
    STUBBORN_AFTER,
    TOLD_AFTER,
)
from notifications.delivery.outbox import HANDED_OUT_FOR
from notifications.delivery.switching import WAITS_FOR, turn_on
from notifications.message import Message
from notifications.models import Delivery, Destination, Notification
from notifications.severity import Severity
from notifications.transports.base import Rate, TransportError
from stockwatch.redis import client, key
from tests.notifications.outbox_desk import Desk, failing

pytestmark = pytest.mark.django_db

DOWN = TransportError("HTTP 503")
REFUSED = TransportError("HTTP 400", permanent=True)
BUSY = TransportError("HTTP 429", retry_after=600)


@pytest.fixture(autouse=True)
def _no_limits() -> None:
    for name in client().scan_iter(key("delivery", "*")):
        client().delete(name)


def states() -> list[str]:
    return list(Delivery.objects.order_by("pk").values_list("state", flat=True))


def only(title: str, error: TransportError) -> Callable[[Message], None]:
    """Fail with every message that tells of one notification."""

    def fail(message: Message) -> None:
        if any(item.title == title for item in message.items):
            raise error

    return fail


def work_for(desk: Desk, span: timedelta) -> None:
    end = timezone.now() + span
    while timezone.now() < end:
        desk.work()
        desk.later(60)


# -- One message that its service never takes ---------------------------------------------------


def test_a_message_that_fails_for_long_lets_others_pass(desk: Desk) -> None:
    desk.destination()
    desk.stub.fail = only("poison", TransportError("HTTP 500", answer="no such text"))
    desk.tell("poison")
    desk.work()
    tried_alone = [message.key for message in desk.stub.tried]
    work_for(desk, STUBBORN_AFTER)
    desk.tell("stop", severity=Severity.URGENT)
    desk.tell("next")
    work_for(desk, timedelta(minutes=5))
    assert desk.told() == [["stop"], ["next"]]
    desk.stub.fail = None
    work_for(desk, timedelta(minutes=5))
    assert desk.told()[-1] == ["poison"]
    assert {desk.stub.tried[-1].key} == set(tried_alone), "as the same message"


def test_who_gives_no_answer_at_all_keeps_the_order_for_ever(desk: Desk) -> None:
    desk.destination()
    desk.stub.fail = failing(*[DOWN] * 40)
    desk.tell("first")
    desk.work()
    desk.tell("second")
    work_for(desk, timedelta(hours=2))
    assert desk.told() == [["first"], ["second"]]


def test_what_has_failed_for_minutes_only_keeps_its_turn(desk: Desk) -> None:
    desk.destination()
    desk.stub.fail = failing(*[DOWN] * 4)
    desk.tell("first")
    desk.work()
    desk.tell("stop", severity=Severity.URGENT)
    work_for(desk, timedelta(minutes=10))
    assert desk.told() == [["first"], ["stop"]]


# -- Since when something fails -----------------------------------------------------------------


def test_what_waited_for_its_hour_is_not_given_up_at_its_first_failure(desk: Desk) -> None:
    desk.destination(escalate_after=1440)
    desk.stub.fail = failing(DOWN)
    desk.tell("first")
    desk.later(GIVE_UP_AFTER.total_seconds() + 60)
    desk.work()
    assert states() == ["pending"]
    desk.later(60)
    desk.work()
    assert states() == ["sent"]


def test_what_is_turned_on_again_begins_anew(desk: Desk) -> None:
    made = desk.destination()
    desk.stub.fail = failing(DOWN, DOWN)
    desk.tell("first")
    desk.work()
    Destination.objects.update(enabled=False)
    desk.later(GIVE_UP_AFTER.total_seconds() + 60)
    made.refresh_from_db()
    assert turn_on(made)
    desk.work()
    assert states() == ["pending"]
    desk.later(60)
    desk.work()
    assert states() == ["sent"]


def test_who_has_a_destination_that_fails_for_long_is_told_elsewhere_and_once(desk: Desk) -> None:
    desk.destination("bad")
    desk.destination("good")
    desk.stub.fail = failing(DOWN, None, *[DOWN] * 100)
    desk.tell("first")
    work_for(desk, timedelta(minutes=20))
    assert not Notification.objects.filter(kind="destination_failing").exists()
    work_for(desk, timedelta(hours=1))
    told = Notification.objects.get(kind="destination_failing")
    assert told.title == "bad (Stub) takes no messages"
    assert "HTTP 503" in told.body
    assert list(told.deliveries.values_list("destination__name", flat=True)) == ["good"]
    assert Destination.objects.get(name="bad").failures > TOLD_AFTER


# -- Off because it refused ---------------------------------------------------------------------


def test_what_fires_while_a_destination_is_off_for_its_refusals_waits_for_the_mend(
    desk: Desk,
) -> None:
    made = desk.destination()
    desk.stub.fail = failing(*[REFUSED] * REFUSALS_IN_A_ROW)
    desk.tell(*[f"event {number}" for number in range(REFUSALS_IN_A_ROW)])
    desk.work()
    desk.tell("meanwhile", severity=Severity.URGENT)
    assert desk.work() == 0
    made.refresh_from_db()
    assert turn_on(made)
    desk.work()
    assert desk.told() == [["meanwhile"]]


def test_what_a_user_has_turned_off_gets_nothing_written(desk: Desk) -> None:
    desk.destination(enabled=False)
    desk.tell("meanwhile")
    assert states() == []


def test_what_waited_for_a_day_for_one_that_is_off_has_failed_and_is_listed(desk: Desk) -> None:
    desk.destination(enabled=False, disabled_reason="HTTP 400")
    desk.tell("first")
    desk.later(WAITS_FOR.total_seconds() - 60)
    tasks.prune()
    assert states() == ["pending"]
    desk.later(120)
    tasks.prune()
    assert states() == ["failed"]
    assert Delivery.objects.get().last_error == "The destination was off for more than a day."


def test_a_monitor_whose_destinations_are_all_off_is_told_the_usual_way_too(desk: Desk) -> None:
    off = desk.destination("off", enabled=False, disabled_reason="HTTP 400")
    desk.destination("usual")
    desk.destination("choosy", kinds=["stop_loss"])
    desk.tell("first", destinations=[off.pk])
    desk.work()
    assert desk.told("usual") == [["first"]]
    assert desk.told("choosy") == []
    assert list(Delivery.objects.pending().values_list("destination__name", flat=True)) == ["off"]


# -- Quiet hours --------------------------------------------------------------------------------


def at_night(desk: Desk, **fields: Any) -> Destination:
    """A destination that is quiet from half an hour from now on, for eight hours."""
    local = timezone.now()
    begin, end = local + timedelta(minutes=30), local + timedelta(hours=8, minutes=30)
    hours: dict[str, Any] = {"quiet_from": clock(begin), "quiet_until": clock(end)}
    return desk.destination(zone="UTC", **hours, **fields)


def clock(at: datetime) -> time:
    return at.time().replace(microsecond=0)


def test_what_is_overtaken_by_quiet_hours_waits_for_their_end(desk: Desk) -> None:
    at_night(desk)
    desk.stub.fail = failing(DOWN, DOWN)
    desk.tell("profit")
    desk.tell("stop", severity=Severity.URGENT)
    desk.work()
    desk.later(3600)
    desk.work()
    desk.later(60)
    desk.work()
    assert desk.told() == [["stop"]]
    desk.later(8 * 3600)
    desk.work()
    assert desk.told() == [["stop"], ["profit"]]


def test_what_somebody_sends_again_by_night_is_sent(desk: Desk) -> None:
    at_night(desk)
    desk.stub.fail = failing(REFUSED)
    desk.tell("profit")
    desk.work()
    desk.later(3600)
    Delivery.objects.all().again(timezone.now())
    desk.work()
    assert desk.told() == [["profit"]]


# -- Places and limits --------------------------------------------------------------------------


def test_one_user_has_so_many_workers_at_most(desk: Desk, monkeypatch, other) -> None:
    handed: list[int] = []
    monkeypatch.setattr(
        "celery.current_app.send_task", lambda _name, args=(), **_options: handed.extend(args[:1])
    )
    for number in range(30):
        desk.destination(f"a{number}", f"https://a{number}.example")
    theirs = desk.destination("b", "https://b.example", user=other)
    desk.tell("first", users=[desk.user, other])
    desk.work()
    desk.work()
    assert len(handed) == MOST_OF_A_USER + 1
    assert theirs.pk in handed


def test_a_robot_that_asks_for_a_rest_has_it_from_all_who_share_it(desk: Desk, other) -> None:
    desk.stub.identity = frozenset({"room"})
    desk.destination("a")
    desk.destination("a", user=other)
    desk.stub.fail = failing(BUSY)
    desk.tell("first", users=[desk.user, other])
    desk.work()
    desk.later(300)
    desk.work()
    assert len(desk.stub.tried) == 1
    desk.later(310)
    desk.work()
    assert desk.told() == [["first"], ["first"]]


def test_a_fifth_of_a_limit_is_left_to_what_is_urgent() -> None:
    rates = (Rate(10, 60),)
    taken = [allowance.take("a robot", rates, urgent=False).token for _try in range(12)]
    assert sum(map(bool, taken)) == 8
    assert allowance.take("a robot", rates).token
    assert allowance.take("a robot", rates).token
    assert not allowance.take("a robot", rates).token


# -- Two who claim at once ----------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_who_claim_in_the_same_moment_one_has_it(desk: Desk) -> None:
    made, now = desk.destination(), timezone.now()
    claims: list[bool] = []
    asking = Event()

    def second() -> None:
        asking.set()
        claims.append(Destination.objects.claim(made.pk, now, now + 2 * HANDED_OUT_FOR))
        connection.close()

    thread = Thread(target=second)
    with transaction.atomic():
        assert Destination.objects.claim(made.pk, now, now + HANDED_OUT_FOR)
        thread.start()
        asking.wait()
        # It has begun, and waits for the end of this transaction, on PostgreSQL within its UPDATE.
        thread.join(0.5)
    thread.join()
    assert claims == [False]
    made.refresh_from_db()
    assert made.lease_until == now + HANDED_OUT_FOR
