"""What every test may ask for: users, a live server, a market that trades, a browser."""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone, translation
from knox.models import AuthToken
from rest_framework.test import APIClient
from servestatic.middleware import ServeStaticMiddleware

from monitors.evaluation import ingest
from monitors.market import QuoteState, Snapshot
from monitors.symbols import Symbol
from notifications.delivery.dispatch import Draft, notify
from tests.live import Daphne, Socket, start_daphne
from tools import browser

Tell = Callable[..., None]
Trade = Callable[..., None]

MOUTAI = Symbol.parse("600519.SH")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a real browser; a machine without one fails the test, it does not skip it."""
    path = os.environ.get("STOCKWATCH_BROWSER") or browser.find()
    if path is None:
        pytest.fail("no Chromium on this machine: `make test` installs one")
    return str(path)


@pytest.fixture(scope="session")
def running_daphne(django_db_setup: None) -> Iterator[Daphne]:
    with start_daphne() as server:
        yield server


@pytest.fixture
def server(running_daphne: Daphne, transactional_db: None) -> Iterator[Daphne]:
    """The live server; whatever a test does to it, it has nothing to complain about."""
    running_daphne.log.clear()
    yield running_daphne
    assert running_daphne.complaints() == []


@pytest.fixture(scope="session", autouse=True)
def _static_files_are_listed_once() -> Iterator[None]:
    """Share the list of static files, which each test's client would else make for itself."""
    make, made = ServeStaticMiddleware.add_files_from_manifest, {}

    def share(middleware: ServeStaticMiddleware) -> None:
        if not made:
            make(middleware)
            made.update(middleware.files)
        middleware.files = made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ServeStaticMiddleware, "add_files_from_manifest", share)
        yield


@pytest.fixture(autouse=True)
def _no_counts() -> None:
    cache.clear()


@pytest.fixture(autouse=True)
def _no_language_of_another_test() -> None:
    """A request leaves its language to the thread, in which the next test runs."""
    translation.activate("en")


@pytest.fixture
def user(db: None) -> User:
    return User.objects.create_user("ann", password="a long password")


@pytest.fixture
def other(db: None) -> User:
    return User.objects.create_user("bob", password="a long password")


@pytest.fixture
def token(user: User) -> str:
    return str(AuthToken.objects.create(user)[1])


@pytest.fixture
def api(token: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


@pytest.fixture
def tell() -> Tell:
    """Write notifications for a user, as an evaluation does, and publish them."""

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
    opened: list[Socket] = []

    def opener(shown: str = token, **how: Any) -> Socket:
        socket = Socket(server, **how)
        opened.append(socket)
        assert socket.ask("auth", token=shown)["type"] == "ok"
        return socket

    yield opener
    for socket in opened:
        socket.close()


@pytest.fixture
def trade() -> Trade:
    """Let the market trade at a price: a quote arrives, a second after the one before."""
    at = timezone.now().replace(microsecond=0) - timedelta(seconds=60)

    def one(price: str, symbol: Symbol = MOUTAI, **fields: object) -> None:
        nonlocal at
        at += timedelta(seconds=1)
        values = {
            "symbol": symbol,
            "at": at,
            "price": Decimal(price),
            "previous_close": Decimal(1700),
            "open": Decimal(1700),
            "high": None,
            "low": None,
            "volume": 100,
            "amount": None,
            "state": QuoteState.TRADING,
            "name": "贵州茅台",
            "source": "demo",
        }
        ingest([Snapshot(**values | fields)])  # type: ignore[arg-type]

    return one
