"""Webhooks: signed as documented, in the user's own form, with headers that do no harm."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.utils import timezone

from docs.webhook import TOLERANCE, verify
from notifications.kinds import transport_kinds
from notifications.severity import Severity
from notifications.transports.base import TransportError
from notifications.transports.webhook import signature
from tests.live import PATIENCE
from tests.notifications.transports.conftest import (
    PAGE,
    TITLE,
    Desk,
    cleaned,
    complaints,
    item,
    message,
)
from tests.servers import free_port

URL = "https://receiver.example/hook"
SECRET = "whsec-3fG7hJ9kL2mN5pQ8"
ROOT = Path(__file__).parents[3]


def signed(body: bytes, at: int = 1000, secret: str = SECRET) -> tuple[str, str]:
    headers = signature(secret, body, at)
    return headers["X-Stockwatch-Timestamp"], headers["X-Stockwatch-Signature"]


def test_the_signature_is_that_of_the_documentation():
    # echo -n '1700000000.{"a":1}' | openssl dgst -sha256 -hmac whsec-3fG7hJ9kL2mN5pQ8
    assert signed(b'{"a":1}', 1700000000)[1] == (
        "v1=1d0751de4c35cb105abc6e80f7946488f7ec18e37eb75a883d926ad7cfdbc675"
    )


def test_a_receiver_takes_what_is_signed_and_nothing_else():
    body = b'{"title": "x"}'
    stamp, mark = signed(body)
    assert verify(SECRET, stamp, mark, body, now=1000)
    assert not verify(SECRET, stamp, mark, body + b" ", now=1000)
    assert not verify(SECRET, "1001", mark, body, now=1000)
    assert not verify("another secret of 16", stamp, mark, body, now=1000)
    assert not verify(SECRET, stamp, mark, body, now=1001 + TOLERANCE)
    for odd in ("", "-1", "²", "nan", "1e3"):
        assert not verify(SECRET, odd, mark, body, now=1000)
    assert not verify(SECRET, stamp, "v1=é", body, now=1000)


async def test_all_is_sent_with_the_key_that_a_repeat_has_too(desk: Desk):
    for _ in range(2):
        await desk.deliver("webhook", message(item(severity=Severity.URGENT)))
    first, second = (taken.content for taken in desk.services["webhook"].taken)
    assert first["body"] == second["body"]
    assert first["body"] | {"items": []} == {
        "key": "k-813", "title": TITLE, "severity": "urgent", "items": [], "links": [],
    }  # fmt: skip
    assert first["body"]["items"][0]["url"] == PAGE
    assert first["headers"]["Idempotency-Key"] == second["headers"]["Idempotency-Key"] == "k-813"


@pytest.mark.parametrize("late", [True, False])
async def test_what_comes_late_says_so_and_when_it_fired(desk: Desk, late: bool):
    fired_at = datetime(2026, 11, 24, 2, 31, 3, 120000, UTC)
    await desk.deliver("webhook", message(item(fired_at=fired_at, late=late)))
    [told] = desk.content("webhook")["body"]["items"]
    assert told["fired_at"] == "2026-11-24T02:31:03.120000+00:00"
    assert told.get("late") == (True if late else None)


async def test_a_template_is_filled_inside_its_strings(desk: Desk):
    template = {
        "text": "{{title}}: {{ price }} ({{symbol}})",
        "nested": [{"body": "{{ body }}"}, 5, None, True],
        "{{ title }}": "kept",
        "braces": "{ {title} } }}",
    }
    evil = '","admin":true,"x":"{{ key }}\\'
    values = {"price": "1800.10", "symbol": "600519.SH", "title": "not the message's"}
    told = item(title=evil, facts=(), lines=[evil], values=values)
    await desk.deliver("webhook", message(told), template=json.dumps(template))
    assert desk.content("webhook")["body"] == {
        "text": f"{evil}: 1800.10 (600519.SH)",
        "nested": [{"body": evil}, 5, None, True],
        "{{ title }}": "kept",
        "braces": "{ {title} } }}",
    }


async def test_times_and_decimals_are_written_as_text(desk: Desk):
    at = timezone.now()
    await desk.deliver("webhook", message(item(data={"quote_at": at})))
    assert desk.content("webhook")["body"]["items"][0]["quote_at"] == at.isoformat()


@pytest.mark.parametrize(
    ("template", "mend"),
    [
        ("{{ title }}", "between quotation marks"),
        ('{"a": {{ title }}}', "between quotation marks"),
        ('{"a": NaN}', "no JSON"),
        ('{\n "a": "b",\n "c" 7}', "Line 3, column 6: this is no JSON"),
        ('{"a":\n  ["{{ title }}",\n  "{{ secret }}"]}', "Line 3: {{ secret }} is not known"),
        ('"{{ title }}"', "object or array"),
        ('{"a": "{{ secret }}"}', "write one of key, title"),
        ('{"a": ["{{ title.__class__ }}"]}', "write one of key, title"),
        ('{"a": "{{}}"}', "write one of key, title"),
        ('{"a": "x {{ title"}', '“{{ title"}” is not closed'),
        ("[" * 21 + "]" * 21, "at most 20 levels"),
        ("[" * 5000 + "]" * 5000, "no JSON"),
        ('{"a": "' + "x" * 10_000 + '"}', "at most 10000"),
    ],
)
def test_a_template_that_will_not_do_is_refused_with_the_mend(template, mend):
    assert mend in complaints("webhook", url=URL, template=template)["template"][0]


@pytest.mark.parametrize(
    ("headers", "mend"),
    [
        ("Host: evil.example", "Leave out Host"),
        ("content-length: 5", "Leave out content-length"),
        ("Transfer-Encoding: chunked", "Leave out Transfer-Encoding"),
        ("Connection: close", "Leave out Connection"),
        ("X-Stockwatch-Signature: v1=0", "Leave out"),
        ("Idempotency-Key: x", "Leave out"),
        ("X-A: 1\nX-a: 2", "once only"),
        ("no colon", "Line 1"),
        ("X-A: 1\n\nX B: 2", "Line 3"),
        ("X-A: 1\r X-B: 2", "Line 1"),
        ("X-A: 1\x0bX-B: 2", "Line 1"),
        ("X-A: 1\u2028Host: x", "Line 1"),
        ("X-A: 涨", "Line 1"),
        (": x", "Line 1"),
        ("\n".join(f"X-{n}: 1" for n in range(21)), "at most 20"),
    ],
)
def test_a_header_that_will_not_do_is_refused_with_the_mend(headers, mend):
    assert mend in complaints("webhook", url=URL, headers=headers)["headers"][0]


async def test_headers_of_ones_own_are_sent(desk: Desk):
    headers = "X-Api-Key: aZ3dF6gH9jK2\r\nAuthorization:  Bearer a b\t\n\nX-Empty:"
    await desk.deliver("webhook", headers=headers)
    sent = desk.content("webhook")["headers"]
    assert (sent["Authorization"], sent["X-Empty"]) == ("Bearer a b", "")
    assert sent["Content-Type"] == "application/json"


def test_a_secret_is_made_where_none_is_given():
    made = {cleaned("webhook", url=URL)["secret"] for _ in range(2)}
    assert len(made) == 2
    assert all(len(one) >= 40 for one in made)
    assert cleaned("webhook", url=URL, secret=SECRET)["secret"] == SECRET
    assert "16" in complaints("webhook", url=URL, secret="short")["secret"][0]


@pytest.mark.parametrize(
    "url", ["receiver.example", "ftp://x.example", "https://a b.example", "https://x\n.example",
            "https://u:p@x.example/", "https://u@x.example/", "https://:p@x.example/",
            "https://x.example:99999/", "javascript:alert(1)"],
)  # fmt: skip
def test_an_address_that_will_not_do_is_refused(url):
    assert complaints("webhook", url=url)["url"]


async def test_a_template_that_was_valid_once_is_final(desk: Desk):
    params = desk.transport("webhook").params | {"template": '{"a": "{{ of old }}"}'}
    with pytest.raises(TransportError, match="of old") as caught:
        await transport_kinds()["webhook"](params).deliver(message(), desk.outgoing)
    assert caught.value.permanent


async def test_a_template_that_names_the_text_over_and_over_does_not_flood(desk: Desk):
    template = json.dumps({"a": "{{ text }}" * 900})
    with pytest.raises(TransportError, match="shorten the template") as caught:
        await desk.deliver("webhook", message(item(lines=["x" * 2000])), template=template)
    assert caught.value.permanent
    assert desk.services.requests["webhook"] == 0


def test_headers_are_bounded_with_their_empty_lines():
    assert complaints("webhook", url=URL, headers="A: b" + "\n" * 20_000 + "C: d")["headers"]


async def test_a_brace_that_was_left_open_once_is_sent_as_it_is(desk: Desk):
    params = desk.transport("webhook").params | {"template": '{"a": "{{ {{title}}"}'}
    await transport_kinds()["webhook"](params).deliver(message(), desk.outgoing)
    assert desk.content("webhook")["body"] == {"a": f"{{{{ {TITLE}"}


@pytest.fixture
def receiver() -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """The receiver of the documentation, and its address."""
    port = free_port()
    command = [sys.executable, "docs/webhook.py", str(port)]
    environment = {**os.environ, "WEBHOOK_SECRET": SECRET}
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            break
    yield f"http://127.0.0.1:{port}/", process
    process.kill()
    process.communicate()


async def test_the_receiver_of_the_documentation_tells_each_message_once(desk: Desk, receiver):
    url, process = receiver
    for _ in range(2):
        await desk.deliver("webhook", url=url)
    with pytest.raises(TransportError, match="403"):
        await desk.deliver("webhook", url=url, secret="another-secret-of-16")
    await desk.deliver("webhook", message(item(title="The last"), key="k-814"), url=url)
    assert [process.stdout.readline().strip() for _ in range(2)] == [TITLE, "The last"]
