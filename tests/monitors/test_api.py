"""Monitors in REST, through HTTP (contract §4)."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.utils import timezone
from rest_framework.test import APIClient

from monitors.models import Monitor, Trigger
from notifications.models import Notification
from tests.conftest import Trade

URL = "/api/v1/realtime/monitors"
ENTRY = {"kind": "entry_zone", "min": "1650", "max": "1680"}
PROFIT = {"kind": "take_profit", "price": "1800"}
STOP = {"kind": "stop_loss", "price": "1600", "repeat": "once"}

FIELDS = {
    "id", "symbol", "name", "rating", "group", "note", "status", "trading_hours_only",
    "notifications_enabled", "check_interval", "expires_at", "snoozed_until", "destinations",
    "rules", "last_price", "last_quote_at", "quote_state", "created_at", "updated_at",
}  # fmt: skip


def create(api: APIClient, *rules: dict[str, Any], **fields: Any) -> dict[str, Any]:
    body = {"symbol": "600519", "rules": list(rules) or [PROFIT]} | fields
    answer = api.post(URL, body)
    assert answer.status_code == 201, answer.json()
    return answer.json()


def kinds_and_states(monitor: dict[str, Any]) -> dict[str, str]:
    return {rule["kind"]: rule["state"] for rule in monitor["rules"]}


def test_a_group_has_a_name_of_forty_characters_at_most(api: APIClient) -> None:
    monitor = create(api, group="  My   stocks ")
    assert monitor["group"] == "My stocks"
    for wrong in ("x" * 41, "\0", 7.5, ["a"], None):
        answer = api.patch(f"{URL}/{monitor['id']}", {"group": wrong}, format="json")
        assert answer.status_code == (200 if wrong == 7.5 else 400), wrong
        assert wrong == 7.5 or answer.json()["group"]
    assert api.patch(f"{URL}/{monitor['id']}", {"group": ""}).json()["group"] == ""


def test_a_monitor_is_created_with_defaults_and_armed_rules(api: APIClient) -> None:
    monitor = create(api, ENTRY, PROFIT, STOP)
    assert set(monitor) == FIELDS
    assert monitor["symbol"] == "600519.SH"
    assert (monitor["status"], monitor["quote_state"]) == ("active", "unknown")
    assert monitor["trading_hours_only"] is True
    assert (monitor["last_price"], monitor["last_quote_at"]) == (None, None)
    assert kinds_and_states(monitor) == {
        "entry_zone": "armed",
        "take_profit": "armed",
        "stop_loss": "armed",
    }
    zone = monitor["rules"][0]
    assert (zone["min"], zone["max"], zone["repeat"]) == ("1650", "1680", "rearm")
    assert (zone["rearm_gap"], zone["cooldown"], zone["touch"]) == (0, 3600, True)


def test_a_quote_fires_what_holds_and_is_shown_on_the_tick(api: APIClient, trade: Trade) -> None:
    made = create(api, ENTRY, PROFIT, STOP)
    trade("1800.1")
    monitor = api.get(f"{URL}/{made['id']}").json()
    assert (monitor["last_price"], monitor["name"]) == ("1800.10", "贵州茅台")
    assert monitor["quote_state"] == "trading"
    assert kinds_and_states(monitor)["take_profit"] == "fired"
    (told,) = api.get("/api/v1/realtime/notifications").json()["results"]
    assert (told["seq"], told["kind"], told["price"], told["level"]) == (
        1,
        "take_profit",
        "1800.10",
        "1800",
    )
    assert (told["monitor"], told["rule"]) == (made["id"], monitor["rules"][1]["id"])


@pytest.mark.parametrize("slash", ["", "/"])
def test_paths_work_with_and_without_a_trailing_slash(api: APIClient, slash: str) -> None:
    made = create(api)
    assert api.get(f"{URL}{slash}").status_code == 200
    assert api.get(f"{URL}/{made['id']}{slash}").status_code == 200
    assert api.post(f"{URL}/{made['id']}/pause{slash}").json()["status"] == "paused"


def test_a_rule_sent_back_with_its_levels_keeps_its_state(api: APIClient, trade: Trade) -> None:
    made = create(api, PROFIT, STOP)
    trade("1801")
    fired = api.get(f"{URL}/{made['id']}").json()
    profit, stop = fired["rules"]
    stop["price"] = "1610"
    body = {"rules": [profit, stop], "note": "kept"}
    edited = api.patch(f"{URL}/{made['id']}", body).json()
    assert kinds_and_states(edited) == {"take_profit": "fired", "stop_loss": "armed"}
    assert [rule["id"] for rule in edited["rules"]] == [profit["id"], stop["id"]]
    assert edited["rules"][1]["price"] == "1610"


def test_a_changed_level_arms_the_rule_anew(api: APIClient, trade: Trade) -> None:
    made = create(api, PROFIT)
    trade("1801")
    rule = api.get(f"{URL}/{made['id']}").json()["rules"][0]
    edited = api.patch(f"{URL}/{made['id']}", {"rules": [rule | {"price": "1790"}]}).json()
    assert kinds_and_states(edited) == {"take_profit": "armed"}
    trade("1801")
    assert Notification.objects.count() == 2


def test_what_was_read_can_be_put_back_as_it_is(api: APIClient, trade: Trade) -> None:
    made = create(api, ENTRY, PROFIT, STOP, rating="buy", note="n", check_interval=60)
    trade("1801")
    before = api.get(f"{URL}/{made['id']}").json()
    after = api.put(f"{URL}/{made['id']}", before)
    assert after.status_code == 200, after.json()
    assert after.json() | {"updated_at": ""} == before | {"updated_at": ""}


def test_put_sets_what_is_left_out_to_its_default(api: APIClient) -> None:
    made = create(api, rating="buy", note="n", trading_hours_only=False)
    put = api.put(f"{URL}/{made['id']}", {"symbol": "700.HK", "rules": [STOP]}).json()
    assert (put["symbol"], put["rating"], put["note"]) == ("00700.HK", "", "")
    assert put["trading_hours_only"] is True
    assert kinds_and_states(put) == {"stop_loss": "armed"}


def test_pause_fires_nothing_and_resume_arms_anew(api: APIClient, trade: Trade) -> None:
    made = create(api, STOP)
    trade("1599")
    paused = api.post(f"{URL}/{made['id']}/pause").json()
    assert (paused["status"], kinds_and_states(paused)) == ("paused", {"stop_loss": "off"})
    trade("1598")
    assert Notification.objects.count() == 1
    resumed = api.post(f"{URL}/{made['id']}/resume").json()
    assert (resumed["status"], kinds_and_states(resumed)) == ("active", {"stop_loss": "armed"})
    trade("1597")
    assert Notification.objects.count() == 2


def test_the_status_can_be_patched_too(api: APIClient) -> None:
    made = create(api)
    assert api.patch(f"{URL}/{made['id']}", {"status": "paused"}).json()["status"] == "paused"
    assert api.patch(f"{URL}/{made['id']}", {"status": "active"}).json()["status"] == "active"
    refused = api.patch(f"{URL}/{made['id']}", {"status": "expired"})
    assert (refused.status_code, list(refused.json())) == (400, ["status"])


def test_rearm_arms_a_rule_that_fires_once(api: APIClient, trade: Trade) -> None:
    made = create(api, STOP)
    trade("1599")
    rearmed = api.post(f"{URL}/{made['id']}/rearm").json()
    assert kinds_and_states(rearmed) == {"stop_loss": "armed"}
    trade("1598")
    assert Notification.objects.count() == 2


def test_a_paused_monitor_cannot_be_rearmed(api: APIClient) -> None:
    made = create(api)
    api.post(f"{URL}/{made['id']}/pause")
    refused = api.post(f"{URL}/{made['id']}/rearm")
    assert refused.status_code == 409
    assert "resume" in refused.json()["detail"]


def test_deleting_keeps_the_notifications_and_leaves_no_trigger(
    api: APIClient, trade: Trade
) -> None:
    made = create(api, ENTRY, PROFIT)
    trade("1801")
    assert api.delete(f"{URL}/{made['id']}").status_code == 204
    assert not Monitor.objects.exists()
    assert not Trigger.objects.exists()
    assert api.get("/api/v1/realtime/notifications").json()["count"] == 1


def test_what_was_deleted_is_had_back_for_minutes(
    api: APIClient, user: User, other: User, trade: Trade
) -> None:
    made = create(api, STOP, note="long")
    url = f"{URL}/{made['id']}"
    assert api.post(f"{url}/restore").status_code == 404, "it is there"
    api.delete(url)
    api.force_authenticate(other)
    assert api.post(f"{url}/restore").status_code == 404
    api.force_authenticate(user)
    restored = api.post(f"{url}/restore")
    assert (restored.status_code, restored.json()) == (200, api.get(url).json())
    assert restored.json() | {"updated_at": 0} == made | {"updated_at": 0}
    assert api.post(f"{url}/restore").status_code == 404, "once"
    trade("1599")
    assert Notification.objects.get().monitor == made["id"]
    api.delete(url)
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        assert api.post(f"{url}/restore").status_code == 404, "it is too late"


def test_what_is_someone_elses_is_not_found(api: APIClient, other: User) -> None:
    made = create(api)
    Monitor.objects.update(owner=other)
    assert api.get(URL).json()["count"] == 0
    url = f"{URL}/{made['id']}"
    answers = [
        api.get(url),
        api.put(url, {"symbol": "600519", "rules": [PROFIT]}),
        api.patch(url, {}),
        api.delete(url),
        *(api.post(f"{url}/{verb}") for verb in ("pause", "resume", "rearm")),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert Monitor.objects.get().status == "active"


def test_a_rule_of_another_monitor_cannot_be_taken(api: APIClient) -> None:
    one, two = create(api), create(api)
    stolen = PROFIT | {"id": one["rules"][0]["id"]}
    refused = api.patch(f"{URL}/{two['id']}", {"rules": [stolen]})
    assert (refused.status_code, list(refused.json())) == (400, ["rules"])
    assert Monitor.objects.get(pk=one["id"]).rules.count() == 1


def test_without_authentication_the_answer_is_401(db: None) -> None:
    answer = APIClient().get(URL)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"600519.SH", "00700.HK", "AAPL.US"}),
        ("?symbol=sh600519", {"600519.SH"}),
        ("?status=paused", {"AAPL.US"}),
        ("?search=tencent", {"00700.HK"}),
        ("?search=0700", {"00700.HK"}),
        ("?status=expired", set()),
    ],
)
def test_the_list_is_narrowed(api: APIClient, query: str, found: set[str]) -> None:
    create(api)
    create(api, symbol="700.HK", note="Tencent")
    apple = create(api, symbol="AAPL")
    api.post(f"{URL}/{apple['id']}/pause")
    results = api.get(f"{URL}{query}").json()["results"]
    assert {monitor["symbol"] for monitor in results} == found


def test_the_list_is_ordered_and_paged(api: APIClient) -> None:
    for symbol in ("600519", "AAPL", "700.HK"):
        create(api, symbol=symbol)
    page = api.get(f"{URL}?ordering=symbol&page_size=2").json()
    assert [monitor["symbol"] for monitor in page["results"]] == ["00700.HK", "600519.SH"]
    assert (page["count"], page["previous"]) == (3, None)
    assert "page=2" in page["next"]
    assert api.get(URL).json()["results"][0]["symbol"] == "00700.HK"  # newest first


@pytest.mark.parametrize(
    "query", ["?symbol=%3F%3F", "?status=gone", "?ordering=price", "?search=%00"]
)
def test_a_bad_filter_is_named(api: APIClient, query: str) -> None:
    answer = api.get(f"{URL}{query}")
    assert answer.status_code == 400
    assert list(answer.json()) == [query[1 : query.index("=")]]


def test_a_list_takes_the_same_queries_for_one_as_for_many(
    api: APIClient, django_assert_num_queries: Any
) -> None:
    create(api, ENTRY, PROFIT)
    with django_assert_num_queries(5):  # token (knox asks twice), count, monitors, rules
        api.get(URL)
    for _ in range(20):
        create(api, ENTRY, PROFIT)
    with django_assert_num_queries(5):
        assert len(api.get(f"{URL}?page_size=200").json()["results"]) == 21


BAD_PRICES = ["0", "-1", "NaN", "inf", "1e30", "abc", "", None, [], {}, True, "1.00001", 0, -5.5]


@pytest.mark.parametrize("price", BAD_PRICES, ids=repr)
def test_a_bad_price_is_named_at_its_rule(api: APIClient, price: object) -> None:
    rules = [STOP, {"kind": "take_profit", "price": price}]
    answer = api.post(URL, {"symbol": "600519", "rules": rules})
    assert answer.status_code == 400
    first, second = answer.json()["rules"]
    assert (first, list(second)) == ({}, ["price"])
    assert not Monitor.objects.exists()


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"symbol": "???"}, "symbol"),
        ({"symbol": ""}, "symbol"),
        ({"symbol": None}, "symbol"),
        ({"symbol": 600519}, "symbol"),
        ({"symbol": "60051\u0000"}, "symbol"),
        ({"rules": []}, "rules"),
        ({"rules": "take_profit"}, "rules"),
        ({"rules": [PROFIT] * 21}, "rules"),
        ({"rules": ["take_profit"]}, "rules"),
        ({"rules": [{"kind": "entry_zone", "min": "5", "max": "4"}]}, "rules"),
        ({"rules": [{"kind": "entry_zone", "min": "5", "max": "5"}]}, "rules"),
        ({"rules": [{"kind": "moon", "price": "5"}]}, "rules"),
        ({"rules": [PROFIT | {"stop": "5"}]}, "rules"),
        ({"rules": [PROFIT | {"repeat": "often"}]}, "rules"),
        ({"rules": [PROFIT | {"rearm_gap": -1}]}, "rules"),
        ({"rules": [PROFIT | {"cooldown": "soon"}]}, "rules"),
        ({"rules": [PROFIT | {"id": 999}]}, "rules"),
        ({"rules": [PROFIT | {"id": 10**30}]}, "rules"),
        ({"check_interval": -1}, "check_interval"),
        ({"check_interval": 86401}, "check_interval"),
        ({"check_interval": 10**30}, "check_interval"),
        ({"rating": "great"}, "rating"),
        ({"note": "x" * 2001}, "note"),
        ({"note": "\u0000"}, "note"),
        ({"expires_at": "tomorrow"}, "expires_at"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"trading_hours_only": "perhaps"}, "trading_hours_only"),
        ({"stop": 5}, "stop"),
    ],
)
def test_a_bad_field_is_named(api: APIClient, body: dict[str, Any], named: str) -> None:
    answer = api.post(URL, {"symbol": "600519", "rules": [PROFIT]} | body)
    assert (answer.status_code, list(answer.json())) == (400, [named])
    assert not Monitor.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b'{"symbol": NaN}',
        b'{"symbol": "\\ud800"}',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_a_broken_body_is_explained(api: APIClient, body: bytes) -> None:
    answer = api.post(URL, body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()


def test_a_huge_body_is_refused(api: APIClient) -> None:
    answer = api.post(
        URL, b'{"note":"' + b"x" * 10_000_000 + b'"}', content_type="application/json"
    )
    assert answer.status_code == 413


@pytest.mark.parametrize("pk", ["0", "99999999999999999", "9" * 40, "abc", "-1"])
def test_an_id_that_is_none_is_not_found(api: APIClient, pk: str) -> None:
    assert api.get(f"{URL}/{pk}").status_code == 404
