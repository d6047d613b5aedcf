"""What tests of notifications may ask for."""

from typing import Any

import pytest
from celery import current_app
from django.contrib.auth.models import User
from django.utils import timezone

from notifications import kinds, tasks
from notifications.models import destination
from notifications.transports.base import Rate
from tests.notifications.outbox_desk import Desk, Stub


@pytest.fixture
def desk(user: User, monkeypatch: pytest.MonkeyPatch, time_machine: Any) -> Desk:
    stub = type("Stub", (Stub,), {"taken": [], "tried": [], "rates": (Rate(1000, 1),)})
    found = {"stub": stub}
    for module in (kinds, destination):
        monkeypatch.setattr(module, "transport_kinds", lambda: found)
    time_machine.move_to(timezone.now(), tick=False)
    waiting: list[tuple[Any, ...]] = []

    def send_task(name: str, args: tuple[Any, ...] = (), **_options: object) -> None:
        if name == tasks.deliver.name:
            tasks.deliver(*args)
        else:
            waiting.append(args)

    monkeypatch.setattr(current_app, "send_task", send_task)
    return Desk(user, found, time_machine)
