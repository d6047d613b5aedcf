"""A real daphne on the test database, and sockets that talk to it."""

import json
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlsplit

import orjson
from django.db import connection as database
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

LISTENING = re.compile(r"Listening on TCP address 127\.0\.0\.1:(\d+)")

PATIENCE = 20.0
"""Seconds after which something that should come counts as missing."""


@dataclass
class Daphne:
    """A running web process and what it has logged."""

    process: "subprocess.Popen[str]"
    port: int = 0
    log: list[str] = field(default_factory=list)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def read_log(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.log.append(line)

    def complaints(self) -> list[str]:
        return [
            line for line in self.log if re.search(r"ERROR|CRITICAL|Traceback|never retr", line)
        ]


def database_url() -> str:
    """Return the address of the test database, for another process."""
    name = database.settings_dict["NAME"]
    if database.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


ENDS_WITHIN = 10.0
"""Seconds until a web process that was asked to end is ended."""


@contextmanager
def start_daphne(port: int = 0, **variables: str) -> Iterator[Daphne]:
    """Run a web process, on any port if none is named; what it logs is kept."""
    command = [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(port)]
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.live_settings",
        "DATABASE_URL": database_url(),
    }
    process = subprocess.Popen(
        [*command, "--no-server-name", "stockwatch.asgi:application"],
        env=environment | variables,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    server = Daphne(process)
    assert process.stderr is not None
    try:
        for line in process.stderr:
            server.log.append(line)
            if found := LISTENING.search(line):
                server.port = int(found[1])
                break
        assert server.port, "".join(server.log)
        reader = threading.Thread(target=server.read_log)
        reader.start()
        yield server
    finally:
        process.terminate()
        try:
            process.wait(ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            # As the supervisor does: a request that is under way when the loop ends is never done.
            process.kill()
            process.wait()
        reader.join()
        process.stderr.close()


class Socket:
    """A client of the WebSocket; frames that were not asked for wait until they are."""

    def __init__(
        self,
        server: Daphne,
        path: str = "/ws/realtime/",
        *,
        hello: bool = True,
        receive_buffer: int | None = None,
        **headers: str,
    ) -> None:
        self._open = ExitStack()
        line = self._open.enter_context(socket.socket())
        if receive_buffer is not None:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        line.connect(("127.0.0.1", server.port))
        self.wire = self._open.enter_context(
            connect(
                f"ws://127.0.0.1:{server.port}{path}",
                additional_headers={name.title(): value for name, value in headers.items()},
                open_timeout=PATIENCE,
                max_size=None,
                compression=None,
                proxy=None,
                sock=line,
            )
        )
        self._asked = 0
        self._waiting: list[dict[str, Any]] = []
        if hello:
            assert self.next()["type"] == "hello"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        self._open.close()

    def send(self, **frame: Any) -> None:
        self.wire.send(json.dumps(frame))

    def _read(self) -> dict[str, Any]:
        frame: dict[str, Any] = orjson.loads(self.wire.recv(timeout=PATIENCE))
        return frame

    def next(self, kind: str | None = None) -> dict[str, Any]:
        """Return the next frame, or the next of a type."""
        for at, frame in enumerate(self._waiting):
            if kind in (None, frame["type"]):
                return self._waiting.pop(at)
        while True:
            frame = self._read()
            if kind in (None, frame["type"]):
                return frame
            self._waiting.append(frame)

    def ask(self, op: str, **fields: Any) -> dict[str, Any]:
        """Send a frame with an id and return its answer."""
        self._asked += 1
        self.send(id=self._asked, op=op, **fields)
        while True:
            frame = self._read()
            if frame.get("id") == self._asked:
                return frame
            self._waiting.append(frame)

    def subscribe(self, **fields: Any) -> dict[str, Any]:
        return self.ask("subscribe", stream="notifications", **fields)

    def numbers(self, count: int) -> list[int]:
        """Return the numbers of the next so many notifications."""
        return [self.next("notification")["seq"] for _ in range(count)]

    def closed(self) -> tuple[list[dict[str, Any]], int]:
        """Read until the server closes; return what came before, and the close code."""
        frames, self._waiting = self._waiting, []
        try:
            while True:
                frames.append(self._read())
        except ConnectionClosed:
            code = self.wire.close_code
        assert code is not None
        return frames, code
