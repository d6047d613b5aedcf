"""What holds for every transport over HTTP; a new one is here by being there.

Each is tried against the stand-in of its own name, with what a user would type for it.
"""

import json
import logging
import traceback
from contextlib import suppress
from typing import Any

import pytest

from notifications.kinds import transport_kinds
from notifications.message import Action
from notifications.outgoing import Outgoing
from notifications.severity import Severity
from notifications.transports import mail
from notifications.transports.base import TransportError
from tests.notifications.transports.conftest import Desk, item, message
from tests.standin_services._faults import Fault, Kind
from tests.standin_services._server import service_kinds

WITHOUT_HTTP = {"apprise", "mail"}
"""Transports that are tested in their own files only."""

KINDS = sorted(transport_kinds().keys() & service_kinds().keys())

every_kind = pytest.mark.parametrize("kind", KINDS)

REPLY = Kind.REPLY
WHOLE = {Kind.REPLY, Kind.GARBAGE, Kind.LARGE}
"""Faults of which a status arrives, and all that anybody wants to read."""


async def fails(desk: Desk, kind: str) -> TransportError:
    with pytest.raises(TransportError) as caught:
        await desk.deliver(kind)
    return caught.value


def test_every_transport_has_a_stand_in() -> None:
    assert transport_kinds().keys() == set(KINDS) | WITHOUT_HTTP


@every_kind
async def test_a_message_is_taken_once_with_all_that_it_tells(desk: Desk, kind: str) -> None:
    receipt = await desk.deliver(kind)
    text = desk.taken(kind)
    for told in ("1800.10 CNY", "+5.0 %", "10:31:02", "sell half", "stocks.example/monitors/7/"):
        assert told in text
    assert len(receipt.answer) <= 300


@every_kind
async def test_a_digest_tells_of_each(desk: Desk, kind: str) -> None:
    items = [item(title=f"Number {n}", url="", actions=()) for n in range(3)]
    await desk.deliver(kind, message(*items))
    for n in range(3):
        assert f"Number {n}" in desk.taken(kind)


@every_kind
@pytest.mark.parametrize("count", [2, 100])
async def test_a_digest_has_a_link_to_have_seen_it_all(desk: Desk, kind: str, count: int) -> None:
    seen = Action("Seen all", "https://stocks.example/a/" + "Zx-1" * 60)
    items = [item(title=f"Number {n}", actions=()) for n in range(count)]
    await desk.deliver(kind, message(*items, together=[seen]))
    told = desk.taken(kind)
    assert told.replace("\\", "").count(seen.url) == (2 if kind == "webpush" else 1)
    assert (seen.label in told) is (kind != "bark")


async def test_a_mails_digest_has_it_in_both_parts(settings: Any) -> None:
    settings.EMAIL_FROM = "alerts@stocks.example"
    seen = Action("Seen all", "https://stocks.example/a/Zx-1")
    told = message(item(actions=()), item(actions=()), together=[seen])
    for part in mail.compose(told, "ann@reader.example").iter_parts():
        assert part.get_content().count(seen.url) == 1


@every_kind
@pytest.mark.parametrize("character", ["x", "涨", "🚀", "&", "<", "*", '"', "\n", "\\"])
async def test_what_is_too_long_is_cut_to_what_the_service_takes(
    desk: Desk, kind: str, character: str
) -> None:
    lines = [f"{n} {character * 700}" for n in range(100)]
    await desk.deliver(kind, message(item(title=character * 190 + "!", lines=lines)))
    assert "�" not in desk.taken(kind)
    digest = [item(title=f"{n} {character * 150}", lines=[character * 99] * 9) for n in range(90)]
    await desk.deliver(kind, message(*digest))
    assert len(desk.services[kind].taken) == 2


@every_kind
@pytest.mark.parametrize("severity", Severity)
async def test_every_severity_is_taken(desk: Desk, kind: str, severity: Severity) -> None:
    await desk.deliver(kind, message(item(severity=severity)))
    assert desk.taken(kind)


@every_kind
async def test_a_bare_message_is_taken(desk: Desk, kind: str) -> None:
    await desk.deliver(kind, message(item(facts=(), lines=(), url="", actions=())))
    assert "1800.10" in desk.taken(kind)


@every_kind
@pytest.mark.parametrize(
    ("fault", "permanent", "wait"),
    [
        (Fault(Kind.RESET), False, None),
        (Fault(Kind.CUT), False, None),
        (Fault(REPLY, 500), False, None),
        (Fault(REPLY, 502, b"<html>Bad Gateway</html>"), False, None),
        (Fault(REPLY, 503, headers={"Retry-After": "120"}), False, 120),
        (Fault(REPLY, 429, b"slow down", {"Retry-After": "7"}), False, 7),
        (Fault(REPLY, 404, b"<html>nothing here</html>"), True, None),
        (Fault(REPLY, 200, b"<html>Maintenance</html>"), False, None),
        (Fault(REPLY, 200, b""), False, None),
        (Fault(REPLY, 200, b"[0]"), False, None),
        (Fault(Kind.GARBAGE), False, None),
        (Fault(Kind.LARGE), False, None),
    ],
    ids=lambda value: (
        f"{value.kind}-{value.status}-{len(value.body)}" if isinstance(value, Fault) else ""
    ),
)
async def test_a_fault_says_whether_to_try_again(
    desk: Desk, kind: str, fault: Fault, permanent: bool, wait: float | None
) -> None:
    desk.services.misbehave(kind, Fault(fault.kind, fault.status, fault.body, fault.headers))
    if desk.services[kind].reads_status_only and fault.status == 200 and fault.kind in WHOLE:
        await desk.deliver(kind)  # for it a status of success is enough
        return
    error = await fails(desk, kind)
    assert (error.permanent, error.retry_after) == (permanent, wait)
    assert str(error)
    await desk.deliver(kind)  # and the next one gets through


@every_kind
@pytest.mark.parametrize("fault", [Kind.TIMEOUT, Kind.DRIP])
async def test_what_takes_too_long_is_tried_again(
    desk: Desk, kind: str, fault: Kind, impatient: Outgoing
) -> None:
    desk.services.misbehave(kind, Fault(fault))
    with pytest.raises(TransportError, match="no answer in time") as caught:
        await desk.transport(kind).deliver(message(), impatient)
    assert not caught.value.permanent


@every_kind
async def test_an_error_with_status_200_is_an_error(desk: Desk, kind: str) -> None:
    refusal = desk.services[kind].refusal
    if refusal is not None:
        desk.services.misbehave(kind, Fault(REPLY, 200, json.dumps(refusal).encode()))
        assert (await fails(desk, kind)).permanent


@every_kind
async def test_no_redirect_is_followed(desk: Desk, kind: str) -> None:
    private = f"{desk.services.root}/private/"
    for status in (301, 302, 303, 307, 308):
        desk.services.misbehave(kind, Fault(REPLY, status, headers={"Location": private}))
        assert (await fails(desk, kind)).permanent
    assert desk.services.private_requests == 0


@every_kind
async def test_a_body_without_end_is_not_read(desk: Desk, kind: str) -> None:
    fault = Fault(Kind.LARGE)
    desk.services.misbehave(kind, fault)
    with suppress(TransportError):
        await desk.deliver(kind)
    assert fault.sent < 16 * 1024 * 1024


@every_kind
async def test_an_answer_in_many_packets_is_read_whole(desk: Desk, kind: str) -> None:
    desk.services.misbehave(kind, Fault(Kind.SLOW))
    await desk.deliver(kind)
    assert desk.taken(kind)


@every_kind
@pytest.mark.parametrize("status", [200, 400, 500])
async def test_no_secret_is_told(
    desk: Desk, kind: str, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    transport = desk.transport(kind)
    shown = [repr(transport), transport.bucket]
    for fault in (Fault(Kind.ECHO, status), Fault(Kind.RESET), Fault(Kind.CUT)):
        desk.services.misbehave(kind, fault)
        try:
            shown.append(repr(await transport.deliver(message(), desk.outgoing)))
        except TransportError as error:
            shown += [error.answer, repr(error), "".join(traceback.format_exception(error))]
    shown.append(caplog.text)
    for name in transport.secrets:
        secret = str(transport.params[name])
        for text in shown:
            assert secret[:8] not in text


@every_kind
async def test_a_secret_at_the_end_of_what_is_kept_is_hidden(desk: Desk, kind: str) -> None:
    transport = desk.transport(kind)
    for name in transport.secrets:
        secret = str(transport.params[name])
        desk.services.misbehave(kind, Fault(REPLY, 404, b"-" * 290 + secret.encode()))
        with pytest.raises(TransportError) as caught:
            await transport.deliver(message(), desk.outgoing)
        assert caught.value.answer == "-" * 290 + "***"


@every_kind
def test_each_says_what_it_is(kind: str) -> None:
    transport = transport_kinds()[kind]
    assert str(transport.label)
    assert transport.secrets <= transport.Params.base_fields.keys()
    assert transport.identity <= transport.Params.base_fields.keys()
    for name, field in transport.Params.base_fields.items():
        assert str(field.label), name


@every_kind
@pytest.mark.parametrize("typed", ["", " ", "x", "http://", "\x00", "é" * 600, "<script>", "'--"])
def test_nonsense_is_refused_with_the_field_and_the_mend(kind: str, typed: str) -> None:
    form = transport_kinds()[kind].Params(dict.fromkeys(transport_kinds()[kind].secrets, typed))
    assert not form.is_valid()
    assert form.errors.keys() & transport_kinds()[kind].secrets


@every_kind
async def test_errors_are_in_the_readers_language(desk: Desk, kind: str) -> None:
    texts = []
    for language in ("en", "zh-hans"):
        desk.services.misbehave(kind, Fault(Kind.RESET))
        with pytest.raises(TransportError) as caught:
            await desk.deliver(kind, message(language=language))
        texts.append(str(caught.value))
    assert texts[0].isascii()
    assert not texts[1].isascii()


def test_two_of_the_same_robot_share_a_bucket() -> None:
    dingtalk, feishu = transport_kinds()["dingtalk"], transport_kinds()["feishu"]
    one = dingtalk({"token": "a" * 64, "secret": ""})
    assert one.bucket == dingtalk({"token": "a" * 64, "secret": "SEC1"}).bucket
    assert one.bucket != dingtalk({"token": "b" * 64, "secret": ""}).bucket
    assert one.bucket != feishu({"token": "a" * 64, "secret": ""}).bucket


@every_kind
async def test_a_forbidden_address_is_the_fault_of_who_named_it(
    desk: Desk, kind: str, settings: Any
) -> None:
    settings.DELIVERY_ALLOWED_NETWORKS = []
    transport = desk.transport(kind)
    error = await fails(desk, kind)
    is_users = any("://" in str(transport.params.get(name)) for name in transport.address)
    assert (error.permanent, bool(error.fault)) == (is_users, not is_users)
