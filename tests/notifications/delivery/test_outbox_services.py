"""The outbox and the services behind it: who waits for whom, and who is told when one is back."""

import time
from datetime import timedelta
from typing import Any

import pytest
import redis
from celery import current_app
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from notifications.delivery import allowance, outbox
from notifications.delivery.availability import DOUBTFUL, PLACES, PLACES_OF_A_USER
from notifications.delivery.delivering import (
    FIRST_HOUR_REST,
    IN_FIRST_HOUR,
    MOST,
    SHARE_RESTED,
    rest_after,
)
from notifications.models import Delivery, Destination
from notifications.models.delivery import ready
from notifications.severity import Severity
from notifications.transports.base import Rate, TransportError
from stockwatch.redis import client, key
from tests.notifications.outbox_desk import Desk, failing

pytestmark = pytest.mark.django_db

DOWN = TransportError("HTTP 503")
SLOW_DOWN = TransportError("HTTP 429", retry_after=100)


@pytest.fixture(autouse=True)
def _nothing_known() -> None:
    for name in client().scan_iter(key("delivery", "*")):
        client().delete(name)


@pytest.fixture
def handed_out(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the destinations that were given to workers which never end."""
    found: list[str] = []

    def send_task(name: str, args: tuple[Any, ...] = (), **_options: object) -> None:
        if args:
            found.append(Destination.objects.get(pk=args[0]).name)

    monkeypatch.setattr(current_app, "send_task", send_task)
    return found


def names_resting() -> set[str]:
    resting = Destination.objects.filter(wait_until__gt=timezone.now())
    return set(resting.values_list("name", flat=True))


def test_one_service_takes_no_more_than_its_places(desk: Desk, handed_out: list[str]) -> None:
    users = [User.objects.create(username=f"user {number}") for number in range(2 * PLACES)]
    for number, user in enumerate(users):
        desk.destination(f"a{number}", "https://hangs.example", user=user)
    desk.destination("b", "https://other.example")
    desk.tell("first", users=[desk.user, *users])
    desk.work()
    desk.work()
    assert sorted(handed_out) == sorted([*[f"a{number}" for number in range(PLACES)], "b"])


def test_one_user_takes_no_more_than_a_share_of_a_service(
    desk: Desk, other: User, handed_out: list[str]
) -> None:
    for number in range(30):
        desk.destination(f"a{number}", "https://hangs.example")
    desk.destination("b", "https://hangs.example", user=other)
    desk.tell("first", users=[desk.user, other])
    desk.work()
    assert handed_out == [f"a{number}" for number in range(PLACES_OF_A_USER)]
    outbox.hand_out_next(Destination.objects.get(name="b").service, timezone.now())
    desk.work()
    assert handed_out[PLACES_OF_A_USER:] == ["b"]


def test_a_service_that_is_down_takes_one_worker(desk: Desk, handed_out: list[str]) -> None:
    for number in range(PLACES):
        made = desk.destination(f"a{number}", "https://hangs.example")
        if number < DOUBTFUL:
            client().sadd(key("delivery", "silent", made.service), made.pk)
    desk.tell("first")
    desk.work()
    desk.work()
    assert handed_out == ["a0"]


def test_a_place_that_comes_free_is_taken_at_once(desk: Desk) -> None:
    for number in range(3 * PLACES):
        desk.destination(f"a{number}")
    desk.tell("first")
    desk.work()
    assert not Delivery.objects.pending().exists()


def test_all_are_told_as_soon_as_one_finds_that_their_service_is_back(desk: Desk) -> None:
    for name in "abcd":
        desk.destination(name, "https://down.example")
    desk.destination("e", "https://other.example")
    desk.stub.fail = failing(*[DOWN] * 10)
    desk.tell("first")
    for _try in range(2):
        desk.work()
        desk.later(20)
    assert len(desk.stub.tried) == 10
    Destination.objects.exclude(name="a").update(wait_until=timezone.now() + timedelta(hours=1))
    desk.work()
    assert {room for room, _message in desk.stub.taken} == {"a", "b", "c", "d"}
    assert names_resting() == {"e"}


def test_who_is_to_wait_by_the_service_itself_is_not_woken(desk: Desk) -> None:
    for name in "abc":
        desk.destination(name)
    desk.stub.fail = failing(SLOW_DOWN, DOWN, DOWN)
    desk.tell("first")
    desk.work()
    desk.later(10)
    desk.work()
    assert names_resting() == {"a"}
    assert desk.told("b") == desk.told("c") == [["first"]]


def test_one_that_always_fails_is_not_woken_by_those_that_do_not(desk: Desk) -> None:
    desk.destination("bad")
    desk.destination("good")
    desk.stub.fail = failing(DOWN)
    desk.tell("first")
    desk.work()
    desk.tell("second")
    desk.work()
    assert desk.told("good") == [["first"], ["second"]]
    assert desk.told("bad") == []


def test_in_the_first_hour_nobody_rests_for_more_than_two_minutes() -> None:
    rests = [rest_after(number) for number in range(1, IN_FIRST_HOUR + 1)]
    assert max(rests) == FIRST_HOUR_REST
    assert 3000 < sum(rests) * (1 + SHARE_RESTED) / 2 < 4000
    assert rest_after(IN_FIRST_HOUR + 1) > FIRST_HOUR_REST


def test_a_digest_that_is_repeated_is_the_same_message(desk: Desk) -> None:
    desk.stub.rates = (Rate(3, 60),)
    desk.destination()
    desk.stub.fail = failing(DOWN)
    desk.tell("one", "two", "three", "four")
    desk.tell("grave", severity=Severity.URGENT)
    desk.work()
    desk.later(10)
    desk.work()
    first, second = desk.stub.tried
    assert first.key == second.key
    assert first.text() == second.text()
    assert desk.told() == [["grave", "one", "two", "three", "four"]]


def test_the_gravest_of_very_many_is_told_first(desk: Desk) -> None:
    desk.stub.rates = ()
    desk.destination()
    desk.tell(*[f"event {number}" for number in range(MOST)])
    desk.tell("grave", severity=Severity.URGENT)
    desk.work()
    titles = [title for message in desk.told() for title in message]
    assert titles == ["grave", *[f"event {number}" for number in range(MOST)]]


def test_who_cannot_look_at_the_limits_sends_nothing(desk: Desk, monkeypatch) -> None:
    desk.stub.rates = (Rate(1, 60),)
    desk.destination()
    desk.tell("one", "two")

    class Gone:
        def eval(self, *_arguments: object) -> None:
            raise redis.ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr(allowance, "client", Gone)
        desk.work()
    assert desk.told() == []
    desk.later(10)
    desk.work()
    assert desk.told() == [["one", "two"]]


def test_a_message_counts_from_when_it_arrived(desk: Desk) -> None:
    rates = (Rate(1, 0.2),)
    taken = allowance.take("a robot", rates)
    patience = time.monotonic() + 10
    while allowance.look("a robot", rates).wait > 0.1 and time.monotonic() < patience:
        pass
    allowance.arrived("a robot", rates, taken.token)
    assert allowance.look("a robot", rates).wait > 0.1


def test_a_message_that_was_long_on_its_way_counts_too(desk: Desk) -> None:
    rates = (Rate(1, 0.1),)
    taken = allowance.take("a robot", rates)
    patience = time.monotonic() + 10
    while allowance.look("a robot", rates).wait and time.monotonic() < patience:
        pass
    allowance.arrived("a robot", rates, taken.token)
    assert allowance.look("a robot", rates).left == 0


def test_the_outbox_is_handed_out_in_turn(desk: Desk, handed_out: list[str]) -> None:
    """Who failed is behind who has not been tried."""
    desk.destination("failed", wait_until=timezone.now() - timedelta(seconds=1))
    desk.destination("new")
    desk.tell("first")
    outbox.hand_out(timezone.now())
    assert handed_out == ["new", "failed"]


def test_the_outbox_looks_only_at_what_is_pending(desk: Desk) -> None:
    """The indexes are partial: SQLite uses them only where it knows what a parameter holds."""
    destination, now = desk.destination(), timezone.now()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    pending = Delivery.objects.due(now).filter(destination=destination)
    for query in (ready(now), ready(now).filter(service=destination.service), pending):
        assert "delivery_due" in query.explain()


def test_one_leaves_half_of_a_shared_limit_to_the_others(desk: Desk) -> None:
    desk.stub.rates = (Rate(10, 60),)
    desk.stub.identity = frozenset({"token"})
    for room in "ab":
        made = desk.destination(room)
        made.put_params({"room": room, "token": "shared"})
        made.save()
    desk.tell(*[f"event {number}" for number in range(6)])
    desk.work()
    assert [len(titles) for titles in desk.told("a") + desk.told("b")] == [6, 6]
