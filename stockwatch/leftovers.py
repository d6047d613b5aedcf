"""One Stockwatch per data folder: the lock, and the end of what a killed run left behind."""

import fcntl
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

# Every part is started with this variable, its value the data folder, and so can be found again.
MARKER = "STOCKWATCH_RUN"
PATIENCE_SECONDS = 10
# What works for a while on its own may be killed at any moment; it is asked first, so that sockets
# are told and transactions end.
POLITE_SECONDS = 0.5


class AlreadyRunningError(RuntimeError):
    """Another Stockwatch holds this data folder."""


@contextmanager
def sole_run(data: Path) -> Iterator[None]:
    """Hold the data folder's lock; AlreadyRunningError names the pid of who has it.

    The kernel frees the lock when its holder dies, however it dies.
    """
    with (data / "run.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            raise AlreadyRunningError(
                f"already running as process {file.read().strip() or 'unknown'}"
                f" on {data}; end that one or set STOCKWATCH_DATA to another folder"
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def end_leftovers(data: Path, valkey_pid_file: Path) -> None:
    """End the parts that a killed run of this data folder left, and wait until they are gone.

    Valkey goes last: without it the others do not end but try to reach it. It is given time to
    write its data down; the others are made to be killed.
    """
    left = list(_parts_of(data, valkey_pid_file))
    valkey = [process for process in left if _is_valkey(process)]
    _end([process for process in left if process not in valkey], POLITE_SECONDS)
    _end(valkey, PATIENCE_SECONDS)


def _end(processes: Sequence[psutil.Process], patience: float) -> None:
    """Ask with SIGTERM, and insist with SIGKILL."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    for process in _outliving(processes, patience):
        with suppress(psutil.NoSuchProcess):
            process.kill()
    _outliving(processes, PATIENCE_SECONDS)


def _outliving(processes: Sequence[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Wait for the processes to end; return those that have not by then.

    Not psutil.wait_procs: who buries orphans is the system's business, and a container's first
    process may take its time or never do it. A zombie holds no port, no file and no lock.
    """
    deadline = time.monotonic() + seconds
    while (living := [one for one in processes if _lives(one)]) and time.monotonic() < deadline:
        time.sleep(0.02)
    return living


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _is_valkey(process: psutil.Process) -> bool:
    try:
        return "valkey" in process.name()
    except psutil.Error:
        return False


def _parts_of(data: Path, valkey_pid_file: Path) -> Iterator[psutil.Process]:
    """Yield this user's processes that carry the marker, and Valkey by its pid file.

    The pid file serves where a system does not show a process's environment; a pid that came
    round to another program does not count.
    """
    ours = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    valkey = _recorded_pid(valkey_pid_file)
    for process in psutil.process_iter():
        if process.pid in ours:
            continue
        with suppress(psutil.Error, OSError):
            if process.uids().real != os.getuid():
                continue
            if process.environ().get(MARKER) == str(data):
                yield process
                continue
        with suppress(psutil.Error, OSError):
            if process.pid == valkey and _is_valkey(process):
                yield process


def _recorded_pid(file: Path) -> int | None:
    try:
        return int(file.read_text())
    except (OSError, ValueError):
        return None
