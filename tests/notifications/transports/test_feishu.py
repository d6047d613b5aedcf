"""Feishu and Lark: what is pasted, how it is signed and set, and what the codes mean."""

import json
from typing import Any

import pytest

from notifications.severity import Severity
from notifications.transports.base import TransportError
from notifications.transports.feishu import signature
from tests.notifications.transports.conftest import Desk, cleaned, complaints, item, message
from tests.standin_services._faults import Fault, Kind
from tests.standin_services.feishu import Bot, Feishu

TOKEN = "2f6a9c1e-0000-4000-8000-5b7d3e1a9c24"
HOOK = "/open-apis/bot/v2/hook/"


def bots(desk: Desk) -> dict[str, Bot]:
    service = desk.services["feishu"]
    assert isinstance(service, Feishu)
    return service.bots


@pytest.mark.parametrize(
    ("pasted", "chosen", "region"),
    [
        (TOKEN, "", "feishu"),
        (TOKEN, "lark", "lark"),
        (f"https://open.feishu.cn{HOOK}{TOKEN}", "lark", "feishu"),
        (f"https://open.larksuite.com{HOOK}{TOKEN}?x=1", "", "lark"),
    ],
)
def test_an_address_or_a_token_is_taken(pasted: str, chosen: str, region: str) -> None:
    params = cleaned("feishu", token=pasted, region=chosen)
    assert (params["token"], params["region"]) == (TOKEN, region)


@pytest.mark.parametrize("pasted", [f"https://open.feishu.cn/open-apis/bot/hook/{TOKEN}", "short"])
def test_what_is_no_address_is_told(pasted: str) -> None:
    assert "https://open.feishu.cn" in complaints("feishu", token=pasted)["token"][0]


def test_the_signature_is_that_of_the_documentation() -> None:
    # By openssl: HMAC-SHA256 of nothing with "1700000000\nabc".
    assert signature("abc", 1700000000) == "VIS10b0EBvzzSdFnuk4tznEmK5wHaruvf/WnViv2yR4="


async def test_each_region_has_its_own_address(desk: Desk, settings: Any) -> None:
    settings.LARK_URL = f"{desk.services.root}/private"
    with pytest.raises(TransportError):
        await desk.deliver("feishu", token=TOKEN, region="lark")
    assert desk.services.private_requests == 1
    await desk.deliver("feishu", token=TOKEN, region="feishu")
    assert desk.taken("feishu")


@pytest.mark.parametrize(
    ("severity", "colour"),
    [(Severity.URGENT, "red"), (Severity.NORMAL, "blue"), (Severity.INFO, "grey")],
)
async def test_a_card_shows_the_severity_and_buttons(
    desk: Desk, severity: Severity, colour: str
) -> None:
    await desk.deliver("feishu", message(item(severity=severity)))
    card = desk.content("feishu")["card"]
    assert card["header"]["template"] == colour
    fields, text, buttons = card["elements"]
    assert fields["fields"][0] == {
        "is_short": True, "text": {"tag": "lark_md", "content": "**Price**\n1800.10 CNY"}
    }  # fmt: skip
    assert text["text"]["content"] == "sell half"
    assert [button["url"] for button in buttons["actions"]] == [
        "https://stocks.example/monitors/7/",
        "https://stocks.example/a/Zx-1?once=1",
    ]


async def test_text_is_shown_as_it_is(desk: Desk) -> None:
    await desk.deliver(
        "feishu", message(item(facts=(), lines=["*ST* <at id=all></at> [x](y) # &lt;"]))
    )
    [text, _buttons] = desk.content("feishu")["card"]["elements"]
    assert text["text"] == {
        "tag": "plain_text", "content": "*ST* <at id=all></at> [x](y) # &lt;"
    }  # fmt: skip


async def test_a_digest_is_markdown_with_links(desk: Desk) -> None:
    await desk.deliver("feishu", message(item(title="*ST <at id=all></at> [x](y)"), item()))
    [text] = desk.content("feishu")["card"]["elements"]
    lines = text["content"].splitlines()
    title = "**&#42;ST &#60;at id=all&#62;&#60;/at&#62; &#91;x&#93;&#40;y&#41;**"
    assert lines[0].startswith(f"{title} · ▲ +5.0 % · 2026-11-24")
    assert "[Details](https://stocks.example/monitors/7/)" in lines[1]


async def test_a_keyword_is_added(desk: Desk) -> None:
    bots(desk)[TOKEN].keyword = "监控"
    with pytest.raises(TransportError, match="keyword") as caught:
        await desk.deliver("feishu")
    assert caught.value.permanent
    await desk.deliver("feishu", keyword="监控")
    assert "监控" in desk.taken("feishu")


@pytest.mark.parametrize(("seconds", "most", "words"), [(0, 5, "9499: too"), (1, 100, "11232")])
async def test_so_many_a_second_and_a_minute_are_taken(
    desk: Desk, seconds: float, most: int, words: str
) -> None:
    now = 1_000.0
    desk.services["feishu"].clock = lambda: now
    bots(desk)[TOKEN].secret = ""
    for number in range(most):
        now = 1_000.0 + seconds * number / 4
        await desk.deliver("feishu", secret="")
    with pytest.raises(TransportError, match=f"Too many.*{words}") as caught:
        await desk.deliver("feishu", secret="")
    assert (caught.value.permanent, caught.value.retry_after) == (False, 60)


@pytest.mark.parametrize(
    ("status", "body", "permanent", "wait"),
    [
        (200, {"code": 9499, "msg": "Bad Request", "data": {}}, True, None),
        (400, {"code": 9499, "msg": "Bad Request", "data": {}}, True, None),
        (400, {"code": 9499, "msg": "too many request", "data": {}}, False, 60),
        (200, {"code": 9499, "msg": "Too Many Requests"}, False, 60),
        (200, {"code": 19001, "msg": "param invalid"}, True, None),
        (200, {"code": 19002, "msg": "params error"}, True, None),
        (200, {"code": 19007, "msg": "Bot Not Enabled"}, True, None),
        (200, {"code": 19021, "msg": "sign match fail"}, True, None),
        (200, {"code": 19022, "msg": "Ip Not Allowed"}, True, None),
        (200, {"code": 19024, "msg": "Key Words Not Found"}, True, None),
        (200, {"code": 19999, "msg": "new"}, True, None),
        (200, {"code": 11232, "msg": "frequency limited"}, False, 60),
        (400, {"code": 11247, "msg": "rate limit"}, False, 60),
        (400, {"code": 99991400, "msg": "request trigger frequency limit"}, False, 60),
        (429, {"code": 1, "msg": "new"}, False, 60),
        (200, {"code": 11999, "msg": "new"}, False, None),
        (500, {"code": 19001, "msg": "new"}, False, None),
        (200, {"StatusCode": 19001, "StatusMessage": "old"}, True, None),
        (200, {}, False, None),
    ],
)
async def test_each_code_has_its_meaning(
    desk: Desk, status: int, body: dict[str, object], permanent: bool, wait: float | None
) -> None:
    desk.services.misbehave("feishu", Fault(Kind.REPLY, status, json.dumps(body).encode()))
    with pytest.raises(TransportError) as caught:
        await desk.deliver("feishu")
    assert (caught.value.permanent, caught.value.retry_after) == (permanent, wait)


async def test_an_old_bots_success_is_one(desk: Desk) -> None:
    body = {"Extra": None, "StatusCode": 0, "StatusMessage": "success"}
    desk.services.misbehave("feishu", Fault(Kind.REPLY, 200, json.dumps(body).encode()))
    assert "success" in (await desk.deliver("feishu")).answer


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ({"token": TOKEN.replace("2", "3")}, "does not know the bot"),
        ({"secret": "wrongwrong"}, "signature is wrong"),
        ({"secret": ""}, "signature is wrong"),
    ],
)
async def test_a_wrong_destination_is_final(desk: Desk, typed: dict[str, str], reason: str) -> None:
    with pytest.raises(TransportError, match=reason) as caught:
        await desk.deliver("feishu", None, **typed)
    assert caught.value.permanent
