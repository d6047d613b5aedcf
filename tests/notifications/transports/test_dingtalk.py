"""DingTalk: what is pasted, how it is signed and set, and what its codes mean."""

import json

import pytest

from notifications.severity import Severity
from notifications.transports._lookalikes import lookalikes
from notifications.transports.base import TransportError
from notifications.transports.dingtalk import signature
from tests.notifications.transports.conftest import Desk, cleaned, complaints, item, message
from tests.standin_services._faults import Fault, Kind
from tests.standin_services.dingtalk import DingTalk, Robot

TOKEN = "0123456789abcdef" * 4


def robots(desk: Desk) -> dict[str, Robot]:
    service = desk.services["dingtalk"]
    assert isinstance(service, DingTalk)
    return service.robots


@pytest.mark.parametrize(
    "pasted",
    [
        TOKEN,
        f"  {TOKEN}\n",
        f"https://oapi.dingtalk.com/robot/send?access_token={TOKEN}",
        f'"https://oapi.dingtalk.com/robot/send?access_token={TOKEN}&timestamp=1&sign=x"',
    ],
)
def test_an_address_or_a_token_is_taken(pasted: str) -> None:
    assert cleaned("dingtalk", token=pasted)["token"] == TOKEN


def test_what_is_mixed_up_is_told() -> None:
    wrong = complaints("dingtalk", token="SEC" + "5e" * 32, secret=TOKEN)
    assert "https://oapi.dingtalk.com/robot/send?access_token=" in wrong["token"][0]
    assert "begins with SEC" in wrong["secret"][0]


def test_the_signature_is_that_of_the_documentation() -> None:
    # By openssl: HMAC-SHA256 of "1700000000000\nSECabc" with SECabc.
    assert signature("SECabc", 1700000000000) == "jcUpW0QmtKduN03n4JqQ0PBosVjqnM8gU7fIIvsDmCM="


async def test_an_unsigned_robot_gets_no_signature(desk: Desk) -> None:
    robots(desk)["b" * 64] = Robot()
    await desk.deliver("dingtalk", token="b" * 64, secret="")
    assert desk.taken("dingtalk")


async def test_one_notification_is_a_card_with_buttons(desk: Desk) -> None:
    await desk.deliver("dingtalk", message(item(severity=Severity.URGENT)))
    card = desk.content("dingtalk")["actionCard"]
    assert card["title"].startswith("🔴 Take profit")
    assert card["text"].startswith("### 🔴 Take profit")
    assert [(button["title"], button["actionURL"]) for button in card["btns"]] == [
        ("Details", "https://stocks.example/monitors/7/"),
        ("Acknowledge", "https://stocks.example/a/Zx-1?once=1"),
    ]
    assert "](http" not in card["text"]


async def test_a_digest_has_its_links_in_the_text_and_mentions_nobody(desk: Desk) -> None:
    await desk.deliver("dingtalk", message(item(), item(title="Second", actions=())))
    content = desk.content("dingtalk")
    assert content["at"] == {"isAtAll": False}
    text = content["markdown"]["text"]
    assert "**Second**" in text
    assert "[Details](https://stocks.example/monitors/7/)" in text


@pytest.mark.parametrize("words", ["", "keywords not in content", "错误描述:关键词不匹配;"])
async def test_a_keyword_is_added_only_where_it_is_missing(desk: Desk, words: str) -> None:
    service = desk.services["dingtalk"]
    assert isinstance(service, DingTalk)
    service.no_keyword = words or service.no_keyword
    robots(desk)[TOKEN].keyword = "监控"
    with pytest.raises(TransportError, match="keyword") as caught:
        await desk.deliver("dingtalk")
    assert caught.value.permanent
    await desk.deliver("dingtalk", keyword="监控")
    assert desk.taken("dingtalk").count("监控") == 1
    desk.services["dingtalk"].taken.clear()
    await desk.deliver("dingtalk", message(item(title="监控")), keyword="监控")
    assert desk.content("dingtalk")["actionCard"]["text"].count("监控") == 1


async def test_who_is_too_fast_waits_for_ten_minutes(desk: Desk) -> None:
    for _ in range(20):
        await desk.deliver("dingtalk")
    with pytest.raises(TransportError, match="ten minutes") as caught:
        await desk.deliver("dingtalk")
    assert (caught.value.permanent, caught.value.retry_after) == (False, 600)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ({"token": "f" * 64}, "does not know the robot"),
        ({"secret": "SEC" + "00" * 32}, "signature is wrong"),
        ({"secret": ""}, "signature is wrong"),
    ],
)
async def test_a_wrong_destination_is_final(desk: Desk, typed: dict[str, str], reason: str) -> None:
    with pytest.raises(TransportError, match=reason) as caught:
        await desk.deliver("dingtalk", None, **typed)
    assert caught.value.permanent


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("keywords not in content", "keyword that is not in the message"),
        ("错误描述:关键词不匹配;解决方案:请联系群管理员", "keyword that is not in the message"),
        ("description:关键词不匹配;solution:请联系群管理员", "keyword that is not in the message"),
        ("ip 1.2.3.4 not in whitelist", "not among those"),
        ("错误描述:ip 1.2.3.4 不在白名单中;解决方案:…", "not among those"),
        ("description:机器人发送签名不匹配;solution:…", "signature is wrong"),
        ("description:机器人发送签名过期;solution:签名生成时间和发送时间…", "signature is wrong"),
        ("sign not match", "signature is wrong"),
        ("invalid timestamp", "signature is wrong"),
        ("something new", "security settings"),
        (None, "security settings"),
    ],
)
async def test_what_security_setting_refuses_is_told(
    desk: Desk, words: str | None, reason: str
) -> None:
    body = json.dumps({"errcode": 310000, "errmsg": words}, ensure_ascii=False).encode()
    desk.services.misbehave("dingtalk", Fault(Kind.REPLY, 200, body))
    with pytest.raises(TransportError, match=reason) as caught:
        await desk.deliver("dingtalk")
    assert caught.value.permanent


@pytest.mark.parametrize(
    ("body", "permanent", "wait"),
    [
        ({"errcode": 310000, "errmsg": "ip 1.2.3.4 not in whitelist"}, True, None),
        ({"errcode": 310000, "errmsg": "invalid timestamp"}, True, None),
        ({"errcode": 130101, "errmsg": "send too fast"}, False, 600),
        ({"errcode": 410100, "errmsg": "发送速度太快而限流"}, False, 600),
        ({"status": 1111, "wait": 5, "source": "x5", "punish": "deny", "uuid": "u"}, False, 600),
        ({"errcode": 90030, "errmsg": "limit of a day"}, False, 3600),
        ({"errcode": -1, "errmsg": "系统繁忙"}, False, None),
        ({"errcode": 400013, "errmsg": "群已被解散"}, True, None),
        ({"errcode": 400102, "errmsg": "robot is stopped"}, True, None),
        ({"errcode": 430104, "errmsg": "content"}, True, None),
        ({"errcode": 460101, "errmsg": "message too long"}, True, None),
        ({"errcode": 499999, "errmsg": "new"}, True, None),
        ({"errcode": 15, "errmsg": "new"}, False, None),
        ({"errcode": "0", "errmsg": "ok"}, False, None),
        ({}, False, None),
    ],
)
async def test_each_code_has_its_meaning(
    desk: Desk, body: dict[str, object], permanent: bool, wait: float | None
) -> None:
    desk.services.misbehave("dingtalk", Fault(Kind.REPLY, 200, json.dumps(body).encode()))
    with pytest.raises(TransportError) as caught:
        await desk.deliver("dingtalk")
    assert (caught.value.permanent, caught.value.retry_after) == (permanent, wait)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("*ST 步步高 [1] `x` <b>", "＊ST 步步高 ［1］ ｀x｀ ＜b＞"),
        ("# head", "＃ head"),
        ("- item", "－ item"),
        ("1. first", "1． first"),
        ("-5.0 % today", "-5.0 % today"),
        ("1800.10 > 1800", "1800.10 ＞ 1800"),
    ],
)
def test_text_is_no_markup(text: str, shown: str) -> None:
    assert lookalikes(text) == shown
