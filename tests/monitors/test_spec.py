"""What one door takes of a monitor and its rules, every door takes: REST, the form, the admin."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from monitors.models import Rule
from tests.monitors.admin_pages import logged_in, page, submit, watch
from tests.monitors.test_pages_edit import NEW, PROFIT, form

URL = "/api/v1/realtime/monitors"

Door = Callable[[dict[str, str], dict[str, str]], bool]


@pytest.fixture
def rest(api: APIClient) -> Door:
    def takes(rule: dict[str, str], fields: dict[str, str]) -> bool:
        sent = {"symbol": "600519", "rules": [PROFIT | rule], **fields}
        return api.post(URL, sent, format="json").status_code == 201

    return takes


@pytest.fixture
def pages(browser: Client) -> Door:
    def takes(rule: dict[str, str], fields: dict[str, str]) -> bool:
        at = {name: value.removesuffix("Z") for name, value in fields.items()}
        return browser.post(NEW, form(PROFIT | rule, **at)).status_code == 302

    return takes


@pytest.fixture
def staff(user: User) -> Door:
    monitor = watch(user)
    client = logged_in(User.objects.create_superuser("root"))

    def takes(rule: dict[str, str], fields: dict[str, str]) -> bool:
        sent = {f"rules-0-{name}": value for name, value in rule.items()} | fields
        if at := sent.pop("expires_at", ""):
            sent["expires_at_0"], sent["expires_at_1"] = at.removesuffix("Z").split("T")
        address = page("monitors_monitor_change", monitor.pk)
        return bool(submit(client, address, sent).status_code == 302)

    return takes


@pytest.mark.parametrize("door", ["rest", "pages", "staff"])
@pytest.mark.parametrize(
    ("rule", "fields", "is_taken"),
    [
        ({"rearm_gap": "99"}, {}, True),
        ({"rearm_gap": "99.0001"}, {}, False),
        ({"rearm_gap": "0.00001"}, {}, False),
        ({"cooldown": "31536000"}, {}, True),
        ({"cooldown": "31536001"}, {}, False),
        ({"cooldown": "0"}, {}, False),
        ({"confirm": "0.0001"}, {}, True),
        ({"confirm": "0"}, {}, False),
        ({"confirm": "50"}, {}, True),
        ({"confirm": "50.0001"}, {}, False),
        ({}, {"check_interval": "86400"}, True),
        ({}, {"check_interval": "86401"}, False),
        ({}, {"note": "x" * 2000}, True),
        ({}, {"note": "x" * 2001}, False),
        ({}, {"group": "x" * 40}, True),
        ({}, {"group": "x" * 41}, False),
        ({}, {"expires_at": "2199-12-30T12:00:00Z"}, True),
        ({}, {"expires_at": "2200-01-02T12:00:00Z"}, False),
    ],
    ids=lambda value: (
        "".join(f"{name}={text[:12]}" for name, text in value.items())
        if isinstance(value, dict)
        else str(value)
    ),
)
def test_every_door_has_the_same_limits(
    request: pytest.FixtureRequest,
    door: str,
    rule: dict[str, str],
    fields: dict[str, str],
    is_taken: bool,
) -> None:
    takes: Door = request.getfixturevalue(door)
    assert takes(rule, fields) is is_taken


LIFE = ("repeat", "rearm_gap", "cooldown", "touch", "refuse_delayed", "refuse_frozen", "confirm")


def test_a_rule_of_which_nothing_is_said_is_the_same_through_rest_and_the_form(
    api: APIClient, browser: Client, rest: Door
) -> None:
    assert rest({}, {})
    drawn = browser.post(NEW, form(add="1", new_kind="take_profit")).context["rows"][0]
    shown = {name: drawn.life[name].value() for name in LIFE}
    browser.post(NEW, form(PROFIT | {name: value or None for name, value in shown.items()}))
    first, second = Rule.objects.order_by("pk").values(*LIFE)
    assert first == second


@pytest.mark.parametrize(("minutes", "is_taken"), [(365 * 1440, True), (365 * 1440 + 2, False)])
def test_a_pause_lasts_a_year_at_most_whichever_way_it_is_asked_for(
    api: APIClient, browser: Client, user: User, minutes: int, is_taken: bool
) -> None:
    monitor = watch(user)
    until = timezone.localtime() + timedelta(minutes=minutes)
    paused: dict[str, Any] = {
        "minutes": api.post(f"{URL}/{monitor.pk}/snooze", {"minutes": minutes}).status_code == 200,
        "until": api.post(f"{URL}/{monitor.pk}/snooze", {"until": until}).status_code == 200,
    }
    sent = {"at": f"{until:%Y-%m-%dT%H:%M}"}
    paused["page"] = browser.post(f"/monitors/{monitor.pk}/snooze/", sent).status_code == 302
    assert paused == dict.fromkeys(paused, is_taken)
