"""The end of what a killed run left: Valkey last, and nobody may hold it up."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from stockwatch.leftovers import MARKER, PATIENCE_SECONDS, end_leftovers

STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(); time.sleep(60)"
)
OBEDIENT = "import time; print(); time.sleep(60)"


@pytest.fixture
def left(tmp_path):
    """Leave parts behind, each a process with the mark."""
    processes: list[subprocess.Popen[str]] = []

    def leave(program: str, executable: Path | str = sys.executable) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [str(executable), "-c", program],
            env=os.environ | {MARKER: str(tmp_path)},
            stdout=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        assert process.stdout
        process.stdout.readline()
        return process

    yield leave
    for process in processes:
        process.kill()
        process.communicate()


def test_a_part_that_does_not_listen_is_killed_soon(left, tmp_path):
    stubborn, obedient = left(STUBBORN), left(OBEDIENT)
    begun = time.monotonic()

    end_leftovers(tmp_path, tmp_path / "valkey.pid")

    assert time.monotonic() - begun < PATIENCE_SECONDS / 2
    # Nobody has waited for them, so they are zombies now: who is dead need not be buried.
    assert stubborn.wait() == -signal.SIGKILL
    assert obedient.wait() == -signal.SIGTERM


def test_valkey_goes_when_all_others_have_gone(left, tmp_path, monkeypatch):
    valkey = left(OBEDIENT)
    other = left(STUBBORN)
    monkeypatch.setattr(
        "stockwatch.leftovers._is_valkey", lambda process: process.pid == valkey.pid
    )
    alive: list[bool] = []
    terminate = psutil.Process.terminate

    def noted(process: psutil.Process) -> None:
        if process.pid == valkey.pid:
            alive.append(other.poll() is None)
        terminate(process)

    monkeypatch.setattr(psutil.Process, "terminate", noted)

    end_leftovers(tmp_path, tmp_path / "valkey.pid")

    assert alive == [False]
    assert valkey.wait() == -signal.SIGTERM
