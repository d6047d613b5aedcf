"""What tests of notifications may ask for."""

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

import pytest
from celery import current_app
from django.contrib.auth.models import User
from django.utils import timezone

from notifications import kinds, tasks
from notifications.models import destination
from notifications.transports.base import Rate
from stockwatch.background import background_loop
from stockwatch.redis import client, key
from tests.notifications.outbox_desk import Desk, Stub
from tests.standin_services._server import StandInServices


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


@pytest.fixture
def services(settings) -> Iterator[StandInServices]:
    server = StandInServices()
    background_loop().run(server.__aenter__())
    settings.DELIVERY_ALLOWED_NETWORKS = [ip_network("127.0.0.0/8")]
    for name, value in server.settings().items():
        setattr(settings, name, value)
    for name in client().scan_iter(key("delivery", "*")):
        client().delete(name)
    yield server
    background_loop().run(server.__aexit__())


@pytest.fixture
def clock(monkeypatch, time_machine) -> Any:
    """Time that passes between two looks at the outbox; its tasks run at once."""

    def send_task(name: str, args: tuple[Any, ...] = (), **_options: object) -> None:
        if name == tasks.deliver.name:
            tasks.deliver(*args)

    monkeypatch.setattr(current_app, "send_task", send_task)
    time_machine.move_to(timezone.now(), tick=False)
    return time_machine
