"""What the status and Prometheus are told of deliveries."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from notifications.models import Delivery
from notifications.transports.base import TransportError
from tests.notifications.outbox_desk import Desk, failing

REFUSED = TransportError("HTTP 400", permanent=True)


@pytest.fixture
def busy(desk: Desk) -> Desk:
    """One sent, one failed, one due, one to be sent later, one to a destination that is off."""
    desk.destination("a")
    desk.stub.fail = failing(REFUSED)
    desk.tell("failed", "sent")
    desk.work()
    desk.tell("due", "later", "waits for its user")
    *_, later, off = Delivery.objects.order_by("pk")
    Delivery.objects.filter(pk=later.pk).update(due_at=timezone.now() + timedelta(hours=1))
    where = desk.destination("off", enabled=False)
    Delivery.objects.filter(pk=off.pk).update(destination=where)
    desk.later(40)
    return desk


def test_the_status_says_what_waits_and_what_failed(api: APIClient, busy: Desk) -> None:
    told = api.get("/api/v1/realtime/status").json()["deliveries"]
    assert told == {"pending": 2, "oldest_seconds": 40, "failed_today": 1}
    Delivery.objects.update(ended_at=timezone.now() - timedelta(days=2))
    assert api.get("/api/v1/realtime/status").json()["deliveries"]["failed_today"] == 0


def test_prometheus_is_told(client: Client, busy: Desk) -> None:
    lines = client.get("/metrics").content.decode().splitlines()
    assert "stockwatch_deliveries_pending 2.0" in lines
    assert "stockwatch_delivery_oldest_seconds 40.0" in lines
    assert 'stockwatch_deliveries_ended_today{kind="stub",state="failed"} 1.0' in lines
    assert 'stockwatch_deliveries_ended_today{kind="stub",state="sent"} 1.0' in lines
