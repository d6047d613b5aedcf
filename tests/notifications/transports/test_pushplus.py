"""PushPlus: what is pasted, how it is set, and what its codes mean."""

import json

import pytest

from notifications.transports.base import TransportError
from tests.notifications.transports.conftest import Desk, cleaned, complaints, item, message
from tests.standin_services._faults import Fault, Kind

TOKEN = "c5ae2e4f0000400080005b7d3e1a9c24"


@pytest.mark.parametrize(
    "pasted",
    [
        TOKEN,
        f"https://www.pushplus.plus/send?token={TOKEN}&title=x",
        f"http://www.pushplus.plus/send/{TOKEN}?title=x",
    ],
)
def test_an_address_or_a_token_is_taken(pasted: str) -> None:
    assert cleaned("pushplus", token=pasted)["token"] == TOKEN


def test_what_is_no_token_is_told() -> None:
    assert "32 letters and digits" in complaints("pushplus", token="abc")["token"][0]


async def test_the_text_is_escaped_html(desk: Desk) -> None:
    told = item(lines=['<script>x</script> & "y"'], url='https://a.example/"onclick=x')
    await desk.deliver("pushplus", message(told))
    text = desk.content("pushplus")["content"]
    assert "&lt;script&gt;x&lt;/script&gt; &amp; &quot;y&quot;" in text
    assert '<a href="https://a.example/%22onclick=x">Details</a>' in text


async def test_a_group_is_told(desk: Desk) -> None:
    await desk.deliver("pushplus", topic="moutai")
    assert desk.content("pushplus")["topic"] == "moutai"
    with pytest.raises(TransportError, match="群组不存在") as caught:
        await desk.deliver("pushplus", topic="nobody")
    assert caught.value.permanent


async def test_who_is_too_fast_waits_for_the_next_day(desk: Desk) -> None:
    for _ in range(5):
        await desk.deliver("pushplus")
    with pytest.raises(TransportError, match="restricts the account") as caught:
        await desk.deliver("pushplus")
    assert not caught.value.permanent
    assert 0 < (caught.value.retry_after or 0) <= 86_400


@pytest.mark.parametrize(
    ("code", "permanent"),
    [
        (302, True),
        (401, True),
        (403, True),
        (500, False),
        (600, True),
        (805, True),
        (888, True),
        (900, False),
        (903, True),
        (905, True),
        (999, True),
        (777, True),
        (None, True),
    ],
)
async def test_each_code_has_its_meaning(desk: Desk, code: int | None, permanent: bool) -> None:
    body = json.dumps({"code": code, "msg": "x", "data": None}).encode()
    desk.services.misbehave("pushplus", Fault(Kind.REPLY, 200, body))
    with pytest.raises(TransportError) as caught:
        await desk.deliver("pushplus")
    assert caught.value.permanent is permanent
