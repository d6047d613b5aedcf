"""What tests of the market share."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.test import Client

from stockwatch.redis import client, key


@pytest.fixture(autouse=True)
def open_gates() -> Iterator[None]:
    """Forget after each test how its sources were asked."""
    yield
    if kept := list(client().scan_iter(key("source", "*"))):
        client().delete(*kept)


@pytest.fixture
def browser(user: User) -> Client:
    """What somebody uses who is logged in, without JavaScript."""
    client = Client()
    client.force_login(user)
    return client
