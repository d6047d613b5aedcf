"""WeCom: what is pasted, how it is set, and what its codes mean."""

import json

import pytest

from notifications.severity import Severity
from notifications.transports.base import TransportError
from tests.notifications.transports.conftest import Desk, cleaned, complaints, item, message
from tests.standin_services._faults import Fault, Kind

KEY = "693a91f6-0000-4bc4-97a0-0ec2ffa5aaaa"


@pytest.mark.parametrize(
    "pasted", [KEY, f" https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}&debug=1 "]
)
def test_an_address_or_a_key_is_taken(pasted: str) -> None:
    assert cleaned("wecom", key=pasted)["key"] == KEY


def test_what_is_no_address_is_told() -> None:
    pasted = "https://oapi.dingtalk.com/robot/send?access_token=abc"
    assert "https://qyapi.weixin.qq.com" in complaints("wecom", key=pasted)["key"][0]


@pytest.mark.parametrize(
    ("severity", "title"),
    [
        (Severity.URGENT, '### <font color="warning">Falls</font>\n'),
        (Severity.NORMAL, "### Falls\n"),
        (Severity.INFO, '### <font color="comment">Falls</font>\n'),
    ],
)
async def test_the_title_shows_the_severity(desk: Desk, severity: Severity, title: str) -> None:
    await desk.deliver("wecom", message(item(severity=severity, title="Falls")))
    assert desk.taken("wecom").startswith(title)


async def test_text_is_no_markup_and_links_are_links(desk: Desk) -> None:
    told = item(lines=["*ST* <@all> [x](http://evil.example)"], url="https://a.example/(x) y")
    await desk.deliver("wecom", message(told))
    text = desk.taken("wecom")
    assert "<@all>" not in text
    assert "[x]" not in text
    assert "[Details](https://a.example/%28x%29%20y) · [Acknowledge](https://" in text


async def test_a_long_message_keeps_its_links(desk: Desk) -> None:
    await desk.deliver("wecom", message(item(lines=["涨" * 300] * 20)))
    text = desk.taken("wecom")
    assert "\n…\n[Details](https://" in text
    assert len(text.encode()) > 3000


async def test_who_is_too_fast_waits_for_a_minute(desk: Desk) -> None:
    for _ in range(20):
        await desk.deliver("wecom")
    with pytest.raises(TransportError, match="Too many") as caught:
        await desk.deliver("wecom")
    assert (caught.value.permanent, caught.value.retry_after) == (False, 60)


async def test_an_unknown_robot_is_final(desk: Desk) -> None:
    with pytest.raises(TransportError, match="does not know the robot") as caught:
        await desk.deliver("wecom", key=KEY.replace("6", "7"))
    assert caught.value.permanent


@pytest.mark.parametrize(
    ("body", "permanent", "wait"),
    [
        ({"errcode": -1, "errmsg": "system busy"}, False, None),
        ({"errcode": 40001, "errmsg": "invalid credential"}, True, None),
        ({"errcode": 40058, "errmsg": "markdown.content exceed max length 4096"}, True, None),
        ({"errcode": 44004, "errmsg": "empty content"}, True, None),
        ({"errcode": 45002, "errmsg": "content size out of limit"}, True, None),
        ({"errcode": 45009, "errmsg": "api freq out of limit"}, False, 60),
        ({"errcode": 45033, "errmsg": "concurrent"}, False, 60),
        ({"errcode": 45999, "errmsg": "new limit"}, False, None),
        ({"errcode": 93000, "errmsg": "invalid webhook url"}, True, None),
        ({"errcode": 93004, "errmsg": "robot is stopped"}, True, None),
        ({"errcode": 93008, "errmsg": "not in group"}, True, None),
        ({"errcode": 99999, "errmsg": "new"}, True, None),
        ({"errcode": 6000, "errmsg": "data conflict"}, False, None),
        ({"errmsg": "ok"}, False, None),
    ],
)
async def test_each_code_has_its_meaning(
    desk: Desk, body: dict[str, object], permanent: bool, wait: float | None
) -> None:
    desk.services.misbehave("wecom", Fault(Kind.REPLY, 200, json.dumps(body).encode()))
    with pytest.raises(TransportError) as caught:
        await desk.deliver("wecom")
    assert (caught.value.permanent, caught.value.retry_after) == (permanent, wait)
