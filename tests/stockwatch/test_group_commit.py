"""Threads that write: one lot after the other, and together what came meanwhile."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Event

import pytest

from stockwatch.group_commit import GroupCommit

PATIENCE = 10.0


class Ledger:
    """Writes that wait until they are let go; what was written and settled, by lots."""

    def __init__(self) -> None:
        self.lots: list[list[str]] = []
        self.settled: list[list[str]] = []
        self.begun, self.go_on = Event(), Event()
        self.commit = GroupCommit(self.write, self.settle)

    def write(self, lot: Sequence[str]) -> None:
        self.lots.append(list(lot))
        self.begun.set()
        assert self.go_on.wait(PATIENCE)
        if "bad" in lot:
            raise ValueError("bad")

    def settle(self, items: Sequence[str]) -> None:
        self.settled.append(list(items))

    def has_waiting(self, count: int) -> bool:
        return len(self.commit._waiting) == count


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def threads():
    with ThreadPoolExecutor(8) as pool:
        yield pool


def until(condition: Callable[[], bool]) -> None:
    for _ in range(int(PATIENCE * 1000)):
        if condition():
            return
        Event().wait(0.001)
    raise AssertionError("it did not come to that")


def meanwhile(ledger: Ledger, threads: ThreadPoolExecutor, first: str, *others: str):
    """Put one item and, while it is being written, the others."""
    puts = [threads.submit(ledger.commit.put, first)]
    assert ledger.begun.wait(PATIENCE)
    for count, other in enumerate(others, 1):
        puts.append(threads.submit(ledger.commit.put, other))
        until(partial(ledger.has_waiting, count))
    ledger.go_on.set()
    return puts


def test_who_comes_alone_waits_for_nobody(ledger):
    ledger.go_on.set()
    ledger.commit.put("a")
    ledger.commit.put("b")
    assert ledger.lots == ledger.settled == [["a"], ["b"]]


def test_what_comes_meanwhile_is_written_together_in_its_order(ledger, threads):
    for put in meanwhile(ledger, threads, "a", "b", "c", "d"):
        put.result(PATIENCE)
    assert ledger.lots == [["a"], ["b", "c", "d"]]
    assert ledger.settled == [["a", "b", "c", "d"]]


def test_a_lot_that_fails_is_told_so_and_settled_and_the_others_are_written(ledger, threads):
    fine, *bad = meanwhile(ledger, threads, "a", "bad", "c")
    fine.result(PATIENCE)
    for put in bad:
        with pytest.raises(ValueError, match="bad"):
            put.result(PATIENCE)
    assert ledger.settled == [["a", "bad", "c"]]
    ledger.commit.put("d")
    assert ledger.lots[-1] == ["d"]


def test_what_cannot_be_settled_is_told_to_all(ledger, threads, monkeypatch):
    monkeypatch.setattr(ledger.commit, "_settle", lambda _items: 1 / 0)
    for put in meanwhile(ledger, threads, "a", "b"):
        with pytest.raises(ZeroDivisionError):
            put.result(PATIENCE)
