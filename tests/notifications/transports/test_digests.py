"""What is taken into a digest is shown in it, whatever its texts are made of: none is lost."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from notifications import composing, links
from notifications.kinds import transport_kinds
from notifications.message import Message
from notifications.models import Delivery, Notification
from notifications.outgoing import Outgoing
from notifications.severity import Severity
from notifications.transports import mail
from notifications.transports.base import Transport
from stockwatch.background import background_loop
from tests.notifications.transports.conftest import cleaned
from tests.standin_services._server import StandInServices, service_kinds
from tests.standin_services.base import Pace

OF_ITS_OWN = {"apprise": {"url": "pover://user@token"}, "mail": {"to": "ann@reader.example"}}
"""What a user types where no stand-in suggests it."""

NOW = datetime(2026, 11, 24, 10, 31, tzinfo=UTC)
SIGNS = "|(‹`*_[]<>&\"\\#~!'-+. \tx涨🚀é"


@pytest.fixture(autouse=True)
def _mail_has_a_sender_and_nobody_is_too_fast(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.EMAIL_FROM = "alerts@stocks.example"
    monkeypatch.setattr(Pace, "allows", lambda _pace, _now: True)


@pytest.fixture
def outgoing() -> Any:
    async def opened() -> Outgoing:
        return Outgoing()

    way_out = background_loop().run(opened())
    yield way_out
    background_loop().run(way_out.close())


def transport_of(kind: str, services: StandInServices) -> Transport:
    if kind in OF_ITS_OWN:
        return transport_kinds()[kind](OF_ITS_OWN[kind])
    return transport_kinds()[kind](cleaned(kind, **services[kind].params(services.url(kind))))


def shown(
    kind: str, transport: Transport, message: Message, services: StandInServices, outgoing: Outgoing
) -> str:
    """What a reader sees, once the service has taken the message."""
    if kind == "mail":
        parts = mail.compose(message, "ann@reader.example").iter_parts()
        return min((part.get_content() for part in parts), key=lambda text: text.count("E0"))
    if kind not in service_kinds():
        with translation.override(message.language):
            return transport.lay_out(message).text
    services[kind].taken.clear()
    background_loop().run(transport.deliver(message, outgoing))
    [taken] = services[kind].taken
    return taken.text


def pending(count: int, title: str, note: str) -> list[Delivery]:
    told = [
        Notification(
            user_id=1, pk=number + 1, seq=number, kind="stop_loss", severity=Severity.URGENT,
            title=f"B{number:03}{title}E{number:03}", body=note, url=f"/monitors/{number}/",
            created_at=NOW,
        )
        for number in range(count)
    ]  # fmt: skip
    return [Delivery(notification=one) for one in told]


@pytest.mark.parametrize("kind", sorted(transport_kinds()))
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    count=st.sampled_from([2, 30, 100]),
    title=st.text(SIGNS, max_size=180),
    note=st.text(SIGNS, max_size=60).map(lambda text: text * 4),
    site=st.sampled_from(["", "https://stocks.example"]),
    language=st.sampled_from(["en", "zh-hans"]),
)
@example(100, "", "|" * 150, "https://stocks.example", "en")
@example(100, "(" * 150, "‹" * 150, "", "zh-hans")
def test_all_that_is_taken_is_shown(
    kind, services, outgoing, count, title, note, site, language
):  # fmt: skip
    transport = transport_of(kind, services)
    reader = composing.Reader(
        language=language, zone=ZoneInfo("Asia/Shanghai"), site=site, transport=kind
    )
    taken = composing.fitting(pending(count, title, note), NOW, reader, links, transport.holds)
    for now in (NOW, NOW + timedelta(hours=1), NOW + timedelta(days=1)):  # a try may be repeated
        message = composing.compose(taken, uuid4(), now, reader, links)
        told = shown(kind, transport, message, services, outgoing)
        marks = [f"{mark}{number:03}" for number in range(len(taken)) for mark in "BE"]
        assert [mark for mark in marks if mark not in told] == []


@pytest.mark.parametrize("kind", sorted(transport_kinds()))
def test_a_digest_holds_several(kind, services):
    transport = transport_of(kind, services)
    reader = composing.Reader(
        language="en", zone=ZoneInfo("UTC"), site="https://stocks.example", transport=kind
    )
    due = pending(100, "Stop loss: 贵州茅台 at 1800.10", "sell half")
    assert len(composing.fitting(due, NOW, reader, links, transport.holds)) >= 15
