"""Keeps every part of Stockwatch running in the foreground: supervisord inside this process.

The parts are declared in supervisor.conf. supervisord does what is hard (forking, reaping, pausing
between restarts, rotating logs); here are the terminal, the readiness and the end.
"""

import contextlib
import http.client
import os
import resource
import select
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from supervisor import events
from supervisor.medusa.asyncore_25 import ExitNow
from supervisor.options import ServerOptions
from supervisor.states import SupervisorStates
from supervisor.supervisord import Supervisor

CONFIG_FILE = Path(__file__).with_name("supervisor.conf")
# supervisord pauses one second longer after every failed start; no longer than this, though, so
# that a part is back soon after what it missed is there again.
LONGEST_PAUSE_SECONDS = 5
OPEN_FILES = 65_536


class Terminal:
    """Standard output that never blocks: a reader that stopped reading must not stop the parts.

    What cannot be written at once is dropped here; the log files have all of it.
    """

    def __init__(self) -> None:
        self._started: dict[str, bytes] = {}

    def line(self, text: str) -> None:
        """Write one line."""
        self._write(text.encode() + b"\n")

    def output(self, part: str, data: bytes) -> None:
        """Write a part's output line by line, each with the part's name before it."""
        *lines, rest = (self._started.pop(part, b"") + data).split(b"\n")
        self._started[part] = rest[-select.PIPE_BUF :]
        for line in lines:
            self._write(f"{part:>6} | ".encode() + line + b"\n")

    def _write(self, data: bytes) -> None:
        # A pipe that select calls writable takes at least PIPE_BUF bytes without blocking.
        with contextlib.suppress(OSError, ValueError):
            for start in range(0, len(data), select.PIPE_BUF):
                if not select.select([], [1], [], 0)[1]:
                    return
                os.write(1, data[start : start + select.PIPE_BUF])


class Parts(Supervisor):  # type: ignore[misc]  # supervisor carries no types
    """supervisord with our terminal, our readiness line, and an eye on who started us."""

    def __init__(self, options: ServerOptions, on_ready: Callable[[], None], parent: int | None):
        super().__init__(options)
        self._on_ready = on_ready
        self._parent = parent
        self._terminal = Terminal()
        self._ready = False

    def runforever(self) -> None:
        """Subscribe to what the parts do, then run until told to stop."""
        events.subscribe(events.ProcessLogStdoutEvent, self._said)
        events.subscribe(events.ProcessStateExitedEvent, self._died)
        events.subscribe(events.ProcessStateBackoffEvent, self._died)
        super().runforever()

    def tick(self, now: float | None = None) -> None:
        """Do what is due about once a second."""
        super().tick(now)
        if self._parent is not None and os.getppid() != self._parent:
            self.options.mood = SupervisorStates.SHUTDOWN
        for process in self._processes():
            process.backoff = min(process.backoff, LONGEST_PAUSE_SECONDS)
        if not self._ready and not self.stopping and self._web_answers():
            self._ready = True
            self._on_ready()

    def _processes(self) -> Iterator[Any]:
        for group in self.process_groups.values():
            yield from group.processes.values()
