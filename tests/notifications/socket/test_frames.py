"""Whatever a client sends, it is told what is wrong, and the server goes on."""

import asyncio
import json
import socket as sockets
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.socket.authentication import Credential
from notifications.socket.connection import BAD_FRAME
from notifications.socket.consumers import RealtimeConsumer
from notifications.socket.frames import Frame, FrameError
from notifications.socket.pace import Pace
from tests.live import Daphne, Socket

Open = Callable[..., Socket]

NO_OBJECT = [
    "",
    "nonsense",
    "[]",
    "[1, 2]",
    '"text"',
    "12",
    "null",
    '{"op":',
    '{"op":"ping","x":NaN}',
    '{"op":"ping","x":Infinity}',
    '{"op":"\\ud800"}',
    "[" * 5000 + "]" * 5000,
    '{"a":' * 5000 + "1" + "}" * 5000,
    '{"op":"ping"} {"op":"ping"}',
    "\ufeff{}",
    b'{"op":"ping"}',
    json.dumps({"op": "x" * 65536}),
]


@pytest.mark.parametrize("sent", NO_OBJECT)
def test_what_is_no_object_in_a_text_frame_closes(open_socket: Open, sent: str | bytes) -> None:
    socket = open_socket()
    socket.wire.send(sent)
    frames, code = socket.closed()
    assert (frames[-1]["type"], frames[-1]["code"], code) == ("error", "bad_frame", BAD_FRAME)
    assert frames[-1]["message"]


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({}, "invalid", "op"),
    ({"op": None}, "invalid", "op"),
    ({"op": 1}, "invalid", "op"),
    ({"op": ["ping"]}, "invalid", "op"),
    ({"op": "nonsense"}, "unknown_op", "nonsense"),
    ({"op": "ping", "extra": 1}, "invalid", "extra"),
    ({"op": "pong", "extra": 1}, "invalid", "extra"),
    ({"op": "subscribe"}, "invalid", "stream"),
    ({"op": "subscribe", "stream": 5}, "invalid", "stream"),
    ({"op": "subscribe", "stream": "nonsense"}, "invalid", "stream"),
    ({"op": "subscribe", "stream": "notifications", "afer": 1}, "invalid", "afer"),
    ({"op": "subscribe", "stream": "notifications", "after": None}, "invalid", "after"),
    ({"op": "unsubscribe", "stream": "notifications", "after": 1}, "invalid", "after"),
    ({"op": "read"}, "invalid", "up_to"),
    ({"op": "read", "up_to": -1}, "invalid", "up_to"),
    ({"op": "read", "up_to": 10**30}, "invalid", "up_to"),
    ({"op": "read", "up_to": "3"}, "invalid", "up_to"),
    ({"op": "read", "up_to": True}, "invalid", "up_to"),
    ({"op": "auth", "token": 7}, "invalid", "token"),
]


@pytest.mark.parametrize(("sent", "code", "named"), WRONG)
def test_what_is_wrong_in_a_frame_is_named(
    open_socket: Open, sent: dict[str, Any], code: str, named: str
) -> None:
    socket = open_socket()
    socket.send(id="mine", **sent)
    error = socket.next()
    assert error.keys() == {"type", "id", "code", "message", "retry_after"}
    assert (error["type"], error["id"], error["code"]) == ("error", "mine", code)
    assert named in error["message"]
    assert socket.ask("ping")["type"] == "pong"


@pytest.mark.parametrize("wrong", [1.5, True, [], {}, "x" * 65])
def test_an_id_is_a_number_or_a_short_text(open_socket: Open, wrong: object) -> None:
    socket = open_socket()
    socket.send(id=wrong, op="ping")
    error = socket.next()
    assert (error["code"], error["id"]) == ("invalid", None)


def test_who_gives_no_id_gets_no_answer_but_errors(open_socket: Open) -> None:
    socket = open_socket()
    socket.send(op="subscribe", stream="notifications")
    socket.send(op="read", up_to="x")
    assert socket.next()["type"] == "error"


def test_a_frame_of_64_kib_is_read(open_socket: Open) -> None:
    socket = open_socket()
    frame = json.dumps({"op": ""})
    socket.send(op="x" * (65536 - len(frame)))
    assert socket.next()["code"] == "unknown_op"


def test_too_many_frames_are_refused_and_going_on_closes(open_socket: Open) -> None:
    socket = open_socket()
    for _ in range(40):
        socket.send(op="ping")
    refused = socket.next("error")
    assert refused["code"] == "rate_limit"
    assert 0 < refused["retry_after"] <= 2
    for _ in range(200):
        socket.send(op="ping")
    frames, code = socket.closed()
    assert (frames[-1]["code"], code) == ("rate_limit", BAD_FRAME)


def test_the_pace_is_20_a_second() -> None:
    pace = Pace(0)
    assert [pace.take(0) for _ in range(20)] == [None] * 20
    assert pace.take(0) == pytest.approx(0.05)
    assert pace.take(1) is None
    assert not any(pace.take(1 + n / 20) for n in range(1, 1000))


def test_what_waited_while_the_server_was_at_a_frame_came_within_the_pace() -> None:
    pace = Pace(0)
    assert pace.take(0) is None
    pace.done(10)
    assert [pace.take(10) for _ in range(200)] == [None] * 200, "ten seconds of the pace"
    assert [pace.take(10) for _ in range(19)] == [None] * 19, "and the burst"
    assert pace.take(10) == pytest.approx(0.05)


def test_what_the_server_took_is_forgotten_once_nothing_waits() -> None:
    pace = Pace(0)
    pace.take(0)
    pace.done(10)
    assert [pace.take(20) for _ in range(20)] == [None] * 20
    assert pace.take(20) == pytest.approx(0.05)


async def test_frames_that_wait_behind_a_slow_one_are_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loop = asyncio.get_running_loop()
    clock, lag = loop.time, 0.0
    monkeypatch.setattr(loop, "time", lambda: clock() + lag)
    frames = [{"id": 0, "op": "auth", "token": "x"}, *({"id": n, "op": "ping"} for n in range(150))]
    received = iter(
        [
            {"type": "websocket.connect"},
            *({"type": "websocket.receive", "text": json.dumps(frame)} for frame in frames),
            {"type": "websocket.disconnect"},
        ]
    )
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return next(received)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def by_token(token: str) -> Credential:
        nonlocal lag
        lag = 8.0  # a database that is locked
        return Credential(user_id=1, password="")

    monkeypatch.setattr("notifications.socket.handshake.by_token", by_token)
    await RealtimeConsumer.as_asgi(streams=[])({"type": "websocket", "headers": []}, receive, send)
    answers = [json.loads(one["text"])["type"] for one in sent if "text" in one]
    assert answers == ["hello", "ok"] + ["pong"] * 150
    assert sent[-1]["type"] == "websocket.send", "it was not closed"


def test_a_client_that_vanishes_while_much_is_sent_leaves_no_trace(
    open_socket: Open, server: Daphne, tell: Callable[..., None], user: Any
) -> None:
    tell(user, 500, body="x" * 1000)
    for _ in range(3):
        socket = open_socket()
        socket.send(op="subscribe", stream="notifications", after=0)
        wire = socket.wire.socket
        wire.setsockopt(sockets.SOL_SOCKET, sockets.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        wire.shutdown(sockets.SHUT_RDWR)
    assert open_socket().ask("ping")["type"] == "pong"


VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.text() | VALUES.map(json.dumps))
def test_text_without_an_op_is_an_error_that_says_why(text: str) -> None:
    with pytest.raises(FrameError) as error:
        Frame.parse(text).text("op")
    assert error.value.code in ("bad_frame", "invalid")
    assert error.value.message
