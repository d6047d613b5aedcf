"""A web process as `make run` starts one: the same command line, whatever the application."""

import os
import shlex
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from configparser import RawConfigParser
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.servers import free_port

STOCKWATCH = "stockwatch.asgi:application"
BARE_HUB = "tests.bench.bare_hub:application"

_SUPERVISOR = Path(__file__).parents[2] / "stockwatch" / "supervisor.conf"
_PATIENCE = 20.0


@dataclass(frozen=True)
class Web:
    """A running web process."""

    port: int
    process: psutil.Process

    def post(self, text: str, most: int | None = None) -> float:
        """Have a bare hub send a text to its sockets, or some; return when that began."""
        query = "" if most is None else f"?most={most}"
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/{query}", text.encode())
        begun = time.perf_counter()
        with urllib.request.urlopen(request, timeout=60):
            return begun

    def memory(self) -> int:
        """Return the bytes that it has in memory."""
        size: int = self.process.memory_info().rss
        return size

    def cpu_seconds(self) -> float:
        """Return the CPU time that it has used since its start."""
        times = self.process.cpu_times()
        return times.user + times.system


def command_line(application: str, port: int) -> list[str]:
    """Return how supervisor.conf starts the web process, with another application and port."""
    parser = RawConfigParser(comment_prefixes=(";",), inline_comment_prefixes=None)
    parser.read(_SUPERVISOR)
    values = {"PYTHON": sys.executable, "HOST": "127.0.0.1", "PORT": str(port)}
    line = parser["program:web"]["command"]
    for name, value in values.items():
        line = line.replace(f"%(ENV_STOCKWATCH_{name})s", value)
    return [application if word == STOCKWATCH else word for word in shlex.split(line)]


@contextmanager
def start_web(application: str, **variables: str) -> Iterator[Web]:
    """Run a web process until the block ends."""
    port = free_port()
    with subprocess.Popen(command_line(application, port), env=os.environ | variables) as process:
        try:
            _wait_until_it_listens(port)
            yield Web(port, psutil.Process(process.pid))
        finally:
            process.terminate()


def _wait_until_it_listens(port: int) -> None:
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
