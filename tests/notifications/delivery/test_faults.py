"""What lies in this server's settings: no destination is to blame, and staff are told once."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy

from notifications.delivery.delivering import GIVE_UP_AFTER, LONGEST_REST, REFUSALS_IN_A_ROW
from notifications.models import Delivery, Destination, Notification
from notifications.transports.base import TransportError
from tests.notifications.outbox_desk import Desk, failing

BAD_LOGIN = TransportError("no (535)", permanent=True, fault=gettext_lazy("See EMAIL_URL."))


@pytest.fixture(autouse=True)
def chief(db: None) -> User:
    return User.objects.create_user("chief", is_staff=True)


def told(who: User) -> list[str]:
    mine = Notification.objects.filter(user=who, kind="delivery_fault").order_by("seq")
    return [f"{one.title}: {one.body}" for one in mine]


def try_often(desk: Desk) -> None:
    for _try in range(REFUSALS_IN_A_ROW + 1):
        desk.work()
        desk.later(LONGEST_REST * 2)


def test_it_is_tried_again_and_staff_are_told_once(desk: Desk, chief: User) -> None:
    for room in ("a", "b"):
        desk.destination(room)
    desk.stub.fail = failing(*[BAD_LOGIN] * 100)
    desk.tell("first", "second")
    try_often(desk)
    assert [one.enabled for one in Destination.objects.all()] == [True, True]
    assert {one.state for one in Delivery.objects.all()} == {"pending"}
    assert told(chief) == [
        "No message goes out by Stub: See EMAIL_URL. What waits is sent once that is mended."
    ]
    assert told(desk.user) == []
    desk.stub.fail = None
    desk.work()
    assert desk.told("a") == desk.told("b") == [["first"], ["second"]]


def test_a_fault_that_comes_back_is_told_again(desk: Desk, chief: User) -> None:
    desk.destination()
    for _day in range(2):
        desk.stub.fail = failing(BAD_LOGIN, BAD_LOGIN)
        desk.tell("one more")
        try_often(desk)
    assert len(told(chief)) == 2


def test_it_is_given_up_after_a_day_like_any_failure(desk: Desk) -> None:
    desk.destination()
    desk.stub.fail = failing(*[BAD_LOGIN] * 2)
    desk.tell("first")
    desk.work()
    desk.later(GIVE_UP_AFTER.total_seconds() + 1)
    desk.work()
    assert Delivery.objects.get().state == "failed"
    assert Destination.objects.get().enabled


def test_another_secret_key_turns_nothing_off(desk: Desk, chief: User, settings: Any) -> None:
    desk.destination()
    kept = settings.SECRET_KEY
    settings.SECRET_KEY = "x" * 50
    desk.tell(*[f"event {number}" for number in range(REFUSALS_IN_A_ROW + 1)])
    try_often(desk)
    assert (Destination.objects.get().enabled, len(told(chief))) == (True, 1)
    assert "SECRET_KEY" in told(chief)[0]
    settings.SECRET_KEY = kept
    desk.work()
    assert len(desk.told()) == REFUSALS_IN_A_ROW + 1
