"""Signs of life: who gives them, how old they are, and that the old ones are forgotten."""

import time
from collections.abc import Iterator

import pytest

from stockwatch import heartbeat, tasks
from stockwatch.celery import app
from stockwatch.redis import client


@pytest.fixture(autouse=True)
def _no_signs() -> Iterator[None]:
    client().delete(heartbeat.KEY)
    yield
    client().delete(heartbeat.KEY)


def signs() -> set[str]:
    return {str(name).partition("@")[0] for name in client().hkeys(heartbeat.KEY)}


def test_each_sort_of_worker_gives_its_own() -> None:
    tasks.heartbeat.apply()
    assert signs() == {"worker"}
    tasks.heartbeat.apply(("messenger",))
    assert signs() == {"worker", "messenger"}


def test_beat_gives_its_sign_as_it_sends() -> None:
    tasks.begin()
    assert signs() == {"beat"}
    client().delete(heartbeat.KEY)
    tasks.forget_signs.apply_async(expires=1)
    assert signs() == set()
    tasks.heartbeat.apply_async(expires=1)
    assert signs() == {"beat"}


def test_the_messenger_is_asked_by_its_own_queue() -> None:
    app.loader.import_default_modules()
    entry = app.conf.beat_schedule["messenger-heartbeat"]
    assert entry["args"] == ("messenger",)
    assert entry["options"]["queue"] == "delivery"
    assert "queue" not in app.conf.beat_schedule["heartbeat"]["options"]


def test_the_newest_process_counts_and_a_silent_one_does_not() -> None:
    assert heartbeat.age() is None
    client().hset(heartbeat.KEY, "worker@gone:1", str(time.time() - 60))
    assert heartbeat.age() is None
    heartbeat.beat()
    age = heartbeat.age()
    assert age is not None
    assert age <= heartbeat.FADES_AFTER
    assert heartbeat.age("messenger") is None


def test_processes_of_yesterday_are_forgotten() -> None:
    client().hset(heartbeat.KEY, "worker@gone:1", str(time.time() - 100_000))
    heartbeat.beat("messenger")
    tasks.forget_signs.apply()
    assert signs() == {"messenger"}
