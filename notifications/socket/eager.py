"""Runs a coroutine at once, as far as it gets without waiting."""

from collections.abc import Awaitable, Coroutine, Generator
from typing import Any


def start(work: Coroutine[Any, Any, None]) -> Awaitable[None] | None:
    """Run a coroutine until it first waits; return the rest of it to await, None if none is left.

    A server's `send` seldom waits, daphne's never does: a task for each frame would cost as much
    as the frame. What the coroutine raises before it waits is raised here.
    """
    try:
        waits_for = work.send(None)
    except StopIteration:
        return None
    return _Rest(work, waits_for)


class _Rest:
    """A coroutine that has begun to wait: awaited, it goes on from there."""

    __slots__ = ("_waits_for", "_work")

    def __init__(self, work: Coroutine[Any, Any, None], waits_for: Any) -> None:
        self._work = work
        self._waits_for = waits_for

    def __await__(self) -> Generator[Any, Any, None]:
        waits_for = self._waits_for
        try:
            while True:
                try:
                    answer = yield waits_for
                except BaseException as error:  # noqa: BLE001 -- cancellation goes where it was meant to
                    waits_for = self._work.throw(error)
                else:
                    waits_for = self._work.send(answer)
        except StopIteration:
            return
