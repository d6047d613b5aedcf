"""Bark: what is pasted, how loud it is, and what the server and Apple say."""

import json
from typing import Any

import pytest

from notifications.severity import Severity
from notifications.transports.base import TransportError
from tests.notifications.transports.conftest import Desk, cleaned, complaints, item, message
from tests.standin_services._faults import Fault, Kind
from tests.standin_services.bark import Bark

KEY = "ynJ5Ft4atkMkWeo2PAvFhF"


@pytest.mark.parametrize(
    ("pasted", "typed", "server"),
    [
        (KEY, "", ""),
        (f"https://api.day.app/{KEY}/推送内容", "", ""),
        (f"https://bark.example:8443/{KEY}/", "", "https://bark.example:8443"),
        (KEY, "https://bark.example/sub/", "https://bark.example/sub"),
        (f"https://other.example/{KEY}", "https://bark.example", "https://bark.example"),
    ],
)
def test_an_address_or_a_key_is_taken(pasted: str, typed: str, server: str) -> None:
    params = cleaned("bark", key=pasted, server=typed)
    assert (params["key"], params["server"]) == (KEY, server)


def test_what_is_no_key_is_told() -> None:
    wrong = complaints("bark", key="https://api.day.app/", server="ftp//x y")
    assert "https://api.day.app/…" in wrong["key"][0]
    assert "server" in wrong


@pytest.mark.parametrize(
    ("severity", "level", "sound"),
    [
        (Severity.URGENT, "timeSensitive", "alarm"),
        (Severity.NORMAL, "active", None),
        (Severity.INFO, "passive", None),
    ],
)
async def test_the_severity_is_heard(
    desk: Desk, severity: Severity, level: str, sound: str | None
) -> None:
    await desk.deliver("bark", message(item(severity=severity)))
    content = desk.content("bark")
    assert (content["level"], content.get("sound")) == (level, sound)
    assert (content["url"], content["id"]) == ("https://stocks.example/monitors/7/", "k-813")


async def test_a_digest_has_no_addresses(desk: Desk) -> None:
    await desk.deliver("bark", message(item(), item(title="Second")))
    assert "Second" in desk.content("bark")["body"]
    assert "http" not in desk.content("bark")["body"]


async def test_a_server_of_ones_own_is_asked(desk: Desk, settings: Any) -> None:
    settings.BARK_URL = f"{desk.services.root}/private"
    await desk.deliver("bark", key=KEY, server=desk.services.url("bark"))
    assert desk.taken("bark")


async def test_a_key_that_the_server_repeats_is_hidden(desk: Desk) -> None:
    with pytest.raises(TransportError, match="does not know the device") as caught:
        await desk.deliver("bark", key="x" * 22)
    assert caught.value.permanent
    assert "x" * 5 not in f"{caught.value}{caught.value.answer}"
    assert "[***] device token" in str(caught.value)


@pytest.mark.parametrize(
    ("apple", "permanent"),
    [
        ("BadDeviceToken", True),
        ("Unregistered", True),
        ("DeviceTokenNotForTopic", True),
        ("PayloadTooLarge", True),
        ("TooManyRequests", False),
        ("InternalServerError", False),
        ("dial tcp: i/o timeout", False),
    ],
)
async def test_apples_reason_tells_what_lasts(desk: Desk, apple: str, permanent: bool) -> None:
    service = desk.services["bark"]
    assert isinstance(service, Bark)
    service.devices[KEY] = apple
    with pytest.raises(TransportError, match=apple) as caught:
        await desk.deliver("bark")
    assert caught.value.permanent is permanent


@pytest.mark.parametrize(
    ("status", "body", "permanent"),
    [
        (400, {"code": 400, "message": "request bind failed"}, True),
        (404, {"code": 404, "message": "Cannot POST /push"}, True),
        (502, {"code": 502, "message": "new"}, False),
        (429, {"code": 429, "message": "slow"}, False),
        (200, {"message": "success"}, False),
    ],
)
async def test_each_code_has_its_meaning(
    desk: Desk, status: int, body: dict[str, object], permanent: bool
) -> None:
    desk.services.misbehave("bark", Fault(Kind.REPLY, status, json.dumps(body).encode()))
    with pytest.raises(TransportError) as caught:
        await desk.deliver("bark")
    assert caught.value.permanent is permanent
