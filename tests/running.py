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
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil

from tests.servers import free_port

ROOT = Path(__file__).parents[1]
PATIENCE = 180.0
"""Seconds after which a start has failed."""


class Stockwatch:
    """A data folder and a port, and the run that serves them."""

    def __init__(self, data: Path, port: int) -> None:
        self.data = data
        self.port = port
        self.log = data / "run.log"
        self._starts = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def call(
        self, method: str, path: str, body: object = None, token: str = "", timeout: float = 90
    ) -> Any:
        """Make one REST call and return what it answers; HTTPError where that is an error."""
        request = urllib.request.Request(f"{self.url}{path}", method=method)
        request.add_header("Content-Type", "application/json")
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(request, data, timeout=timeout) as response:
            text = response.read()
            return json.loads(text) if text else None

    def parts(self) -> dict[str, psutil.Process]:
        """Return the living parts by name."""
        return parts_of(self.data)

    def start(self) -> None:
        """Start every part; what went before has ended, or has left its parts behind."""
        self._starts += 1
        with self.log.open("a") as log:
            self._process = subprocess.Popen(
                [sys.executable, "manage.py", "run"], cwd=ROOT, stdout=log, stderr=subprocess.STDOUT
            )

    def wait_until_ready(self) -> None:
        """Wait until every part answers; ends the program where that does not come."""
        deadline = time.monotonic() + PATIENCE
        # Parts that were left behind may answer too, so it must have said so.
        while (problem := self.problem()) is not None or self._announced() < self._starts:
            ended = self._process is None or self._process.poll() is not None
            if ended or time.monotonic() > deadline:
                raise SystemExit(f"Stockwatch did not start ({problem}):\n{self.log.read_text()}")
            time.sleep(0.1)

    def _announced(self) -> int:
        return self.log.read_text().count("Stockwatch is ready")

    def problem(self) -> Exception | None:
        """Return what keeps /readyz from saying yes, or None."""
        try:
            self.call("GET", "/readyz", timeout=2)
        except (urllib.error.URLError, OSError, ValueError) as error:
            return error
        return None

    def end(self) -> None:
        """End every part as Ctrl-C does, and wait until they are gone."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait()

    def kill(self) -> None:
        """Kill the supervisor alone: its parts are left behind."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()


def parts_of(data: Path) -> dict[str, psutil.Process]:
    """Return the living parts of a data folder by name, found by the mark they carry."""
    found = {}
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            variables = process.environ()
            if variables.get("STOCKWATCH_RUN") == str(data):
                found[variables["SUPERVISOR_PROCESS_NAME"]] = process
    return found


@contextmanager
def running(data: Path, settings: Mapping[str, str]) -> Iterator[Stockwatch]:
    """Start every part on the data folder; end them all with the block.

    This process sees the same settings from then on, so that it may set Django up.
    """
    data.mkdir(exist_ok=True)
    stockwatch = Stockwatch(data, free_port())
    os.environ.update(
        {
            "STOCKWATCH_DATA": str(data),
            "REDIS_URL": "",
            "PORT": str(stockwatch.port),
            **settings,
        }
    )
    try:
        stockwatch.start()
        stockwatch.wait_until_ready()
        yield stockwatch
    finally:
        stockwatch.end()
