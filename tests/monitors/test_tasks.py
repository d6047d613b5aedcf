"""Sweeps: they never overlap, never pile up, and split into chunks that end them."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from celery.signals import worker_ready
from django.contrib.auth.models import User
from django.utils import timezone

from monitors import lifecycle, tasks
from monitors.asking import fetching
from monitors.asking.connections import FETCH_TIMEOUT
from monitors.asking.fetching import Haul
from monitors.lifecycle import RuleSpec
from monitors.models import Monitor, Service, Sweep
from monitors.models.service import KEPT_SWEEPS, TAKING_LEASE, WORKING_LEASE, SweepQuerySet
from monitors.sources.base import SourceError
from monitors.symbols import Symbol
from stockwatch.celery import _schedule

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch):
    """The chunks that were handed to workers, and with which options."""
    handed: list[dict[str, Any]] = []
    monkeypatch.setattr(tasks.poll, "apply_async", lambda **call: handed.append(call))
    return handed


@pytest.fixture
def monitor() -> Monitor:
    owner = User.objects.create(username="ann").pk
    rules = [RuleSpec("price_above", {"price": "1"})]
    return lifecycle.create(owner, Symbol.parse("600519.SH"), rules, trading_hours_only=False)


def test_a_sweep_hands_out_its_chunks(monitor, sent):
    tasks.sweep()
    sweep = Sweep.objects.get()
    assert [call["args"] for call in sent] == [(sweep.pk, {"600519.SH": None}, ["600519.SH"])]
    assert (sweep.instruments, sweep.chunks, sweep.finished_at) == (1, 1, None)


def test_a_sweep_does_not_begin_while_another_is_under_way(monitor, sent):
    tasks.sweep()
    tasks.sweep()
    assert len(sent) == Sweep.objects.count() == 1
    Sweep.objects.chunks_done(Sweep.objects.get().pk, 1, quotes=1, fired=0)
    tasks.sweep()
    assert len(sent) == Sweep.objects.count() == 2


def test_a_sweep_that_no_worker_takes_gives_way(monitor, sent, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    tasks.sweep()
    time_machine.shift(TAKING_LEASE)
    tasks.sweep()
    lost, next_one = Sweep.objects.order_by("pk")
    assert len(sent) == 2
    assert lost.finished_at is not None
    assert next_one.finished_at is None


def test_a_chunk_that_a_worker_has_may_take_longer(monitor, sent, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    tasks.sweep()
    Sweep.objects.chunk_taken(Sweep.objects.get().pk)
    time_machine.shift(TAKING_LEASE)
    tasks.sweep()
    assert len(sent) == 1
    time_machine.shift(WORKING_LEASE)
    tasks.sweep()
    assert len(sent) == 2


def test_a_chunk_that_ends_gives_the_others_no_more_time_than_to_be_taken(sent, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    sweep = Sweep.objects.begin(instruments=2, chunks=2)
    assert sweep is not None
    Sweep.objects.chunk_taken(sweep.pk)
    Sweep.objects.chunks_done(sweep.pk, 1, quotes=1, fired=0)
    assert Sweep.objects.under_way().exists()
    time_machine.shift(TAKING_LEASE)
    assert not Sweep.objects.under_way().exists()


def test_a_chunk_may_take_longer_than_one_lease_while_it_asks_one_source_after_another(
    monitor, sent, settings, time_machine, monkeypatch
):
    settings.QUOTE_SOURCES = ["tencent", "sina", "eastmoney", "yahoo"]
    time_machine.move_to(timezone.now(), tick=False)
    tasks.sweep()
    asked: list[int] = []

    def time_out(_source, symbols):
        time_machine.shift(FETCH_TIMEOUT)
        tasks.sweep()
        asked.append(len(sent))
        raise SourceError("no answer in time")

    monkeypatch.setattr(fetching, "request", time_out)
    tasks.poll(*sent[0]["args"])
    assert asked == [1] * 4, "no other sweep began meanwhile"
    assert Sweep.objects.get().finished_at is not None


def test_a_chunk_that_is_answered_at_once_writes_one_sign_of_life(monitor, sent, monkeypatch):
    tasks.sweep()
    signs: list[int] = []
    monkeypatch.setattr(SweepQuerySet, "chunk_taken", lambda _sweeps, pk: signs.append(pk))
    tasks.poll(*sent[0]["args"])
    assert len(signs) == 1


def test_a_chunk_that_ends_takes_no_time_from_another_that_a_worker_has(
    monitor, sent, time_machine, monkeypatch
):
    time_machine.move_to(timezone.now(), tick=False)
    slow = Sweep.objects.begin(instruments=2, chunks=2)
    assert slow is not None

    def fetch(known, _still_here):
        if known:  # the slow one, during which another ends
            tasks.poll(slow.pk, {})
            time_machine.shift(FETCH_TIMEOUT)
            tasks.sweep()
        return Haul()

    monkeypatch.setattr(tasks, "fetch", fetch)
    tasks.poll(slow.pk, {"600519.SH": None})
    assert sent == []
    slow.refresh_from_db()
    assert (slow.done, slow.finished_at is None) == (2, False)


def test_a_sweep_whose_chunks_cannot_be_sent_is_given_up(monitor, monkeypatch):
    monkeypatch.setattr(tasks.poll, "apply_async", lambda **_call: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        tasks.sweep()
    assert Sweep.objects.get().finished_at is not None


def test_a_new_worker_gives_up_the_sweeps_of_the_one_before(monitor, sent):
    tasks.sweep()
    worker_ready.send(sender=None)
    assert not Sweep.objects.under_way().exists()
    tasks.sweep()
    assert len(sent) == 2


def test_a_sweep_with_nothing_due_has_ended(sent):
    tasks.sweep()
    assert not sent
    assert Sweep.objects.get().finished_at is not None


def test_a_stopped_service_does_not_sweep(monitor, sent):
    Service.switch(running=False)
    tasks.sweep()
    assert not sent
    assert not Sweep.objects.exists()


def test_the_last_chunk_ends_a_sweep():
    sweep = Sweep.objects.begin(instruments=3, chunks=2)
    assert sweep is not None
    Sweep.objects.chunks_done(sweep.pk, 1, quotes=2, fired=1)
    sweep.refresh_from_db()
    assert sweep.finished_at is None
    Sweep.objects.chunks_done(sweep.pk, 1, quotes=1, fired=0)
    sweep.refresh_from_db()
    assert (sweep.done, sweep.quotes, sweep.fired) == (2, 3, 1)
    assert sweep.finished_at is not None


def test_a_chunk_that_fails_does_not_keep_the_next_sweep_waiting(monitor, monkeypatch):
    sweep = Sweep.objects.begin(instruments=1, chunks=1)
    assert sweep is not None
    monkeypatch.setattr(tasks, "fetch", lambda *_given: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        tasks.poll(sweep.pk, {"600519.SH": None})
    sweep.refresh_from_db()
    assert sweep.finished_at is not None


def test_late_messages_are_dropped(monitor, sent, settings):
    settings.POLL_SECONDS = 3
    tasks.sweep()
    assert sent[0]["expires"] == WORKING_LEASE.total_seconds()
    app: Any = SimpleNamespace(conf=SimpleNamespace())
    _schedule(app)
    entries = app.conf.beat_schedule
    assert entries["sweep"]["options"]["expires"] == entries["sweep"]["schedule"] == 3
    assert all("expires" in entry["options"] for entry in entries.values())


def test_monitors_whose_time_is_over_expire(monitor):
    Monitor.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    tasks.expire()
    monitor.refresh_from_db()
    assert monitor.status == "expired"
    assert monitor.rules.get().state == "off"
    assert not monitor.rules.get().triggers.exists()


def test_old_sweeps_are_forgotten():
    Sweep.objects.bulk_create(Sweep(finished_at=timezone.now()) for _ in range(KEPT_SWEEPS + 5))
    tasks.prune()
    assert Sweep.objects.count() == KEPT_SWEEPS
