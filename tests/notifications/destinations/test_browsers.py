"""Browsers as destinations, in REST: one each, however often they subscribe anew."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from notifications.models import Destination
from tests.standin_services.webpush import WebPush

URL = "/api/v1/destinations/browser"
KEYS = WebPush().params("https://push.example")


def subscription(endpoint: str = "https://push.example/1", **fields: Any) -> dict[str, Any]:
    return {"kind": "webpush", "params": KEYS | {"endpoint": endpoint}, **fields}


def endpoints() -> list[str]:
    return [one.secret_params["endpoint"] for one in Destination.objects.order_by("pk")]


def test_a_browser_is_one_destination(api: APIClient, user: User) -> None:
    first = api.post(URL, subscription(name="Chrome on Linux"))
    assert first.status_code == 200, first.json()
    made = Destination.objects.get()
    assert (made.user, made.kind, made.name) == (user, "webpush", "Chrome on Linux")
    assert first.json() == {"id": made.pk, "name": "Chrome on Linux", "enabled": True}
    for again in (subscription(), subscription(name="Another name")):
        assert api.post(URL, again).json() == first.json()
    api.post(URL, subscription("https://push.example/2", name="Firefox"))
    assert endpoints() == ["https://push.example/1", "https://push.example/2"]


def test_one_that_nobody_asked_for_is_not_made(api: APIClient) -> None:
    former = {"endpoint": "https://push.example/0"}
    for told in (subscription(), subscription(former=former), subscription(name="")):
        assert api.post(URL, told).status_code == 404
    assert not Destination.objects.exists()


def test_a_new_subscription_takes_the_place_of_the_former(api: APIClient) -> None:
    made = api.post(URL, subscription(name="Mine")).json()
    former = {"endpoint": "https://push.example/1"}
    answer = api.post(URL, subscription("https://push.example/2", former=former))
    assert answer.json() == made
    assert endpoints() == ["https://push.example/2"]
    # The next visit tells it once more.
    answer = api.post(URL, subscription("https://push.example/2", former=former))
    assert answer.json() == made


def test_looking_does_not_turn_it_on_and_asking_does(api: APIClient) -> None:
    api.post(URL, subscription(name="Mine"))
    Destination.objects.update(enabled=False, failures=3)
    assert api.post(URL, subscription()).json()["enabled"] is False
    assert Destination.objects.get().failures == 3
    assert api.post(URL, subscription(name="Mine")).json()["enabled"] is True
    assert Destination.objects.get().enabled


def test_looking_writes_nothing(api: APIClient) -> None:
    api.post(URL, subscription(name="Mine"))
    Destination.objects.update(failures=3)
    before = Destination.objects.values().get()
    api.post(URL, subscription())
    assert Destination.objects.values().get() == before


def test_other_users_have_destinations_of_their_own(api: APIClient, other: User) -> None:
    api.post(URL, subscription(name="Mine"))
    Destination.objects.update(user=other)
    assert api.post(URL, subscription()).status_code == 404
    api.post(URL, subscription(name="Mine, too"))
    assert endpoints() == ["https://push.example/1"] * 2


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "ntfy"}, "kind"),
        ({"kind": "pigeon"}, "kind"),
        ({"params": {}}, "params"),
        ({"params": "x"}, "params"),
        ({"former": []}, "former"),
        ({"name": "x" * 81}, "name"),
        ({"nonsense": 1}, "nonsense"),
    ],
)
def test_what_is_wrong_is_named(api: APIClient, wrong: dict[str, Any], field: str) -> None:
    answer = api.post(URL, subscription(name="Mine") | wrong)
    assert (answer.status_code, list(answer.json())) == (400, [field])


@pytest.mark.parametrize("former", [{"endpoint": 7}, {"endpoint": None}, {"x": {"y": []}}])
def test_a_former_one_that_makes_no_sense_is_nobodys(api: APIClient, former: Any) -> None:
    assert api.post(URL, subscription(former=former)).status_code == 404


def test_there_is_a_most(api: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("notifications.destinations.editing.MOST", 0)
    answer = api.post(URL, subscription(name="Mine"))
    assert answer.status_code == 400
    assert "delete one first" in str(answer.json())
