"""The whole of Stockwatch as `make run` starts it, for a program that watches it from outside."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.servers import free_port

ROOT = Path(__file__).parents[1]
PATIENCE = 60.0
"""Seconds after which a start has failed."""


@dataclass(frozen=True)
class Stockwatch:
    """A running one."""

    port: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def call(self, method: str, path: str, body: object = None, token: str = "") -> Any:
        """Make one REST call and return what it answers; HTTPError where that is an error."""
        request = urllib.request.Request(f"{self.url}{path}", method=method)
        request.add_header("Content-Type", "application/json")
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(request, data, timeout=30) as response:
            text = response.read()
            return json.loads(text) if text else None


@contextmanager
def running(data: Path, settings: Mapping[str, str]) -> Iterator[Stockwatch]:
    """Start every part on the data folder; end them all with the block.

    This process sees the same settings from then on, so that it may set Django up.
    """
    data.mkdir(exist_ok=True)
    port = free_port()
    os.environ.update(
        {"STOCKWATCH_DATA": str(data), "REDIS_URL": "", "PORT": str(port), **settings}
    )
    started = Stockwatch(port, data / "run.log")
    with started.log.open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "run"], cwd=ROOT, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            _wait_until_ready(started, process)
            yield started
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


def _wait_until_ready(started: Stockwatch, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            started.call("GET", "/readyz")
        except (urllib.error.URLError, OSError, ValueError) as error:
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(
                    f"Stockwatch did not start ({error}):\n{started.log.read_text()}"
                ) from error
            time.sleep(0.1)
        else:
            return
