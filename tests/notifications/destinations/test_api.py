"""Destinations in REST, through HTTP (contract §4)."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from rest_framework.test import APIClient

from notifications.delivery.delivering import REFUSALS_IN_A_ROW
from notifications.destinations import MOST
from notifications.destinations.trials import RATES
from notifications.models import Attempt, Delivery, Destination, Notification
from notifications.transports.base import Rate, TransportError
from stockwatch.redis import client, key
from tests.notifications.outbox_desk import Desk, failing

URL = "/api/v1/destinations"
STUB = {"kind": "stub", "name": "Desk", "params": {"room": "a", "token": "s3cret"}}
HIDDEN = "••••••••"
REFUSED = TransportError("HTTP 400", permanent=True, answer="bad token")

FIELDS = {
    "id", "kind", "name", "enabled", "params", "kinds", "least_severity", "escalate_after",
    "quiet_from", "quiet_until", "quiet_lets_urgent", "zone", "state", "disabled_reason",
    "waits_until", "last_ok_at", "last_error", "last_error_at", "pending", "created_at",
    "updated_at",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _no_limits() -> None:
    for name in client().scan_iter(key("delivery", "*")):
        client().delete(name)


def create(api: APIClient, **fields: Any) -> dict[str, Any]:
    answer = api.post(URL, STUB | fields)
    assert answer.status_code == 201, answer.json()
    return answer.json()


def test_one_is_created_with_defaults_and_its_secret_never_comes_out(
    api: APIClient, desk: Desk
) -> None:
    made = create(api)
    assert set(made) == FIELDS
    assert made["params"] == {"room": "a", "token": HIDDEN}
    assert (made["state"], made["pending"], made["enabled"]) == ("new", 0, True)
    assert (made["least_severity"], made["kinds"]) == ("info", [])
    assert (made["zone"], made["quiet_from"]) == ("Asia/Shanghai", None)
    for answer in (api.get(f"{URL}/{made['id']}"), api.get(URL)):
        assert b"s3cret" not in answer.content
    assert "s3cret" not in Destination.objects.get().sealed
    desk.tell("first")
    desk.work()
    assert desk.told("a") == [["first"]]
    assert api.get(f"{URL}/{made['id']}").json()["state"] == "ok"


@pytest.mark.parametrize("params", [{"room": "b"}, {"room": "b", "token": HIDDEN}])
@pytest.mark.parametrize("method", ["patch", "put"])
def test_a_secret_that_is_left_out_or_sent_back_hidden_is_kept(
    api: APIClient, desk: Desk, method: str, params: dict[str, str]
) -> None:
    made = create(api)
    answer = getattr(api, method)(f"{URL}/{made['id']}", STUB | {"params": params})
    assert answer.status_code == 200, answer.json()
    assert answer.json()["params"] == {"room": "b", "token": HIDDEN}
    assert Destination.objects.get().transport.params == {"room": "b", "token": "s3cret"}


def test_what_was_read_can_be_sent_back(api: APIClient, desk: Desk) -> None:
    made = create(api, quiet_from="22:00", quiet_until="07:30", kinds=["stop_loss"])
    answer = api.put(f"{URL}/{made['id']}", made)
    assert answer.status_code == 200, answer.json()
    assert answer.json() | {"updated_at": ""} == made | {"updated_at": ""}


def test_a_patch_changes_what_it_names_alone(api: APIClient, desk: Desk) -> None:
    made = create(api, escalate_after=5)
    url = f"{URL}/{made['id']}"
    changed = api.patch(url, {"least_severity": "urgent", "params": {"token": "another"}}).json()
    assert (changed["least_severity"], changed["escalate_after"]) == ("urgent", 5)
    assert Destination.objects.get().transport.params == {"room": "a", "token": "another"}


def test_another_kind_needs_its_params_anew(api: APIClient, desk: Desk) -> None:
    made = create(api)
    desk.kinds["another"] = desk.stub
    answer = api.patch(f"{URL}/{made['id']}", {"kind": "another"})
    assert (answer.status_code, list(answer.json())) == (400, ["params"])
    body = {"kind": "another", "params": {"room": "b"}}
    answer = api.patch(f"{URL}/{made['id']}", body)
    assert (answer.status_code, list(answer.json()["params"])) == (400, ["token"])


def test_one_that_was_turned_off_is_turned_on_with_nothing_held_against_it(
    api: APIClient, desk: Desk
) -> None:
    made = create(api)
    desk.stub.fail = failing(*[REFUSED] * REFUSALS_IN_A_ROW)
    desk.tell(*[f"event {number}" for number in range(REFUSALS_IN_A_ROW + 1)])
    desk.work()
    Destination.objects.update(wait_until=timezone.now() + timedelta(hours=1))
    url = f"{URL}/{made['id']}"
    off = api.get(url).json()
    assert (off["state"], off["disabled_reason"], off["pending"]) == ("off", "HTTP 400", 1)
    on = api.patch(url, {"enabled": True}).json()
    assert (on["state"], on["disabled_reason"], on["waits_until"]) == ("new", "", None)
    desk.work()
    assert desk.told("a") == [[f"event {REFUSALS_IN_A_ROW}"]]
    assert api.get(url).json()["state"] == "ok"


def test_a_change_leaves_what_a_worker_counts_meanwhile(
    api: APIClient, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = create(api)
    judge = "notifications.destinations.serializers.check_zone"
    monkeypatch.setattr(judge, lambda _zone: Destination.objects.update(failures=3))
    api.patch(f"{URL}/{made['id']}", {"zone": "Asia/Tokyo"})
    one = Destination.objects.get()
    assert (one.zone, one.failures, one.state) == ("Asia/Tokyo", 3, "failing")


def test_a_user_has_thirty_at_most(api: APIClient, desk: Desk) -> None:
    for number in range(MOST):
        desk.destination(f"room {number}")
    answer = api.post(URL, STUB)
    assert answer.status_code == 400
    assert "30" in str(answer.json())
    assert Destination.objects.count() == MOST


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"kind": "pigeon"}, ["kind"]),
        ({"kind": None}, ["kind"]),
        ({"name": ""}, ["name"]),
        ({"name": "x" * 81}, ["name"]),
        ({"name": "a\0b"}, ["name"]),
        ({"name": "a\r\nERROR all is lost"}, ["name"]),
        ({"name": "a\x1b[31m"}, ["name"]),
        ({"name": "a\u2028b"}, ["name"]),
        ({"name": "a\u202eb"}, ["name"]),
        ({"enabled": "perhaps"}, ["enabled"]),
        ({"kinds": ["nonsense"]}, ["kinds"]),
        ({"kinds": "stop_loss"}, ["kinds"]),
        ({"kinds": [{}]}, ["kinds"]),
        ({"least_severity": "grave"}, ["least_severity"]),
        ({"least_severity": 3}, ["least_severity"]),
        ({"escalate_after": -1}, ["escalate_after"]),
        ({"escalate_after": 1441}, ["escalate_after"]),
        ({"quiet_from": "25:00", "quiet_until": "07:00"}, ["quiet_from"]),
        ({"quiet_from": "22:00"}, ["quiet_until"]),
        ({"quiet_until": "22:00"}, ["quiet_from"]),
        ({"quiet_from": "22:00", "quiet_until": "22:00"}, ["quiet_until"]),
        ({"zone": "Asia"}, ["zone"]),
        ({"zone": "../etc/passwd"}, ["zone"]),
        ({"zone": "Mars/Base"}, ["zone"]),
        ({"zone": "localtime"}, ["zone"]),
        ({"params": "x"}, ["params"]),
        ({"params": []}, ["params"]),
        ({"params": None}, ["params"]),
        ({"params": {"room": "a"}}, ["params", "token"]),
        ({"params": {"room": "a", "token": HIDDEN}}, ["params", "token"]),
        ({"params": {"room": "a", "token": None}}, ["params", "token"]),
        ({"params": {"room": ["a"], "token": "x"}}, ["params", "room"]),
        ({"params": {"room": {}, "token": "x"}}, ["params", "room"]),
        ({"params": {"room": "a\0", "token": "x"}}, ["params", "room"]),
        ({"params": {"room": "a", "token": "x", "colour": "red"}}, ["params", "colour"]),
        ({"colour": "red"}, ["colour"]),
    ],
)
@pytest.mark.parametrize("door", ["create", "test"])
def test_what_is_wrong_is_named(
    api: APIClient, desk: Desk, door: str, changed: dict[str, Any], wrong: list[str]
) -> None:
    answer = api.post(URL if door == "create" else f"{URL}/test", STUB | changed)
    assert answer.status_code == 400
    told: Any = answer.json()
    for name in wrong:
        assert list(told) == [name]
        told = told[name]
    assert told
    assert not desk.stub.tried


@pytest.mark.parametrize("body", [[], "x", 3, None])
def test_a_body_that_is_no_object(api: APIClient, desk: Desk, body: Any) -> None:
    assert api.post(URL, body).status_code == 400


def test_what_is_someone_elses_is_not_found(api: APIClient, desk: Desk, other: User) -> None:
    Destination.objects.all().delete()
    theirs = desk.destination("theirs")
    Destination.objects.update(user=other)
    url = f"{URL}/{theirs.pk}"
    answers = [
        api.get(url), api.patch(url, {"name": "x"}), api.put(url, STUB), api.delete(url),
        api.post(f"{url}/test"), api.get(f"{URL}/{'9' * 18}"), api.get(f"{URL}/{'9' * 30}"),
    ]  # fmt: skip
    assert {answer.status_code for answer in answers} == {404}
    assert api.get(URL).json()["results"] == []
    assert not desk.stub.tried
    assert Destination.objects.get().name == "theirs"


def test_one_is_deleted_with_what_waits_for_it(api: APIClient, desk: Desk) -> None:
    made = create(api)
    desk.tell("first")
    assert api.delete(f"{URL}/{made['id']}").status_code == 204
    assert not Delivery.objects.exists()
    assert Notification.objects.exists()


def test_a_change_is_tested_before_it_is_saved_with_the_secret_that_is_kept(
    api: APIClient, desk: Desk
) -> None:
    made = create(api)
    url = f"{URL}/{made['id']}/test"
    change = {"params": {"room": "b", "token": HIDDEN}}
    assert api.post(url, change).json()["ok"]
    assert desk.told("b") == [["Stockwatch: a test message"]]
    refused = api.post(url, {"params": {"room": ""}})
    assert (refused.status_code, list(refused.json()["params"])) == (400, ["room"])
    assert api.get(f"{URL}/{made['id']}").json() == made, "nothing is saved"


def test_a_test_brings_back_the_services_answer_and_writes_nothing(
    api: APIClient, desk: Desk
) -> None:
    made = create(api)
    for url, body in ((f"{URL}/{made['id']}/test", None), (f"{URL}/test", STUB)):
        answer = api.post(url, body).json()
        assert answer.pop("latency_ms") >= 0
        assert answer == {"ok": True, "answer": "thanks", "error": ""}
    desk.stub.fail = failing(REFUSED)
    refused = api.post(f"{URL}/test", STUB).json()
    assert (refused["ok"], refused["error"], refused["answer"]) == (False, "HTTP 400", "bad token")
    assert desk.told("a") == [["Stockwatch: a test message"]] * 2
    assert Destination.objects.count() == 1
    assert not Notification.objects.exists()
    assert not Delivery.objects.exists()
    assert not Attempt.objects.exists()


def test_tests_are_limited(api: APIClient, desk: Desk) -> None:
    codes = [api.post(f"{URL}/test", STUB).status_code for _ in range(RATES[0].count)]
    assert set(codes) == {200}
    answer = api.post(f"{URL}/test", STUB)
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= RATES[0].seconds
    assert len(desk.stub.tried) == RATES[0].count


def test_a_test_counts_where_the_service_counts(api: APIClient, desk: Desk) -> None:
    desk.stub.rates = (Rate(1, 60),)
    assert api.post(f"{URL}/test", STUB).status_code == 200
    assert api.post(f"{URL}/test", STUB).status_code == 429


def test_the_ways_are_listed_with_their_fields(api: APIClient, desk: Desk) -> None:
    [way] = api.get(f"{URL}/kinds").json()["results"]
    assert (way["kind"], way["label"]) == ("stub", "Stub")
    described = [(one["name"], one["required"], one["secret"]) for one in way["fields"]]
    assert described == [("room", True, False), ("token", True, True)]


def test_the_schema_has_one_a_way_and_says_what_the_wire_has(api: APIClient, desk: Desk) -> None:
    schemas = api.get("/api/schema?format=json").json()["components"]["schemas"]
    assert set(schemas["StubDestination"]["properties"]) == FIELDS
    assert set(schemas["StubParams"]["properties"]) == {"room", "token"}


def test_a_list_takes_the_same_queries_for_one_as_for_many(
    api: APIClient, desk: Desk, django_assert_num_queries: Any
) -> None:
    desk.destination("a")
    desk.tell("first")
    for _more in range(2):
        with django_assert_num_queries(4):  # token (knox asks twice), count, destinations
            results = api.get(URL).json()["results"]
        assert {one["pending"] for one in results[:1]} == {1}
        desk.destination("b")
        desk.destination("c")
