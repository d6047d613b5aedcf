"""`manage.py run` as a user meets it: real parts, real signals, nothing left behind."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest

from tests.running import parts_of
from tests.servers import free_port

ROOT = Path(__file__).parents[2]
PARTS = {"valkey", "worker", "messenger", "beat", "web"}
# How long the machine may take at most; nothing here is meant to take long.
PATIENCE_SECONDS = 180

pytestmark = pytest.mark.system


class Run:
    """One `manage.py run`, in a process group of its own, as a terminal starts it."""

    def __init__(self, data: Path, *arguments: str, command: tuple[str, ...] = (), **settings: str):
        self.data = data
        self.port = settings.setdefault("PORT", str(free_port()))
        # A bare REDIS_URL is an unset one: the parts start a Valkey of their own.
        environment = os.environ | {"STOCKWATCH_DATA": str(data), "REDIS_URL": "", **settings}
        self.process = subprocess.Popen(
            [*command, sys.executable, "manage.py", "run", *arguments],
            cwd=ROOT, env=environment, text=True, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def read_until(self, words: str) -> str:
        """Read what it prints up to the line that holds `words`; fail if it ends or hangs first."""
        watch = threading.Timer(PATIENCE_SECONDS, self.kill)
        watch.start()
        try:
            assert self.process.stdout is not None
            seen = []
            for line in self.process.stdout:
                seen.append(line)
                if words in line:
                    return line
            pytest.fail(f"ended without {words!r}:\n{''.join(seen)}")
        finally:
            watch.cancel()

    def started(self) -> "Run":
        self.read_until("Stockwatch is ready")
        return self

    def parts(self) -> dict[str, psutil.Process]:
        return parts_of(self.data)

    def end(self, signum: signal.Signals) -> int:
        self.process.send_signal(signum)
        return self.wait()

    def wait(self) -> int:
        self.process.communicate(timeout=PATIENCE_SECONDS)
        return self.process.returncode

    def kill(self) -> None:
        self.process.kill()


@pytest.fixture
def start(tmp_path):
    """Start runs on one data folder; whatever a test leaves is ended after it."""
    runs: list[Run] = []

    def starter(*arguments: str, **options) -> Run:
        runs.append(Run(tmp_path, *arguments, **options))
        return runs[-1]

    yield starter
    for run in runs:
        run.kill()
        run.process.communicate()
        for part in run.parts().values():
            with contextlib.suppress(psutil.NoSuchProcess):
                part.kill()


def test_every_part_runs_and_the_address_and_login_are_printed(start):
    run = start()

    assert run.read_until("Stockwatch is ready").endswith(f"http://127.0.0.1:{run.port}\n")
    assert run.read_until("Demo login").startswith("Demo login: demo / ")
    assert set(run.parts()) == PARTS
    assert run.end(signal.SIGTERM) == 0
    assert run.parts() == {}


def test_ctrl_c_ends_every_part(start):
    run = start().started()

    os.killpg(run.process.pid, signal.SIGINT)

    assert run.wait() == 0
    assert run.parts() == {}


@pytest.mark.parametrize("part", sorted(PARTS))
def test_a_part_that_dies_is_started_again(start, part):
    run = start().started()
    killed = run.parts()[part]

    killed.kill()
    run.read_until(f"{part} ended, starting it again")
    run.read_until(f"{part} is up again")

    assert set(run.parts()) == PARTS
    assert run.parts()[part].pid != killed.pid
    assert run.end(signal.SIGTERM) == 0
    assert run.parts() == {}


def test_after_a_sigkill_the_next_start_ends_the_leftovers_and_works(start):
    first = start().started()
    left = first.parts()
    first.kill()
    first.process.wait()
    assert {name for name, part in left.items() if part.is_running()} == PARTS

    second = start(PORT=first.port).started()

    assert not any(part.is_running() for part in left.values())
    assert set(second.parts()) == PARTS
    assert second.end(signal.SIGTERM) == 0


def test_a_second_start_on_the_same_data_is_refused(start):
    first = start().started()
    second = start()

    line = second.read_until("already running")

    assert str(first.process.pid) in line
    assert second.wait() == 1
    assert set(first.parts()) == PARTS


def test_a_taken_port_is_refused_before_anything_starts(start, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        run = start(PORT=str(other.getsockname()[1]))

        assert "setting PORT" in run.read_until("stockwatch:")
        assert run.wait() == 1
    assert not (tmp_path / "stockwatch.db").exists()
    assert run.parts() == {}


def test_it_ends_with_the_process_that_started_it(start):
    shell = ("sh", "-c", '"$@"; exit', "sh")
    run = start("--end-with-parent", command=shell).started()
    parts = list(run.parts().values())
    [supervisor] = psutil.Process(run.process.pid).children()

    run.kill()

    assert psutil.wait_procs([supervisor, *parts], timeout=PATIENCE_SECONDS)[1] == []


def test_an_own_redis_is_used_instead_of_the_embedded_one(start):
    run = start(REDIS_URL=os.environ["REDIS_URL"]).started()

    assert set(run.parts()) == PARTS - {"valkey"}
    assert run.end(signal.SIGTERM) == 0


def test_the_address_of_the_embedded_valkey_is_private(start):
    run = start().started()

    for file in ("redis-url", "valkey/valkey.conf"):
        assert (run.data / file).stat().st_mode & 0o777 == 0o600
    assert run.end(signal.SIGTERM) == 0
