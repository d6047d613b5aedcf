"""Group commit: of threads that want to write, one writes for all that wait."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class GroupCommit(Generic[T]):
    """Work that is done one lot after the other, a lot being all that came meanwhile.

    A process's threads share one interpreter, so two writers at once take twice as long, and who
    finds SQLite's only writer at work sleeps before asking again. What one transaction costs for
    itself, a whole lot pays once. Whoever comes alone waits for nobody.
    """

    def __init__(self, write: Callable[[Sequence[T]], None]) -> None:
        self._write = write
        self._turn = Lock()
        self._gate = Lock()
        self._waiting: list[tuple[T, Future[None]]] = []

    def put(self, item: T) -> None:
        """Return when the item has been written; raise what writing its lot raised."""
        written: Future[None] = Future()
        with self._gate:
            self._waiting.append((item, written))
        with self._turn:
            if not written.done():
                self._write_waiting()
        written.result()

    def _write_waiting(self) -> None:
        with self._gate:
            lot, self._waiting = self._waiting, []
        try:
            self._write([item for item, _written in lot])
        except BaseException as error:  # whoever waits is told
            for _item, written in lot:
                written.set_exception(error)
            raise
        for _item, written in lot:
            written.set_result(None)
