"""Services that stand in for the real ones, and the outbox worked as its workers do."""

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

import pytest
from celery import current_app
from django.utils import timezone

from notifications import tasks
from notifications.delivery import outbox
from stockwatch.background import background_loop
from tests.standin_services._server import StandInServices


class ServiceDesk:
    """What a test does beside the browser."""

    def __init__(self, services: StandInServices) -> None:
        self.services = services

    def typed(self, kind: str) -> dict[str, str]:
        """What a user types into a way's form, for the service that stands in."""
        return self.services[kind].params(self.services.url(kind))

    def taken(self, kind: str) -> list[str]:
        """The texts of the messages that a service took."""
        return [one.text for one in self.services[kind].taken]

    def work(self) -> None:
        """Send what is due."""
        outbox.hand_out(timezone.now())


def service_desk(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[ServiceDesk]:
    settings.DELIVERY_ALLOWED_NETWORKS = [ip_network("127.0.0.0/8")]

    def send_task(name: str, args: tuple[Any, ...] = (), **_options: object) -> None:
        if name == tasks.deliver.name:
            tasks.deliver(*args)

    monkeypatch.setattr(current_app, "send_task", send_task)
    services = StandInServices()
    background_loop().run(services.__aenter__())
    yield ServiceDesk(services)
    background_loop().run(services.__aexit__())
