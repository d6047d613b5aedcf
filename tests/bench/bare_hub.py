"""The floor of the sockets: the simplest ASGI application that can send to all of them.

A WebSocket is accepted and kept; its `send` is all that is known of it. `?greet=N&size=B` has N
frames sent to it at once. What is posted, by HTTP to any path, is sent to every open one, or to
`?most=N` of them.
"""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl

MARKER = '"type":"notification"'

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

_sends: set[Send] = set()


def frame_of(size: int) -> str:
    """Return a frame of so many bytes that the load generator counts."""
    head, tail = "{" + MARKER + ',"data":"', '"}'
    return head + "x" * (size - len(head) - len(tail)) + tail


async def application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Serve a socket until it ends, or send what one request brings."""
    if scope["type"] == "websocket":
        await _socket(scope, receive, send)
    else:
        await _post(scope, receive, send)


async def _socket(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    query = _query(scope)
    for _ in range(int(query.get("greet", 0))):
        await send({"type": "websocket.send", "text": frame_of(int(query["size"]))})
    _sends.add(send)
    try:
        while (await receive())["type"] != "websocket.disconnect":
            pass
    finally:
        _sends.discard(send)


async def _post(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    text, query = body.decode(), _query(scope)
    for send_to_socket in list(_sends)[: int(query.get("most", len(_sends)))]:
        await send_to_socket({"type": "websocket.send", "text": text})
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body"})


def _query(scope: dict[str, Any]) -> dict[str, str]:
    return dict(parse_qsl(scope["query_string"].decode()))
