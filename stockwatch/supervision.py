"""Keeps every part of Stockwatch running in the foreground: supervisord inside this process.

The parts are declared in supervisor.conf. supervisord does what is hard (forking, reaping, pausing
between restarts, rotating logs); here are the terminal, the readiness and the end.
"""

import os
import resource
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from supervisor import events
from supervisor.medusa.asyncore_25 import ExitNow
from supervisor.options import ServerOptions
from supervisor.poller import Poller
from supervisor.states import SupervisorStates
from supervisor.supervisord import Supervisor

from stockwatch.terminal import Terminal

CONFIG_FILE = Path(__file__).with_name("supervisor.conf")
# supervisord pauses one second longer after every failed start. No longer than this, though: a
# part is to be back soon after what it missed is there again.
LONGEST_PAUSE_SECONDS = 5
# supervisord looks about once a second, and twice until a part that died runs again.
LOOKS_EVERY_SECONDS = 0.1
# A browser that watches holds a socket; many systems allow a process only 256 or 1,024 files.
OPEN_FILES = 65_536


def supervise(
    variables: Mapping[str, str],
    *,
    without: set[str],
    terminal: Terminal,
    is_ready: Callable[[], bool],
    on_ready: Callable[[], None],
    parent: int | None,
) -> None:
    """Start the parts and keep them running until SIGINT, SIGTERM or the end of `parent`.

    `variables` fill supervisor.conf and reach every part by its environment; the parts named in
    `without` are not started. `is_ready` is asked several times a second until it says yes, then
    `on_ready` is called once. Returns when every part has ended.
    """
    os.environ.update(variables)
    _allow_open_files()
    options = ServerOptions()
    options.realize(["-c", str(CONFIG_FILE)])
    options.process_group_configs = [
        group for group in options.process_group_configs if group.name not in without
    ]
    options.test = False
    options.poller = _AttentivePoller(options)
    options.make_logger()
    with suppress(ExitNow):
        _Parts(options, terminal, is_ready, on_ready, parent).run()


class _Parts(Supervisor):  # type: ignore[misc]  # supervisor carries no types
    """supervisord with our terminal, our readiness, and an eye on who started us."""

    def __init__(
        self,
        options: ServerOptions,
        terminal: Terminal,
        is_ready: Callable[[], bool],
        on_ready: Callable[[], None],
        parent: int | None,
    ) -> None:
        super().__init__(options)
        self._terminal = terminal
        self._is_ready = is_ready
        self._on_ready = on_ready
        self._parent = parent
        self._ready = False
        self._down: set[str] = set()

    def runforever(self) -> None:
        """Subscribe to what the parts say and how they end, then run until told to stop."""
        events.subscribe(events.ProcessLogStdoutEvent, self._said)
        events.subscribe(events.ProcessStateExitedEvent, self._died)
        events.subscribe(events.ProcessStateBackoffEvent, self._died)
        events.subscribe(events.ProcessStateRunningEvent, self._runs)
        for group in sorted(self.process_groups.values()):
            group.transition()  # start now: supervisord would first wait a second for events
        super().runforever()

    def tick(self, now: float | None = None) -> None:
        """Do what is due at each look."""
        super().tick(now)
        if self._parent is not None and os.getppid() != self._parent:
            self.options.mood = SupervisorStates.SHUTDOWN
        for process in self._processes():
            process.backoff = min(process.backoff, LONGEST_PAUSE_SECONDS)
        if not self._ready and not self.stopping and self._is_ready():
            self._ready = True
            self._on_ready()

    def _processes(self) -> Iterator[Any]:
        for group in self.process_groups.values():
            yield from group.processes.values()

    def _said(self, event: Any) -> None:
        self._terminal.output(event.process.config.name, event.data)

    def _died(self, event: Any) -> None:
        self._down.add(event.process.config.name)
        self._terminal.line(f"stockwatch: {event.process.config.name} ended, starting it again")

    def _runs(self, event: Any) -> None:
        if event.process.config.name in self._down:
            self._down.remove(event.process.config.name)
            self._terminal.line(f"stockwatch: {event.process.config.name} is up again")


class _AttentivePoller(Poller):  # type: ignore[misc]  # supervisor carries no types
    """Waits for what the parts say, but not for long: that one died is not always heard."""

    def poll(self, timeout: float) -> Any:
        return super().poll(min(timeout, LOOKS_EVERY_SECONDS))


def _allow_open_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return
    # Where the system allows less than its hard limit says, as macOS does, it stays as it is.
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
