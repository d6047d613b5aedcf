"""Web Push: the browser alone can read it, the push service knows who sent it, and its answers."""

import json
from dataclasses import replace
from ipaddress import ip_network

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from notifications.severity import Severity
from notifications.transports import webpush
from notifications.transports.base import TransportError
from tests.notifications.transports.conftest import PAGE, TITLE, Desk, complaints, item, message
from tests.standin_services import webpush as push_service
from tests.standin_services._faults import Fault, Kind
from tests.standin_services.webpush import decode, decrypt, encode, raw


def test_the_stand_in_decrypts_the_example_of_the_standard():
    """RFC 8291, appendix A."""
    number = int.from_bytes(decode("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"), "big")
    body = decode(
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml"
        "mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
        "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )
    key = ec.derive_private_key(number, ec.SECP256R1())
    told = decrypt(body, key, decode("BTBZMqHH6r4Tts7J_aSIgg"))
    assert told == b"When I grow up, I want to be a watermelon"


async def test_the_browser_reads_what_the_worker_shows(desk: Desk):
    await desk.deliver("webpush", message(item(severity=Severity.URGENT), language="zh-hans"))
    told = desk.content("webpush")
    assert told["title"] == f"🔴 {TITLE}"
    assert "1800.10 CNY" in told["body"]
    assert (told["url"], told["tag"], told["urgent"]) == (PAGE, "k-813", True)
    assert told["lang"] == "zh-hans"


@pytest.mark.parametrize(
    ("severity", "urgency"),
    [(Severity.INFO, "low"), (Severity.NORMAL, "normal"), (Severity.URGENT, "high")],
)
async def test_severity_is_urgency_and_nothing_replaces_another(desk: Desk, severity, urgency):
    await desk.deliver("webpush", message(item(severity=severity)))
    headers = desk.content("webpush")["headers"]
    assert headers["Urgency"] == urgency
    assert int(headers["TTL"]) >= 3600
    assert "Topic" not in headers


async def test_each_message_has_a_key_of_its_own(desk: Desk):
    transport = desk.transport("webpush")
    assert isinstance(transport, webpush.WebPush)
    one, other = (transport._encrypted(message()) for _ in range(2))
    assert one[:16] != other[:16]
    assert one[21:86] != other[21:86]


@pytest.mark.parametrize(
    ("sender", "origins", "contact"),
    [
        ("Stockwatch <a@stocks.example>", [], "mailto:a@stocks.example"),
        ("a@stocks.example", ["https://stocks.example:8443"], "mailto:a@stocks.example"),
        ("", ["http://x.example", "https://stocks.example:8443"], "https://stocks.example:8443"),
        ("", [], "mailto:stockwatch@localhost"),
    ],
)
async def test_the_push_service_learns_whom_to_write_to(
    desk: Desk, settings, sender, origins, contact
):
    settings.EMAIL_FROM, settings.CSRF_TRUSTED_ORIGINS = sender, origins
    await desk.deliver("webpush")
    assert desk.content("webpush")["claims"]["sub"] == contact


async def test_it_is_signed_by_the_key_that_browsers_subscribe_with(desk: Desk):
    await desk.deliver("webpush")
    service = desk.services["webpush"]
    assert isinstance(service, push_service.WebPush)
    assert list(service.subscriptions.values()) == [webpush.public_key()]
    assert len(decode(webpush.public_key())) == 65


async def test_a_subscription_of_another_key_is_final(desk: Desk, settings):
    await desk.deliver("webpush")
    settings.VAPID_KEY = encode(b"\x01" * 32)
    with pytest.raises(TransportError, match="another key") as caught:
        await desk.deliver("webpush")
    assert caught.value.permanent


async def test_a_subscription_that_is_gone_is_final(desk: Desk):
    transport = desk.transport("webpush")
    service = desk.services["webpush"]
    assert isinstance(service, push_service.WebPush)
    service.subscriptions.clear()
    with pytest.raises(TransportError, match="given up its subscription") as caught:
        await transport.deliver(message(), desk.outgoing)
    assert caught.value.permanent


@pytest.mark.parametrize(
    ("status", "permanent"), [(404, True), (410, True), (413, True), (400, True), (429, False)]
)
async def test_answers_say_whether_to_try_again(desk: Desk, status, permanent):
    desk.services.misbehave("webpush", Fault(Kind.REPLY, status, headers={"Retry-After": "9"}))
    with pytest.raises(TransportError) as caught:
        await desk.deliver("webpush")
    assert (caught.value.permanent, caught.value.retry_after) == (permanent, 9)


async def test_an_endpoint_of_a_private_network_is_refused(desk: Desk, settings):
    settings.DELIVERY_ALLOWED_NETWORKS = [ip_network("192.0.2.0/24")]
    with pytest.raises(TransportError, match="private network") as caught:
        await desk.deliver("webpush")
    assert caught.value.permanent
    assert desk.services.requests["webpush"] == 0


@pytest.mark.parametrize("url", ["", "/" + "x" * 280])
@pytest.mark.parametrize("character", ["\x01", "🚀", '"'])
def test_what_is_sent_is_never_too_large(url, character):
    params = {"endpoint": "https://push.example/x", "p256dh": "", "auth": ""}
    told = replace(item(lines=[character * 480] * 20), url=url, title=character * 200)
    content = webpush.WebPush(params)._content(message(told, key=character * 100))
    assert len(content) <= 3993
    assert json.loads(content)["tag"]


POINT = encode(raw(ec.generate_private_key(ec.SECP256R1()).public_key()))


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"endpoint": "push.example"}, "endpoint"),
        ({"p256dh": "AAAA"}, "p256dh"),
        ({"p256dh": "x"}, "p256dh"),
        ({"p256dh": POINT[:-8] + "AAAAAAAA"}, "p256dh"),
        ({"p256dh": "涨" * 50}, "p256dh"),
        ({"auth": "AAAA"}, "auth"),
        ({"auth": "涨"}, "auth"),
    ],
)
def test_what_no_browser_gives_is_refused(typed, field):
    good = {"endpoint": "https://push.example/x", "p256dh": POINT, "auth": encode(b"x" * 16)}
    assert complaints("webpush", **good) == {}
    assert complaints("webpush", **good | typed).keys() == {field}
