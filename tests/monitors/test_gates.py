"""The gate of a source: its budget and its breaker, shared through the real Valkey."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from monitors.asking import gates
from monitors.asking.gates import FAILURES_IN_A_ROW, Entry, Gate, Verdict
from monitors.sources.base import Limits
from stockwatch.redis import client, key

WIDE = Limits(requests_a_minute=100_000, at_once=1000)


@pytest.fixture(autouse=True)
def no_jitter(monkeypatch):
    monkeypatch.setattr(gates, "uniform", lambda _low, _high: 1.0)


def ask(gate: Gate, verdict: Verdict = Verdict.OK, retry_after: float | None = None) -> Entry:
    entry = gate.enter()
    if entry.allowed:
        gate.leave(entry, verdict, retry_after)
    return entry


def pass_time(name: str, seconds: float) -> None:
    """Move what a gate remembers into the past."""
    state = key("source", name, "breaker")
    for field in ("open_until", "probing_until", "early_from"):
        value = client().hget(state, field)
        if value and float(value):
            client().hset(state, field, float(value) - seconds * 1000)
    bucket = key("source", name, "budget")
    if due := client().get(bucket):
        client().set(bucket, float(due) - seconds * 1000)


def opened(name: str) -> Gate:
    gate = Gate(name, WIDE)
    for _ in range(FAILURES_IN_A_ROW):
        ask(gate, Verdict.FAILED)
    return gate


def test_a_closed_gate_lets_pass():
    gate = Gate("x", WIDE)
    assert ask(gate).allowed
    assert gate.state().breaker == "closed"


def test_failures_in_a_row_open_it_and_a_success_between_them_does_not():
    gate = Gate("x", WIDE)
    for verdict in (Verdict.FAILED, Verdict.FAILED, Verdict.OK, Verdict.FAILED, Verdict.FAILED):
        ask(gate, verdict)
    assert ask(gate, Verdict.FAILED).allowed
    refused = ask(gate)
    assert (refused.allowed, refused.reason) == (False, "open")
    assert 4 < refused.wait <= 5
    assert gate.state().breaker == "open"


def test_a_ban_opens_it_at_once_for_as_long_as_was_said():
    gate = Gate("x", WIDE)
    ask(gate, Verdict.BANNED, retry_after=120)
    assert 110 < ask(gate).wait <= 120


def test_after_the_pause_one_request_is_the_probe():
    gate = opened("x")
    pass_time("x", 5.1)
    assert gate.state().breaker == "half-open"
    probe = gate.enter()
    assert probe.allowed
    assert not gate.enter().allowed, "others wait for what the probe finds"
    gate.leave(probe, Verdict.OK)
    assert ask(gate).allowed
    assert gate.state().breaker == "closed"


def test_each_probe_that_fails_doubles_the_pause_up_to_a_bound():
    gate, pauses = opened("x"), []
    for _ in range(8):
        pass_time("x", 301)
        ask(gate, Verdict.FAILED)
        pauses.append(round(gate.state().retry_in))
    assert pauses == [10, 20, 40, 80, 160, 300, 300, 300]


def test_where_nobody_else_answers_a_source_that_failed_is_probed_early():
    gate = opened("x")
    for _ in range(4):
        pass_time("x", 301)
        ask(gate, Verdict.FAILED)
    assert gate.enter(last_resort=True).reason == "open", "not as soon as it has failed"
    pass_time("x", gates.EARLY_PAUSE + 0.1)
    assert gate.enter().reason == "open"
    probe = gate.enter(last_resort=True)
    assert probe.allowed
    assert not gate.enter(last_resort=True).allowed
    gate.leave(probe, Verdict.OK)
    assert gate.state().breaker == "closed"
    assert gate.enter(last_resort=True).reason == "asked"


def test_a_ban_is_kept_to_even_where_nobody_else_answers():
    gate = Gate("x", WIDE)
    ask(gate, Verdict.BANNED, retry_after=60)
    pass_time("x", 30)
    assert gate.enter(last_resort=True).reason == "open"


def test_what_was_under_way_when_it_opened_does_not_make_the_pause_longer():
    gate = Gate("x", WIDE)
    entries = [gate.enter() for _ in range(8)]
    for entry in entries:
        gate.leave(entry, Verdict.FAILED)
    assert 4 < gate.state().retry_in <= 5


def test_a_probe_that_is_never_heard_of_again_is_given_up():
    gate = opened("x")
    pass_time("x", 5.1)
    gate.enter()
    pass_time("x", gates.LEASE)
    assert gate.enter().allowed


def test_no_minute_sees_more_than_the_limit():
    gate = Gate("x", Limits(requests_a_minute=60, at_once=1000))
    passed = 0
    for _tenth in range(600):
        while ask(gate).allowed:
            passed += 1
        pass_time("x", 0.1)
    assert 55 <= passed <= 60
    refused = gate.enter()
    assert (refused.allowed, refused.reason) == (False, "budget")
    assert 0 < refused.wait < 2


def test_the_budget_may_be_set(settings):
    settings.SOURCE_BUDGETS = {"x": 8}
    gate = Gate("x", WIDE)
    assert [ask(gate).allowed for _ in range(3)] == [True, True, False]
    assert gate.state().budget == 8


def test_so_many_are_under_way_at_once():
    gate = Gate("x", Limits(requests_a_minute=1000, at_once=2))
    first, _second = gate.enter(), gate.enter()
    assert gate.enter().reason == "busy"
    gate.leave(first, Verdict.OK)
    assert gate.enter().allowed


def test_workers_share_what_there_is():
    limits = Limits(requests_a_minute=80, at_once=1000)
    with ThreadPoolExecutor(8) as threads:
        entries = list(threads.map(lambda _n: Gate("x", limits).enter(), range(64)))
    allowed = sum(entry.allowed for entry in entries)
    assert 20 <= allowed <= 22


def test_the_budget_that_is_left_is_shown():
    gate = Gate("x", Limits(requests_a_minute=40, at_once=10))
    assert gate.state().budget_left == 10
    ask(gate)
    ask(gate)
    assert gate.state().budget_left in (7, 8)


def test_without_redis_all_may_pass(monkeypatch):
    def away(*_arguments):
        raise RedisConnectionError

    gate = Gate("x", WIDE)
    monkeypatch.setattr(gate, "_run", away)
    entry = gate.enter()
    gate.leave(entry, Verdict.FAILED)
    assert entry.allowed
