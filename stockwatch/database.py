"""Database work for asynchronous code, in a few threads of its own.

Django's own bridge runs all work outside of a request in one thread of the process: one write that
waits for a lock would make every socket wait.
"""

import asyncio
from collections.abc import Callable, Hashable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from django.db import close_old_connections

P = ParamSpec("P")
T = TypeVar("T")
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

THREADS = 4

_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="database")


async def in_database(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run synchronous database work in a thread and return its result."""

    def guarded() -> T:
        close_old_connections()
        try:
            return work(*args, **kwargs)
        finally:
            close_old_connections()

    return await asyncio.get_running_loop().run_in_executor(_threads, guarded)


class Batched(Generic[K, V]):
    """A look-up that many ask for one thing each, done for all of them at once.

    What is asked while a batch is under way makes the next batch: one caller alone waits for
    nobody, and of thousands that come at once hundreds share a query. `look_up` takes keys and
    returns what it found by key; what it raises, each caller of that batch gets.
    """

    def __init__(self, look_up: Callable[[Sequence[K]], Mapping[K, V]], most: int = 200) -> None:
        self._look_up = look_up
        self._most = most
        self._waiting: WeakKeyDictionary[
            asyncio.AbstractEventLoop, dict[K, asyncio.Future[V | None]]
        ] = WeakKeyDictionary()
        self._working: set[asyncio.Task[None]] = set()

    async def get(self, key: K) -> V | None:
        """Return what belongs to the key; None if nothing does."""
        loop = asyncio.get_running_loop()
        waiting = self._waiting.get(loop)
        if waiting is None:
            waiting = self._waiting[loop] = {}
            task = loop.create_task(self._work(loop, waiting))
            self._working.add(task)
            task.add_done_callback(self._working.discard)
        answer = waiting.get(key)
        if answer is None:
            answer = waiting[key] = loop.create_future()
        # Shielded: a caller that is cancelled must not take the answer from the others.
        return await asyncio.shield(answer)

    async def _work(
        self, loop: asyncio.AbstractEventLoop, waiting: dict[K, asyncio.Future[V | None]]
    ) -> None:
        while waiting:
            batch = {key: waiting.pop(key) for key in list(waiting)[: self._most]}
            try:
                found = await in_database(self._look_up, list(batch))
            except Exception as error:  # noqa: BLE001 -- whoever asked is told
                for answer in batch.values():
                    answer.set_exception(error)
                    answer.exception()  # looked at: a caller that has gone is no mistake
            else:
                for key, answer in batch.items():
                    answer.set_result(found.get(key))
        del self._waiting[loop]
