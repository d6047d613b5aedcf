"""Deliveries in REST, through HTTP (contract §4)."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from notifications.models import Delivery, Destination
from notifications.transports.base import TransportError
from tests.notifications.outbox_desk import Desk, failing

URL = "/api/v1/deliveries"
DOWN = TransportError("HTTP 503", answer="try later")
REFUSED = TransportError("HTTP 400", permanent=True, answer="bad token")


def listed(api: APIClient, **query: Any) -> list[tuple[str, str]]:
    answer = api.get(URL, query)
    assert answer.status_code == 200, answer.json()
    return [(one["title"], one["state"]) for one in answer.json()["results"]]


def test_what_was_tried_is_listed_newest_first(api: APIClient, desk: Desk) -> None:
    where = desk.destination()
    desk.stub.fail = failing(DOWN)
    desk.tell("first", monitor=7)
    desk.work()
    desk.later(10)
    desk.work()
    desk.tell("second")
    second, first = api.get(URL).json()["results"]
    assert (second["title"], second["state"], second["tries"]) == ("second", "pending", [])
    assert (first["notification"], first["monitor"], first["attempts"]) == (1, 7, 2)
    assert (first["destination"], first["destination_name"]) == (where.pk, "a")
    assert (first["kind"], first["state"], first["severity"]) == ("stub", "sent", "normal")
    told = [(one["ok"], one["error"], one["answer"]) for one in first["tries"]]
    assert told == [(False, "HTTP 503", "try later"), (True, "", "thanks")]
    assert all({"at", "latency_ms"} <= set(one) for one in first["tries"])


def test_the_list_is_filtered(api: APIClient, desk: Desk) -> None:
    where = desk.destination("a")
    desk.stub.fail = failing(REFUSED)
    desk.tell("first", monitor=7)
    desk.work()
    desk.destination("b")
    desk.tell("second", monitor=8)
    assert listed(api, state="failed") == [("first", "failed")]
    assert listed(api, destination=where.pk) == [("second", "pending"), ("first", "failed")]
    assert listed(api, notification=1) == [("first", "failed")]
    assert listed(api, monitor=8) == [("second", "pending")] * 2
    assert listed(api, destination=2**63 - 1) == []


@pytest.mark.parametrize("name", ["destination", "notification", "monitor", "state"])
@pytest.mark.parametrize("value", ["x", "-1", "9" * 30, "1.5", "a\0"])
def test_a_filter_that_is_wrong_is_named(api: APIClient, desk: Desk, name: str, value: str) -> None:
    answer = api.get(URL, {name: value})
    assert (answer.status_code, list(answer.json())) == (400, [name])


def test_one_that_has_ended_is_sent_again(api: APIClient, desk: Desk) -> None:
    desk.destination()
    desk.stub.fail = failing(REFUSED)
    desk.tell("first")
    url = f"{URL}/{Delivery.objects.get().pk}/redeliver"
    assert api.post(url).status_code == 409
    desk.work()
    answer = api.post(url)
    assert (answer.status_code, answer.json()["state"]) == (200, "pending")
    desk.work()
    assert listed(api) == [("first", "sent")]
    assert desk.told() == [["first"]]


def test_nothing_is_sent_again_to_what_is_off(api: APIClient, desk: Desk) -> None:
    desk.destination()
    desk.tell("first")
    desk.work()
    Destination.objects.update(enabled=False)
    answer = api.post(f"{URL}/{Delivery.objects.get().pk}/redeliver")
    assert answer.status_code == 409
    assert "turn that on" in answer.json()["detail"]
    assert Delivery.objects.get().state == "sent"


def test_what_is_someone_elses_is_not_found(api: APIClient, desk: Desk, other: User) -> None:
    desk.destination()
    desk.tell("first")
    desk.work()
    Delivery.objects.update(user=other)
    assert listed(api) == []
    answer = api.post(f"{URL}/{Delivery.objects.get().pk}/redeliver")
    assert answer.status_code == 404
    assert api.post(f"{URL}/{'9' * 18}/redeliver").status_code == 404
    assert Delivery.objects.get().state == "sent"


def test_a_list_takes_the_same_queries_for_one_as_for_many(
    api: APIClient, desk: Desk, django_assert_num_queries: Any
) -> None:
    desk.destination()
    for titles in (["first"], ["second", "third"]):
        desk.tell(*titles)
        desk.work()
        with django_assert_num_queries(5):  # token (knox asks twice), count, deliveries, tries
            assert api.get(URL).json()["results"][0]["title"] == titles[-1]
