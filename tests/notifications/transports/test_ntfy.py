"""ntfy: what the form understands, what is told how, and what its refusals mean."""

import json

import pytest

from notifications.message import Action
from notifications.severity import Severity
from notifications.transports.base import TransportError
from tests.notifications.transports.conftest import Desk, cleaned, complaints, item, message
from tests.standin_services._faults import Fault, Kind


@pytest.mark.parametrize(
    ("typed", "topic", "server"),
    [
        ({"topic": "stocks-4711"}, "stocks-4711", ""),
        ({"topic": "https://ntfy.sh/stocks-4711"}, "stocks-4711", ""),
        ({"topic": " http://push.home:8080/stocks_1/ "}, "stocks_1", "http://push.home:8080"),
        ({"topic": "https://push.home/ntfy/s"}, "s", "https://push.home/ntfy"),
        ({"topic": "s", "server": "https://push.home/"}, "s", "https://push.home"),
        ({"topic": "s", "server": "https://ntfy.sh"}, "s", ""),
    ],
)
def test_a_topic_is_its_name_or_its_address(typed, topic, server):
    values = cleaned("ntfy", **typed)
    assert (values["topic"], values["server"]) == (topic, server)


@pytest.mark.parametrize(
    ("typed", "field", "mend"),
    [
        ({"topic": "my topic"}, "topic", "letters, digits"),
        ({"topic": "x" * 65}, "topic", "up to 64"),
        ({"topic": "https://ann:pass@push.home/s"}, "topic", "Leave out the user"),
        ({"topic": "s", "server": "push.home"}, "server", "https://"),
        ({"topic": "s", "server": "https://"}, "server", "https://"),
        ({"topic": "s", "token": "secret"}, "token", "tk_"),
    ],
)
def test_what_will_not_do_is_named_with_the_mend(typed, field, mend):
    assert mend in complaints("ntfy", **typed)[field][0]


async def test_an_urgent_one_rings_and_opens_and_has_buttons(desk: Desk):
    actions = [Action(f"Do {n}", f"https://stocks.example/a/{n}") for n in range(5)]
    await desk.deliver("ntfy", message(item(severity=Severity.URGENT, actions=actions)))
    told = desk.content("ntfy")
    assert (told["priority"], told["tags"]) == (5, ["rotating_light"])
    assert told["click"] == "https://stocks.example/monitors/7/"
    assert [one["url"] for one in told["actions"]] == [one.url for one in actions[:3]]


async def test_without_the_token_a_protected_topic_is_refused_for_good(desk: Desk):
    with pytest.raises(TransportError, match="check the access token") as caught:
        await desk.deliver("ntfy", token="")
    assert caught.value.permanent


@pytest.mark.parametrize(
    ("code", "permanent", "wait"),
    [(42901, False, 5), (42908, False, 3600), (42905, False, 60), (40018, True, None)],
)
async def test_codes_say_when_to_come_back(desk: Desk, code, permanent, wait):
    body = json.dumps({"code": code, "http": code // 100, "error": "no"}).encode()
    desk.services.misbehave("ntfy", Fault(Kind.REPLY, code // 100, body))
    with pytest.raises(TransportError) as caught:
        await desk.deliver("ntfy")
    assert (caught.value.permanent, caught.value.retry_after) == (permanent, wait)


@pytest.mark.parametrize("code", ["[]", "{}", '"42901"', "null", "true"])
async def test_an_odd_code_is_no_error_of_ours(desk: Desk, code):
    body = f'{{"code": {code}}}'.encode()
    desk.services.misbehave("ntfy", Fault(Kind.REPLY, 400, body))
    with pytest.raises(TransportError) as caught:
        await desk.deliver("ntfy")
    assert caught.value.permanent


def test_all_topics_of_a_server_share_its_limit(desk: Desk):
    one, other = desk.transport("ntfy", topic="one"), desk.transport("ntfy", topic="other")
    elsewhere = desk.transport("ntfy", topic="one", server="https://push.home")
    assert one.bucket == other.bucket != elsewhere.bucket
