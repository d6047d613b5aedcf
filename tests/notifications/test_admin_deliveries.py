"""Destinations, deliveries and tries in the admin."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from notifications.models import Attempt, Delivery, Destination
from notifications.transports.base import TransportError
from tests.notifications.outbox_desk import Desk, failing

REFUSED = TransportError("HTTP 400", permanent=True, answer="bad token")
PLACES = reverse("admin:notifications_destination_changelist")
DELIVERIES = reverse("admin:notifications_delivery_changelist")
ATTEMPTS = reverse("admin:notifications_attempt_changelist")


@pytest.fixture
def admin(client: Client, db: None) -> Client:
    client.force_login(User.objects.create_superuser("root"))
    return client


@pytest.fixture
def busy(desk: Desk) -> Desk:
    desk.destination("a")
    desk.stub.fail = failing(REFUSED)
    desk.tell("first", "second")
    desk.work()
    return desk


def act(admin: Client, page: str, action: str, row: Any) -> str:
    body = {"action": action, "_selected_action": row.pk}
    return admin.post(page, body, follow=True).content.decode()


def page_of(row: Any, name: str) -> str:
    return reverse(f"admin:notifications_{name}_change", args=[row.pk])


def test_a_destination_shows_how_it_fares_and_no_secret(admin: Client, busy: Desk) -> None:
    busy.tell("third")
    one = Destination.objects.get()
    for shown in (admin.get(PLACES), admin.get(page_of(one, "destination"))):
        text = shown.content.decode()
        assert "Works" in text
        assert "secret of a" not in text
        assert one.sealed not in text
    assert admin.get(PLACES).context["cl"].result_list[0].pending == 1
    assert admin.post(page_of(one, "destination"), {"name": "x"}).status_code == 403


def test_staff_turn_a_destination_off_and_on(admin: Client, busy: Desk) -> None:
    one = Destination.objects.get()
    assert "1 destination: Turned off." in act(admin, PLACES, "turn_off", one)
    one.refresh_from_db()
    assert (one.enabled, one.disabled_reason) == (False, "An administrator turned it off.")
    assert "0 destinations" in act(admin, PLACES, "turn_off", one)
    act(admin, PLACES, "turn_on", one)
    one.refresh_from_db()
    assert (one.enabled, one.disabled_reason) == (True, "")
    noted = LogEntry.objects.order_by("pk").values_list("change_message", flat=True)
    assert list(noted) == ["Turned off.", "Turned on."]


def test_deliveries_and_tries_are_shown_and_filtered(admin: Client, busy: Desk) -> None:
    failed = admin.get(f"{DELIVERIES}?state__exact=failed&way=stub").context["cl"].result_list
    assert [one.notification.title for one in failed] == ["first"]
    assert "bad token" in admin.get(page_of(failed[0], "delivery")).content.decode()
    tries = admin.get(f"{ATTEMPTS}?ok__exact=0&way=stub").context["cl"].result_list
    assert [one.answer for one in tries] == ["bad token"]
    assert admin.get(page_of(tries[0], "attempt")).status_code == 200
    assert not admin.get(f"{ATTEMPTS}?way=pigeon").context["cl"].result_list


def test_staff_send_a_delivery_again(admin: Client, busy: Desk) -> None:
    failed = Delivery.objects.get(state="failed")
    assert "1 delivery is sent again." in act(admin, DELIVERIES, "again", failed)
    assert "0 deliveries" in act(admin, DELIVERIES, "again", failed)
    busy.work()
    failed.refresh_from_db()
    assert failed.state == "sent"
    assert [one.change_message for one in LogEntry.objects.all()] == ["Sent again."]
    assert Attempt.objects.filter(delivery=failed).count() == 2


@pytest.mark.parametrize(("page", "action"), [(PLACES, "turn_off"), (DELIVERIES, "again")])
def test_who_may_only_look_changes_nothing(
    client: Client, busy: Desk, page: str, action: str
) -> None:
    staff = User.objects.create_user("li", is_staff=True)
    staff.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client.force_login(staff)
    model = Destination if page == PLACES else Delivery
    before = list(model.objects.order_by("pk").values())
    act(client, page, action, model.objects.order_by("pk")[0])
    assert list(model.objects.order_by("pk").values()) == before
    assert not LogEntry.objects.exists()
