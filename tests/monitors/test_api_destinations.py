"""Where a monitor tells, and monitors that pause for a time, through HTTP (contract §4)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from monitors import lifecycle
from monitors.models import Monitor, Trigger
from monitors.tasks import expire
from notifications.models import Delivery, Destination
from tests.conftest import MOUTAI, Trade

URL = "/api/v1/realtime/monitors"
BODY = {"symbol": "600519", "rules": [{"kind": "take_profit", "price": "1800"}]}


def destination(user: User, name: str, **fields: Any) -> Destination:
    return Destination.objects.create(user=user, kind="stub", name=name, **fields)


def create(api: APIClient, **fields: Any) -> dict[str, Any]:
    answer = api.post(URL, BODY | fields)
    assert answer.status_code == 201, answer.json()
    return answer.json()


def test_a_monitor_tells_only_where_it_is_told_to(api: APIClient, user: User, trade: Trade) -> None:
    destination(user, "usual")
    chosen = destination(user, "chosen", kinds=["stop_loss"])
    made = create(api, destinations=[chosen.pk, chosen.pk])
    assert made["destinations"] == [chosen.pk]
    trade("1801")
    assert [one.destination for one in Delivery.objects.all()] == [chosen]
    changed = api.patch(f"{URL}/{made['id']}", {"destinations": None}).json()
    assert changed["destinations"] is None
    kept = api.patch(f"{URL}/{made['id']}", {"note": "x", "destinations": []}).json()
    assert kept["destinations"] == []


def test_what_was_deleted_is_taken_out_of_monitors(api: APIClient, user: User) -> None:
    gone, kept = destination(user, "gone"), destination(user, "kept")
    made = create(api, destinations=[gone.pk, kept.pk])
    quiet = create(api, destinations=[])
    assert api.delete(f"/api/v1/destinations/{gone.pk}").status_code == 204
    assert api.get(f"{URL}/{made['id']}").json()["destinations"] == [kept.pk]
    assert api.get(f"{URL}/{quiet['id']}").json()["destinations"] == []
    answer = api.patch(f"{URL}/{made['id']}", {"destinations": made["destinations"]})
    assert answer.status_code == 400  # what is sent back from before names what is no longer there


@pytest.mark.parametrize("door", ["api", "page", "query"])
def test_who_deletes_a_monitors_only_destination_is_told_at_the_usual_ones(
    api: APIClient, user: User, client: Client, trade: Trade, door: str
) -> None:
    usual, only = destination(user, "usual"), destination(user, "only")
    made = create(api, destinations=[only.pk])
    if door == "api":
        api.delete(f"/api/v1/destinations/{only.pk}")
    elif door == "page":
        client.force_login(user)
        client.post(f"/destinations/{only.pk}/delete/")
    else:
        user.destinations.filter(pk=only.pk).delete()
    assert api.get(f"{URL}/{made['id']}").json()["destinations"] is None
    trade("1801")
    assert [one.destination for one in Delivery.objects.all()] == [usual]


@pytest.mark.parametrize("change", [False, True])
def test_what_is_deleted_between_the_check_and_the_saving_is_left_out(
    user: User, change: bool
) -> None:
    gone, kept = destination(user, "gone"), destination(user, "kept")
    named = [[gone.pk, kept.pk], [gone.pk], [kept.pk], [], None]
    gone.delete()

    def save(destinations: list[int] | None) -> Monitor:
        if change:
            made = lifecycle.create(user.pk, MOUTAI, [], destinations=None)
            return lifecycle.edit(made, destinations=destinations)
        return lifecycle.create(user.pk, MOUTAI, [], destinations=destinations)

    found = [Monitor.objects.get(pk=save(one).pk).destinations for one in named]
    assert found == [[kept.pk], None, [kept.pk], [], None]


def test_a_monitor_that_tells_nowhere_does_so_when_it_is_restored(user: User) -> None:
    destination(user, "usual")
    made = lifecycle.create(user.pk, MOUTAI, [], destinations=[])
    lifecycle.delete([made], "batch")
    [back] = lifecycle.restore(user.pk, "batch")
    assert back.destinations == []


@pytest.mark.parametrize("wrong", ["x", 1, [0], ["x"], [2**63], [True], [[]], [10**6], {}])
def test_destinations_that_cannot_be(api: APIClient, wrong: Any) -> None:
    answer = api.post(URL, BODY | {"destinations": wrong})
    assert (answer.status_code, list(answer.json())) == (400, ["destinations"])


def test_nobody_tells_where_somebody_else_is_told(api: APIClient, other: User) -> None:
    theirs = destination(other, "theirs")
    made = create(api)
    for answer in (
        api.post(URL, BODY | {"destinations": [theirs.pk]}),
        api.patch(f"{URL}/{made['id']}", {"destinations": [theirs.pk]}),
    ):
        assert answer.status_code == 400
        assert str(theirs.pk) in answer.json()["destinations"][0]


def test_a_monitor_pauses_for_some_minutes_and_wakes(api: APIClient, time_machine: Any) -> None:
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    made = create(api)
    answer = api.post(f"{URL}/{made['id']}/snooze", {"minutes": 30})
    assert answer.status_code == 200, answer.json()
    assert answer.json()["status"] == "paused"
    until = answer.json()["snoozed_until"]
    assert datetime.fromisoformat(until) == now + timedelta(minutes=30)
    assert not Trigger.objects.exists()
    time_machine.shift(timedelta(minutes=31))
    expire()
    awake = api.get(f"{URL}/{made['id']}").json()
    assert (awake["status"], awake["snoozed_until"]) == ("active", None)


@pytest.mark.parametrize("minutes", [5, 90])
def test_a_running_pause_is_made_longer_or_shorter(
    api: APIClient, time_machine: Any, minutes: int
) -> None:
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    made = create(api)
    api.post(f"{URL}/{made['id']}/snooze", {"minutes": 30})
    answer = api.post(f"{URL}/{made['id']}/snooze", {"minutes": minutes})
    until = datetime.fromisoformat(answer.json()["snoozed_until"])
    assert (answer.status_code, until) == (200, now + timedelta(minutes=minutes))
    time_machine.shift(timedelta(minutes=minutes, seconds=-1))
    expire()
    assert api.get(f"{URL}/{made['id']}").json()["status"] == "paused"
    time_machine.shift(timedelta(seconds=1))
    expire()
    assert api.get(f"{URL}/{made['id']}").json()["status"] == "active"


def test_what_is_paused_for_good_stays_so(api: APIClient) -> None:
    made = create(api)
    api.post(f"{URL}/{made['id']}/pause")
    assert api.post(f"{URL}/{made['id']}/snooze", {"minutes": 5}).status_code == 409
    assert api.get(f"{URL}/{made['id']}").json()["snoozed_until"] is None


def test_a_monitor_pauses_until_a_time_and_resume_wakes_it(api: APIClient) -> None:
    made = create(api)
    until = (timezone.now() + timedelta(hours=1)).isoformat()
    assert api.post(f"{URL}/{made['id']}/snooze", {"until": until}).json()["status"] == "paused"
    resumed = api.post(f"{URL}/{made['id']}/resume").json()
    assert (resumed["status"], resumed["snoozed_until"]) == ("active", None)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "until"),
        ({"until": None}, "until"),
        ({"until": "soon"}, "until"),
        ({"until": "2020-01-01T00:00:00+08:00"}, "until"),
        ({"until": "9999-12-31T23:59:59Z"}, "until"),
        ({"until": "2027-01-01T00:00:00Z", "minutes": 5}, "until"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": "x"}, "minutes"),
        ({"minutes": 10**30}, "minutes"),
        ({"hours": 1}, "hours"),
    ],
)
def test_a_pause_that_cannot_be(api: APIClient, body: dict[str, Any], field: str) -> None:
    made = create(api)
    answer = api.post(f"{URL}/{made['id']}/snooze", body)
    assert (answer.status_code, list(answer.json())) == (400, [field])


def test_nobody_pauses_what_is_someone_elses(api: APIClient, other: User) -> None:
    made = create(api)
    stranger = APIClient()
    stranger.force_authenticate(other)
    answer = stranger.post(f"{URL}/{made['id']}/snooze", {"minutes": 5})
    assert answer.status_code == 404
    assert api.get(f"{URL}/{made['id']}").json()["status"] == "active"
