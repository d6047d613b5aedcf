"""Prints one's notifications, each once and in order, whatever happens to the connection.

pip install websockets
python client.py http://127.0.0.1:8000 NAME PASSWORD [NUMBER OF THE LAST ONE SEEN]
"""

import json
import random
import sys
import time
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

FINAL = {4001, 4003, 4005}  # coming back would change nothing: the log-in holds no more
SILENCE = 65  # seconds; the server pings every 25


def call(server: str, path: str, body: Any = None, token: str = "") -> Any:
    """Call the REST API: POST if there is a body."""
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    request = Request(f"{server}/api/v1{path}", data, headers)  # noqa: S310
    with urlopen(request, timeout=20) as answer:  # noqa: S310
        return json.load(answer)


def notifications(server: str, token: str, after: int) -> Iterator[dict[str, Any]]:
    """Yield what comes behind the number `after`, without end; connect again after each end."""
    attempt = 0
    while True:
        began = time.monotonic()
        try:
            for row in connection(server, token, after):
                after = row["seq"]
                yield row
        except ConnectionClosed as end:
            if end.rcvd and end.rcvd.code in FINAL:
                raise
        except HTTPError as error:
            if error.code in (401, 403):
                raise
        except OSError:
            pass  # no network, no server, or silence
        if time.monotonic() - began > 10:
            attempt = 0
        time.sleep(random.uniform(0.5, min(20, 2**attempt)))  # noqa: S311
        attempt += 1


def connection(server: str, token: str, after: int) -> Iterator[dict[str, Any]]:
    """Yield what comes behind the number `after` on one connection, until it ends."""
    # A ticket opens one socket, so that the token stands in no address.
    ticket = call(server, "/realtime/ticket", {}, token)
    with connect(server.replace("http", "ws", 1) + ticket["url"]) as socket:
        ask = {"id": 1, "op": "subscribe", "stream": "notifications", "after": after}
        socket.send(json.dumps(ask))
        while True:
            frame = json.loads(socket.recv(timeout=SILENCE))
            if frame["type"] == "ping":
                socket.send('{"op": "pong"}')
            elif frame["type"] == "notification":
                yield frame["data"]
            elif frame["type"] == "ok" and not frame["recovered"]:
                # Too much was missed for the socket: the log has it.
                yield from log(server, token, after, up_to=frame["head"])
            elif frame["type"] == "error":
                print(frame["message"], file=sys.stderr)


def log(server: str, token: str, after: int, up_to: int) -> Iterator[dict[str, Any]]:
    """Yield from the log what is behind `after`; the socket tells what is behind `up_to`."""
    while after < up_to:
        path = f"/realtime/notifications?after_seq={after}&page_size=200"
        rows = [r for r in call(server, path, token=token)["results"] if r["seq"] <= up_to]
        yield from rows
        after = rows[-1]["seq"] if rows else up_to


if __name__ == "__main__":
    server, name, password, *seen = sys.argv[1:]
    login = call(server, "/auth/login", {"username": name, "password": password})
    for one in notifications(server, login["token"], int(seen[0]) if seen else 0):
        print(one["seq"], one["title"], flush=True)
