"""Group commit: of threads that want to write, one writes for all that wait."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")

Work = Callable[[Sequence[T]], None]


class GroupCommit(Generic[T]):
    """Work that is done one lot after the other, a lot being all that came meanwhile.

    A process's threads share one interpreter, so two writers at once take twice as long, and who
    finds SQLite's only writer at work sleeps before asking again. What one transaction costs for
    itself, a whole lot pays once. Whoever comes alone waits for nobody.

    `settle` then does for all of them what nobody waits for, well written or not.
    """

    def __init__(self, write: Work[T], settle: Work[T]) -> None:
        self._write = write
        self._settle = settle
        self._turn = Lock()
        self._gate = Lock()
        self._waiting: list[tuple[T, Future[None]]] = []

    def put(self, item: T) -> None:
        """Return when the item is written and settled; raise what that raised for its lot."""
        done: Future[None] = Future()
        with self._gate:
            self._waiting.append((item, done))
        with self._turn:
            if not done.done():
                self._work()
        done.result()

    def _work(self) -> None:
        taken: list[tuple[T, Future[None]]] = []
        errors: dict[Future[None], BaseException] = {}
        while lot := self._take():
            taken += lot
            if error := _failure(self._write, lot):
                errors |= {done: error for _item, done in lot}
        error = _failure(self._settle, taken)
        for _item, done in taken:
            if problem := errors.get(done, error):
                done.set_exception(problem)
            else:
                done.set_result(None)

    def _take(self) -> list[tuple[T, Future[None]]]:
        with self._gate:
            lot, self._waiting = self._waiting, []
        return lot


def _failure(work: Work[T], lot: Sequence[tuple[T, Future[None]]]) -> BaseException | None:
    try:
        work([item for item, _done in lot])
    except BaseException as error:  # noqa: BLE001 -- whoever waits is told, whatever it is
        return error
    return None
