"""The page of the status, for users and for staff."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from monitors import tasks
from monitors.models import Service, SourceHealth
from monitors.models.source import Report
from monitors.sources.base import ASKED_TOO_OFTEN
from notifications.models import Destination
from stockwatch import heartbeat
from stockwatch.redis import client as store
from stockwatch.redis import impatient
from tests.monitors.test_pages import watch
from tests.servers import free_port

pytestmark = pytest.mark.usefixtures("alive")


@pytest.fixture
def ann(user: User, client: Client) -> Client:
    client.force_login(user)
    return client


@pytest.fixture
def staff(user: User, client: Client) -> Client:
    user.is_staff = True
    user.save()
    client.force_login(user)
    return client


def read(client: Client) -> str:
    answer = client.get("/status/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_is_for_those_who_are_logged_in(client: Client) -> None:
    for address in ("/status/", "/status/board/"):
        assert client.get(address)["Location"] == f"/login/?next={address}"


def test_a_user_reads_that_all_is_well(ann: Client, user: User) -> None:
    watch(user)
    tasks.sweep.apply()
    text = read(ann)
    assert "Everything works" in text
    for part in ("Scheduler", "Worker", "Messenger", "Redis", "Database", "Mainland China", "demo"):
        assert part in text
    assert heartbeat.PROCESS not in text
    assert "Stop the service" not in text
    assert "no-store" in ann.get("/status/board/")["Cache-Control"]


def test_staff_read_more(staff: Client) -> None:
    text = read(staff)
    assert heartbeat.PROCESS in text
    assert "Django" in text
    assert "Stop the service" in text


def test_the_last_error_is_told_with_what_it_means(ann: Client) -> None:
    SourceHealth.record([Report("demo", 12.0, "timeout")])
    text = read(ann)
    assert "It did not answer in time." in text
    assert "<code>timeout</code>" in text


@pytest.mark.parametrize("status", sorted(ASKED_TOO_OFTEN))
def test_whoever_bans_is_said_to_be_asked_too_often(ann: Client, status: int) -> None:
    SourceHealth.record([Report("demo", 12.0, f"HTTP {status}: slow down")])
    assert "It says that it is asked too often; it is left alone." in read(ann)


def test_a_worker_that_died_is_told(ann: Client) -> None:
    store().hdel(heartbeat.KEY, f"worker@{heartbeat.PROCESS}")
    heartbeat.beat("worker", at=time.time() - 600)
    text = read(ann)
    assert "the worker, which looks at prices, gives no sign" in text
    assert "gave a sign 10 min ago" in text


@pytest.fixture
def _redis_away(settings: Any) -> Iterator[None]:
    impatient.cache_clear()
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    yield
    impatient.cache_clear()


@pytest.mark.usefixtures("_redis_away")
def test_without_redis_the_page_still_answers(ann: Client) -> None:
    text = read(ann)
    assert "Nothing is watched: Redis" in text
    assert "Not known" in text


def test_staff_stop_and_start_the_service(staff: Client) -> None:
    Service.switch(running=True)
    answer = staff.post("/status/service/", {"running": "0"}, follow=True)
    assert answer.redirect_chain == [("/status/", 302)]
    text = answer.content.decode()
    assert "The monitoring service is stopped: nothing is watched." in text
    assert "Start the service" in text
    assert "Stopped by ann (Page)" in text
    assert not Service.state().running
    again = staff.post("/status/service/", {"running": "0"}, follow=True).content.decode()
    assert "Somebody else was first" in again
    staff.post("/status/service/", {"running": "1"})
    assert Service.state().running


def test_a_user_stops_nothing(ann: Client) -> None:
    Service.switch(running=True)
    assert ann.post("/status/service/", {"running": "0"}).status_code == 403
    assert Service.state().running


def test_the_page_asks_the_same_however_much_there_is(ann: Client, user: User) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            read(ann)
        return len(captured)

    read(ann)
    few = asked()
    for number in range(20):
        watch(user)
        Destination.objects.create(user=user, kind="webhook", name=f"number {number}")
    assert asked() == few <= 25
