"""The log of deliveries: narrowed, sent again all at once, and quick when it is long."""

from datetime import datetime, timedelta
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from notifications.models import Attempt, Delivery, DeliveryState, Notification
from notifications.transports.base import TransportError
from tests.notifications.outbox_desk import Desk, failing

URL = "/deliveries/"


@pytest.fixture
def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(client: Client, **query: Any) -> str:
    answer = client.get(URL, query)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def refusing(desk: Desk, *titles: str) -> None:
    desk.stub.fail = failing(*[TransportError("gone", permanent=True)] * len(titles))
    desk.tell(*titles)
    desk.work()


def test_a_day_is_one_of_the_servers_zone(browser: Client, desk: Desk) -> None:
    desk.destination()
    desk.tell("Late", "Early", "Noon")
    zone = ZoneInfo("Asia/Shanghai")
    for title, at in (
        ("Late", datetime(2026, 11, 23, 23, 59, 59, tzinfo=zone)),
        ("Early", datetime(2026, 11, 24, tzinfo=zone)),
        ("Noon", datetime(2026, 11, 25, 12, tzinfo=zone)),
    ):
        Notification.objects.filter(title=title).update(created_at=at)
    shown = page(browser, day="2026-11-24")
    assert "Early" in shown
    assert "Late" not in shown
    assert "Noon" not in shown


@pytest.mark.parametrize("day", ["yesterday", "2026-02-30", "9999-12-31", "0001-01-01"])
def test_a_day_that_has_nothing_says_so(browser: Client, desk: Desk, day: str) -> None:
    desk.destination()
    desk.tell("Reached")
    assert "No delivery is like that." in page(browser, day=day)


def test_a_notification_leads_to_its_own_deliveries(browser: Client, desk: Desk) -> None:
    desk.destination("a")
    desk.destination("b")
    desk.tell("First", "Second")
    listed = unescape(browser.get("/notifications/").content.decode())
    first = Notification.objects.get(title="First")
    for one in Delivery.objects.filter(notification=first):
        assert f'href="{URL}?notification={first.seq}#delivery-{one.pk}"' in listed
        assert f'id="delivery-{one.pk}"' in page(browser, notification=first.seq)
    assert "Second" not in page(browser, notification=first.seq)
    assert "No delivery is like that." in page(browser, notification=first.seq + 7)
    assert "No delivery is like that." in page(browser, notification="x")


def test_all_that_failed_are_sent_again(browser: Client, desk: Desk) -> None:
    desk.destination()
    refusing(desk, "First", "Second")
    desk.tell("Third")
    desk.work()
    assert "2 of these have failed for good." in page(browser)
    answer = browser.post("/deliveries/again/", follow=True)
    assert "2 are sent again." in answer.content.decode()
    desk.work()
    assert sorted(title for titles in desk.told() for title in titles) == [
        "First",
        "Second",
        "Third",
    ]
    assert "failed for good" not in page(browser)


def test_only_what_is_asked_for_is_sent_again(browser: Client, desk: Desk) -> None:
    desk.destination()
    refusing(desk, "First", "Second")
    answer = browser.post("/deliveries/again/?search=First", follow=True)
    assert answer.redirect_chain == [(f"{URL}?search=First", 302)]
    failed = Delivery.objects.failed().values_list("notification__title", flat=True)
    assert list(failed) == ["Second"]
    browser.post("/deliveries/again/?day=nonsense")
    assert Delivery.objects.failed().count() == 1


def test_what_is_off_is_left_and_what_is_someone_elses_too(
    browser: Client, desk: Desk, other: User
) -> None:
    destination = desk.destination()
    refusing(desk, "First")
    stranger = Client()
    stranger.force_login(other)
    stranger.post("/deliveries/again/")
    assert Delivery.objects.failed().count() == 1
    browser.post(f"/destinations/{destination.pk}/off/")
    answer = browser.post("/deliveries/again/", follow=True).content.decode()
    assert "1 is not: its destination is off." in answer
    assert Delivery.objects.failed().count() == 1
    assert browser.get("/deliveries/again/").status_code == 405


def test_ten_thousand_take_the_queries_of_one(
    browser: Client, desk: Desk, django_assert_num_queries: Any, user: User
) -> None:
    destination = desk.destination()
    refusing(desk, "First")
    with django_assert_num_queries(15, exact=False) as one:
        page(browser)
    now = timezone.now()
    logged = Notification.objects.bulk_create(
        Notification(
            user=user, seq=seq, key=str(seq), kind="take_profit", title=f"Number {seq}",
            created_at=now - timedelta(minutes=seq),
        )
        for seq in range(100, 10_100)
    )  # fmt: skip
    sent = Delivery.objects.bulk_create(
        Delivery(user=user, notification=one, destination=destination, state=DeliveryState.FAILED)
        for one in logged
    )
    Attempt.objects.bulk_create(Attempt(delivery=one, latency_ms=9, ok=False) for one in sent)
    for query in ({}, {"state": "failed"}, {"search": "Number 1", "page": "3"}):
        with django_assert_num_queries(len(one)):
            assert "Number 1" in page(browser, **query)
    assert "10001 of these have failed" in page(browser).replace(",", "")
