"""Telegram: what is pasted, how it is set, and what it answers."""

import json

import pytest

from notifications.kinds import transport_kinds
from notifications.severity import Severity
from notifications.transports.base import Rate, TransportError
from tests.notifications.transports.conftest import Desk, cleaned, complaints, item, message
from tests.standin_services._faults import Fault, Kind
from tests.standin_services.telegram import Telegram

TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"


@pytest.mark.parametrize(
    "pasted",
    [
        TOKEN,
        f"bot{TOKEN}",
        f"https://api.telegram.org/bot{TOKEN}/getUpdates",
        f"Use this token to access the HTTP API:\n{TOKEN}\nKeep your token secure.",
    ],
)
def test_a_token_is_found_in_what_is_pasted(pasted: str) -> None:
    assert cleaned("telegram", token=pasted, chat_id="1")["token"] == TOKEN


@pytest.mark.parametrize(
    ("typed", "chat"),
    [
        ("4711", "4711"),
        (" -1001234567890 ", "-1001234567890"),
        ("@stocks_cn", "@stocks_cn"),
        ("https://t.me/stocks_cn", "@stocks_cn"),
        ("t.me/stocks_cn", "@stocks_cn"),
    ],
)
def test_a_chat_is_a_number_or_a_name(typed: str, chat: str) -> None:
    assert cleaned("telegram", token=TOKEN, chat_id=typed)["chat_id"] == chat


@pytest.mark.parametrize("typed", ["stocks", "@", "1.5", "１２３", "-", "t.me/+AbC"])
def test_another_chat_is_told(typed: str) -> None:
    wrong = complaints("telegram", token="123", chat_id=typed)
    assert "@name" in wrong["chat_id"][0]
    assert "@BotFather" in wrong["token"][0]


@pytest.mark.parametrize("chat", ["-100987654321", "@stocks"])
def test_groups_have_their_own_limit(chat: str) -> None:
    kind = transport_kinds()["telegram"]
    assert kind({"token": TOKEN, "chat_id": chat}).rates == (Rate(1, 1), Rate(20, 60))
    assert kind({"token": TOKEN, "chat_id": "4711"}).rates == (Rate(1, 1),)


async def test_one_notification_has_buttons(desk: Desk) -> None:
    await desk.deliver("telegram", message(item(severity=Severity.URGENT)))
    content = desk.content("telegram")
    assert content["text"].startswith(
        "<b>🔴 Take profit: 贵州茅台 at 1800.10</b>\n<b>Price:</b> 1800.10 CNY\n"
    )
    assert content["reply_markup"]["inline_keyboard"] == [
        [{"text": "Details", "url": "https://stocks.example/monitors/7/"}],
        [{"text": "Acknowledge", "url": "https://stocks.example/a/Zx-1?once=1"}],
    ]
    assert content["disable_notification"] is False


async def test_information_comes_without_a_sound(desk: Desk) -> None:
    await desk.deliver("telegram", message(item(severity=Severity.INFO)))
    assert desk.content("telegram")["disable_notification"] is True


async def test_text_is_escaped(desk: Desk) -> None:
    told = item(title="<b> & </i>", lines=["a < b & c", "&lt;"], url="", actions=())
    await desk.deliver("telegram", message(told))
    await desk.deliver("telegram", message(told, item(title="x > y")))
    single, digest = (one.text for one in desk.services["telegram"].taken)
    assert "<b> & </i>" in single
    assert "<b> & </i>" in digest
    assert "a < b & c\n&lt;" in single
    assert "a < b & c · &lt;" in digest
    assert "x > y" in digest


async def test_links_that_cannot_be_buttons_go_into_the_text(desk: Desk) -> None:
    await desk.deliver("telegram", message(item(url="http://localhost:8000/monitors/7/")))
    content = desk.content("telegram")
    assert "reply_markup" not in content
    assert '<a href="http://localhost:8000/monitors/7/">Details</a>' in content["text"]


async def test_a_group_that_moved_is_followed(desk: Desk) -> None:
    await desk.deliver("telegram", chat_id="-555")
    assert desk.content("telegram")["chat_id"] == -100555


async def test_it_waits_as_long_as_told(desk: Desk) -> None:
    for _ in range(20):
        await desk.deliver("telegram")
    with pytest.raises(TransportError, match="Too many") as caught:
        await desk.deliver("telegram")
    assert (caught.value.permanent, caught.value.retry_after) == (False, 37)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ({"token": TOKEN.replace("A", "B")}, "does not know the bot"),
        ({"chat_id": "12345"}, "does not know the chat"),
        ({"chat_id": "4712"}, "may not write there"),
    ],
)
async def test_a_wrong_destination_is_final(desk: Desk, typed: dict[str, str], reason: str) -> None:
    service = desk.services["telegram"]
    assert isinstance(service, Telegram)
    service.blocked.add("4712")
    with pytest.raises(TransportError, match=reason) as caught:
        await desk.deliver("telegram", None, **typed)
    assert caught.value.permanent


@pytest.mark.parametrize(
    ("code", "words", "permanent"),
    [
        (400, "Bad Request: message is too long", True),
        (400, "Bad Request: can't parse entities", True),
        (404, "Not Found", True),
        (409, "Conflict", True),
        (429, "Too Many Requests", False),
        (500, "Internal Server Error", False),
        (502, "Bad Gateway", False),
        (None, "", False),
    ],
)
@pytest.mark.parametrize("in_a_success", [True, False])
async def test_each_code_has_its_meaning(
    desk: Desk, code: int | None, words: str, permanent: bool, in_a_success: bool
) -> None:
    body = json.dumps({"ok": False, "error_code": code, "description": words}).encode()
    status = 200 if in_a_success or code is None else code
    desk.services.misbehave("telegram", Fault(Kind.REPLY, status, body))
    with pytest.raises(TransportError) as caught:
        await desk.deliver("telegram")
    assert caught.value.permanent is permanent
