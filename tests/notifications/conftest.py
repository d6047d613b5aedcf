"""A live server, a user with a token, and news for that user.

Nothing of Django is imported until a fixture runs: pytest may load this file before its settings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from rest_framework.test import APIClient

    from tests.live import Daphne, Socket

Tell = Callable[..., None]


@pytest.fixture(scope="session")
def running_daphne(django_db_setup: None) -> Iterator[Daphne]:
    from tests.live import start_daphne

    with start_daphne() as server:
        yield server


@pytest.fixture
def server(running_daphne: Daphne, transactional_db: None) -> Iterator[Daphne]:
    """The live server; whatever a test does to it, it has nothing to complain about."""
    running_daphne.log.clear()
    yield running_daphne
    assert running_daphne.complaints() == []


@pytest.fixture(autouse=True)
def _no_counts() -> None:
    from django.core.cache import cache

    cache.clear()


@pytest.fixture
def user(db: None) -> User:
    from django.contrib.auth.models import User

    return User.objects.create_user("ann", password="a long password")


@pytest.fixture
def other(db: None) -> User:
    from django.contrib.auth.models import User

    return User.objects.create_user("bob", password="a long password")


@pytest.fixture
def token(user: User) -> str:
    from knox.models import AuthToken

    return str(AuthToken.objects.create(user)[1])


@pytest.fixture
def api(token: str) -> APIClient:
    from rest_framework.test import APIClient

    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


@pytest.fixture
def tell() -> Tell:
    """Write notifications for a user, as an evaluation does, and publish them."""
    from django.db import transaction

    from notifications.dispatch import Draft, notify

    def write(user: User, count: int = 1, **fields: object) -> None:
        values = {"kind": "take_profit", "title": "Reached", "symbol": "600519.SH"} | fields
        with transaction.atomic():
            start = user.notifications.count()
            notify(
                [
                    Draft(user_id=user.pk, key=f"event {start + at}", **values)  # type: ignore[arg-type]
                    for at in range(count)
                ]
            )

    return write


@pytest.fixture
def tell_silently(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> Tell:
    """Write notifications whose hints are lost."""

    def write(user: User, count: int = 1) -> None:
        with monkeypatch.context() as patch:
            patch.setattr("notifications.realtime.publish", lambda _messages: False)
            tell(user, count)

    return write


@pytest.fixture
def open_socket(server: Daphne, token: str) -> Iterator[Callable[..., Socket]]:
    """Open sockets that are authenticated by a token, the user's own if no other is given."""
    from tests.live import Socket

    opened: list[Socket] = []

    def opener(shown: str = token) -> Socket:
        socket = Socket(server)
        opened.append(socket)
        assert socket.ask("auth", token=shown)["type"] == "ok"
        return socket

    yield opener
    for socket in opened:
        socket.close()
