"""What tests of the market share."""

from collections.abc import Iterator

import pytest

from stockwatch.redis import client, key


@pytest.fixture(autouse=True)
def open_gates() -> Iterator[None]:
    """Forget after each test how its sources were asked."""
    yield
    if kept := list(client().scan_iter(key("source", "*"))):
        client().delete(*kept)
