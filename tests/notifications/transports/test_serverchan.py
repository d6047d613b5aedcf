"""ServerChan: keys of both kinds, what is set, and what its refusals mean."""

import json
from datetime import datetime

import pytest

from notifications.transports._backslashes import backslashes
from notifications.transports._midnight import CHINA, until_tomorrow_in_china
from notifications.transports.base import TransportError
from notifications.transports.serverchan import address
from tests.notifications.transports.conftest import Desk, cleaned, complaints, item, message
from tests.standin_services._faults import Fault, Kind
from tests.standin_services.serverchan import ServerChan

TURBO = "SCT123456TqWeRtYuIoPaSdFgHjKlZxCvBn"
THREE = "sctp1234tqwertyuiop"


@pytest.mark.parametrize(
    ("pasted", "key"),
    [
        (TURBO, TURBO),
        (f"https://sctapi.ftqq.com/{TURBO}.send?title=x", TURBO),
        (THREE, THREE),
        (f"https://1234.push.ft07.com/send/{THREE}.send", THREE),
    ],
)
def test_an_address_or_a_key_is_taken(pasted: str, key: str) -> None:
    assert cleaned("serverchan", sendkey=pasted)["sendkey"] == key


@pytest.mark.parametrize("pasted", ["SCU12345Tabcdefabcdef", "sctpxt123456789", "token"])
def test_other_keys_are_told_apart(pasted: str) -> None:
    assert "sct.ftqq.com" in complaints("serverchan", sendkey=pasted)["sendkey"][0]


def test_each_kind_of_key_has_its_own_address() -> None:
    assert address(TURBO) == f"https://sctapi.ftqq.com/{TURBO}.send"
    assert address(THREE) == f"https://1234.push.ft07.com/send/{THREE}.send"


async def test_both_kinds_are_taken(desk: Desk) -> None:
    await desk.deliver("serverchan", sendkey=THREE)
    await desk.deliver("serverchan", sendkey=TURBO)
    assert len(desk.services["serverchan"].taken) == 2


async def test_the_text_is_markdown(desk: Desk) -> None:
    await desk.deliver("serverchan", message(item(title="涨" * 40, lines=["*ST <b> [x](y)"])))
    text = desk.content("serverchan")["desp"]
    assert r"\*ST \<b\> \[x\](y)" in text
    assert "[Details](https://stocks.example/monitors/7/)" in text
    assert desk.content("serverchan")["title"] == "涨" * 31 + "…"


async def test_a_day_that_is_used_up_is_waited_for(desk: Desk) -> None:
    service = desk.services["serverchan"]
    assert isinstance(service, ServerChan)
    service.keys[TURBO] = 0
    with pytest.raises(TransportError, match="in a day") as caught:
        await desk.deliver("serverchan")
    assert not caught.value.permanent
    assert 0 < (caught.value.retry_after or 0) <= 86_400


def test_a_day_ends_at_midnight_in_china() -> None:
    assert until_tomorrow_in_china(datetime(2026, 11, 24, 23, 59, 30, tzinfo=CHINA)) == 30
    assert until_tomorrow_in_china(datetime.fromisoformat("2026-11-24T16:00:00Z")) == 86_400


async def test_an_unknown_key_is_final(desk: Desk) -> None:
    with pytest.raises(TransportError, match="does not know the SendKey") as caught:
        await desk.deliver("serverchan", sendkey=TURBO + "x")
    assert caught.value.permanent


@pytest.mark.parametrize(
    ("status", "body", "permanent", "wait"),
    [
        (400, {"code": 20001, "message": "[INPUT]title 不能为空"}, True, None),
        (400, {"code": 40001, "message": "[AUTH]用户不存在或者权限不足"}, True, None),
        (429, {"code": 429, "message": "too many"}, False, 60),
        (400, {"code": 40009, "message": "[AUTH]请求过于频繁"}, False, 60),
        (500, {"code": 50000, "message": "internal"}, False, None),
        (400, {"code": 40000, "message": "new"}, False, None),
        (200, {"code": 0, "data": {"errno": 1024, "error": "FAIL"}}, False, None),
        (200, {}, False, None),
    ],
)
async def test_each_answer_has_its_meaning(
    desk: Desk, status: int, body: dict[str, object], permanent: bool, wait: float | None
) -> None:
    desk.services.misbehave("serverchan", Fault(Kind.REPLY, status, json.dumps(body).encode()))
    with pytest.raises(TransportError) as caught:
        await desk.deliver("serverchan")
    assert (caught.value.permanent, caught.value.retry_after) == (permanent, wait)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("*ST* [x] `y` <b> a_b", r"\*ST\* \[x\] \`y\` \<b\> a\_b"),
        ("# head", r"\# head"),
        ("- item", r"\- item"),
        ("1. first", r"1\. first"),
        ("-5.0 %, 1800.10", "-5.0 %, 1800.10"),
        ("1800.10 CNY", "1800.10 CNY"),
    ],
)
def test_punctuation_is_itself(text: str, written: str) -> None:
    assert backslashes(text) == written
