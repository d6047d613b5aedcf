"""How many sockets are open, over all processes."""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from notifications.socket import census
from notifications.socket.census import open_connections
from stockwatch.redis import client
from tests.live import PATIENCE, Daphne, Socket


@pytest.fixture(autouse=True)
def _nobody() -> Iterator[None]:
    client().delete(census.COUNTS)
    yield
    client().delete(census.COUNTS)


def test_processes_are_summed_and_the_silent_left_out() -> None:
    now = time.time()
    reports: dict[Any, Any] = {
        "a:1": f"3@{now:.0f}",
        "b:2": f"4@{now:.0f}",
        "dead:3": f"5@{now - 60:.0f}",
    }
    client().hset(census.COUNTS, mapping=reports)
    assert open_connections() == 7


def test_a_live_process_reports(server: Daphne, open_socket: Callable[..., Socket]) -> None:
    socket = open_socket()
    deadline = time.monotonic() + PATIENCE
    while open_connections() != 1 and time.monotonic() < deadline:
        with suppress(TimeoutError):
            socket.wire.recv(timeout=0.2)
    assert open_connections() == 1
