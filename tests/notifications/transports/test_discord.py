"""Discord: the webhook's address, nobody mentioned, and how long it wants to wait."""

from datetime import UTC, datetime

import pytest

from notifications.message import Fact
from notifications.severity import Severity
from notifications.transports.base import TransportError
from tests.notifications.transports.conftest import PAGE, Desk, cleaned, complaints, item, message

PATH = "1312000000000000001/x5B_2kq-PnLr0wYtH8zMdVfJ3sGcU7aXeQ9oTbWi1lRm4"


@pytest.mark.parametrize(
    "typed",
    [
        PATH,
        f"https://discord.com/api/webhooks/{PATH}",
        f"https://ptb.discord.com/api/v10/webhooks/{PATH}/",
        f"https://discordapp.com/api/webhooks/{PATH}?wait=true",
    ],
)
def test_a_webhook_is_understood_as_it_is_pasted(typed):
    assert cleaned("discord", url=typed) == {"url": PATH}


@pytest.mark.parametrize(
    "typed",
    [
        "https://discord.com/channels/1/2",
        f"https://discord.com.evil.example/api/webhooks/{PATH}",
        f"https://discord.com/api/webhooks/{PATH}/slack",
        f"https://discord.com/api/webhooks/{PATH}/../../users",
    ],
)
def test_another_address_is_refused_with_the_mend(typed):
    assert "discord.com/api/webhooks" in complaints("discord", url=typed)["url"][0]


async def test_the_embed_says_all_and_mentions_nobody(desk: Desk):
    at = datetime(2026, 11, 24, 2, 31, 2, tzinfo=UTC)
    lines = ["@everyone <@&123> *ST海航* ||x||"]
    told = item(severity=Severity.URGENT, fired_at=at, lines=lines)
    await desk.deliver("discord", message(told))
    content = desk.content("discord")
    [embed] = content["embeds"]
    assert content["allowed_mentions"] == {"parse": []}
    assert embed["title"].startswith("🔴 ")
    assert (embed["color"], embed["url"]) == (0xD32F2F, PAGE)
    assert embed["timestamp"] == "2026-11-24T02:31:02+00:00"
    assert r"@everyone \<@\&123\> \*ST海航\* \|\|x\|\|" in embed["description"]


async def test_facts_are_fields(desk: Desk):
    await desk.deliver("discord", message(item(facts=[Fact("source", "Source", "*a*")])))
    [embed] = desk.content("discord")["embeds"]
    assert embed["fields"] == [{"name": "Source", "value": r"\*a\*", "inline": True}]
    assert "Source" not in embed["description"]


async def test_the_wait_is_that_of_the_body(desk: Desk):
    for _ in range(5):
        await desk.deliver("discord")
    with pytest.raises(TransportError) as caught:
        await desk.deliver("discord")
    assert (caught.value.permanent, caught.value.retry_after) == (False, 0.57)


async def test_a_webhook_that_was_deleted_is_not_used_again(desk: Desk):
    with pytest.raises(TransportError, match="make one anew") as caught:
        await desk.deliver("discord", url=PATH.replace("x5B", "y5B"))
    assert caught.value.permanent
