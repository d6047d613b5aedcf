"""What users do to monitors: what each act returns, and what it leaves for the index to find."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from monitors import lifecycle
from monitors.evaluation import ingest
from monitors.lifecycle import RuleSpec
from monitors.models import Monitor, Rule, Trigger
from monitors.symbols import Symbol
from tests.market import OPENING, batch

ABOVE = RuleSpec("price_above", {"price": "12"})
BELOW = RuleSpec("price_below", {"price": "8"})

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> int:
    return User.objects.create(username="ann").pk


@pytest.fixture
def monitor(owner) -> Monitor:
    return lifecycle.create(owner, Symbol.parse("600519.SH"), [ABOVE, BELOW])


def states(monitor: Monitor) -> list[str]:
    return list(monitor.rules.order_by("pk").values_list("state", flat=True))


def waiting(monitor: Monitor) -> list[int]:
    """The rules of a monitor that the index can find."""
    mine = Trigger.objects.filter(rule__monitor=monitor)
    return sorted(mine.values_list("rule_id", flat=True))


def test_a_new_monitor_is_armed(monitor):
    assert monitor.status == "active"
    assert states(monitor) == ["armed", "armed"]
    assert waiting(monitor) == sorted(rule.pk for rule in monitor.rules.all())


def test_a_monitor_that_is_over_before_it_begins(owner):
    before = timezone.now() - timedelta(seconds=1)
    monitor = lifecycle.create(owner, Symbol.parse("AAPL"), [ABOVE], expires_at=before)
    assert (monitor.status, states(monitor), waiting(monitor)) == ("expired", ["off"], [])


@pytest.mark.parametrize(
    ("act", "status", "changes", "again"),
    [
        (lifecycle.pause, "paused", 1, 0),
        (lifecycle.resume, "active", 0, 0),
        (lifecycle.rearm, "active", 0, 0),
        (lifecycle.expire, "active", 0, 0),
    ],
)
def test_an_act_says_how_many_monitors_it_changed(monitor, act, status, changes, again):
    assert (act([monitor]), act([monitor])) == (changes, again)
    monitor.refresh_from_db()
    assert monitor.status == status


def test_a_paused_monitor_waits_for_nothing_and_cannot_be_rearmed(monitor):
    lifecycle.pause([monitor])
    assert lifecycle.rearm([monitor]) == 0
    assert (states(monitor), waiting(monitor)) == (["off", "off"], [])
    assert lifecycle.resume([monitor]) == 1
    assert states(monitor) == ["armed", "armed"]
    assert len(waiting(monitor)) == 2


def test_resuming_an_expired_monitor_takes_its_expiry_off(monitor):
    Monitor.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert lifecycle.expire([monitor]) == 1
    assert lifecycle.resume([monitor]) == 1
    monitor.refresh_from_db()
    assert (monitor.status, monitor.expires_at) == ("active", None)


def test_a_later_expiry_brings_an_expired_monitor_back(monitor):
    Monitor.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    lifecycle.expire([monitor])
    later = timezone.now() + timedelta(days=1)
    assert lifecycle.edit(monitor, expires_at=later).status == "active"
    assert len(waiting(monitor)) == 2


def test_an_earlier_expiry_ends_a_monitor(monitor):
    before = timezone.now() - timedelta(seconds=1)
    assert lifecycle.edit(monitor, expires_at=before).status == "expired"
    assert waiting(monitor) == []


def test_editing_a_paused_monitor_leaves_it_paused(monitor):
    lifecycle.pause([monitor])
    lifecycle.edit(monitor, rules=[ABOVE], note="later")
    assert (states(monitor), waiting(monitor)) == (["off"], [])


def test_rules_are_replaced_as_a_list(monitor):
    first, second = monitor.rules.order_by("pk")
    kept = RuleSpec("price_below", {"price": "8"}, id=second.pk)
    lifecycle.edit(monitor, rules=[kept, RuleSpec("stop_loss", {"price": "7"})])
    assert not Rule.objects.filter(pk=first.pk).exists()
    assert [rule.kind for rule in monitor.rules.order_by("pk")] == ["price_below", "stop_loss"]
    assert monitor.rules.order_by("pk")[0].pk == second.pk
    assert len(waiting(monitor)) == 2


def test_another_monitors_rule_cannot_be_taken_over(owner, monitor):
    other = lifecycle.create(owner, Symbol.parse("AAPL"), [ABOVE])
    stolen = other.rules.get()
    lifecycle.edit(monitor, rules=[RuleSpec("price_above", {"price": "1"}, id=stolen.pk)])
    stolen.refresh_from_db()
    assert (stolen.monitor_id, stolen.params) == (other.pk, {"price": "12"})
    assert monitor.rules.get().pk != stolen.pk


def test_trading_hours_reach_the_index(monitor):
    lifecycle.edit(monitor, trading_hours_only=False)
    assert not Trigger.objects.filter(in_session_only=True).exists()
    lifecycle.edit(monitor, trading_hours_only=True)
    assert not Trigger.objects.filter(in_session_only=False).exists()


def test_deleting_leaves_nothing_in_the_index(monitor):
    assert lifecycle.delete([monitor]) == 1
    assert not Trigger.objects.exists()
    assert lifecycle.pause([monitor]) == lifecycle.delete([monitor]) == 0
    with pytest.raises(Monitor.DoesNotExist):
        lifecycle.edit(monitor, note="too late")


def test_what_is_created_or_edited_as_paused_never_was_armed(owner, monkeypatch):
    armed = []
    monkeypatch.setattr("monitors.lifecycle.editing.arm_anew", lambda *given: armed.append(given))
    monitor = lifecycle.create(owner, Symbol.parse("AAPL"), [ABOVE], status="paused")
    assert (monitor.status, armed, Trigger.objects.count()) == ("paused", [], 0)
    assert lifecycle.resume([monitor]) == 1
    assert Trigger.objects.count() == 1
    assert lifecycle.edit(monitor, note="rest", status="paused").status == "paused"
    assert Trigger.objects.count() == 0
    assert lifecycle.edit(monitor, status="active").status == "active"
    assert Trigger.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_monitors_that_move_both_ways_while_quotes_come_never_lock_each_other_out(owner):
    symbols = [Symbol.parse("600519"), Symbol.parse("AAPL")]
    both = [lifecycle.create(owner, symbol, [ABOVE]) for symbol in symbols]

    def flip(monitor):
        for turn in range(20):
            lifecycle.edit(monitor, symbol=symbols[turn % 2])

    def flip_back(monitor):
        for turn in range(20):
            lifecycle.edit(monitor, symbol=symbols[(turn + 1) % 2])

    def quotes(_monitor):
        for second in range(20):
            at = OPENING + timedelta(seconds=second)
            ingest(batch(symbols, at, [Decimal(10), Decimal(13)]), at)

    def done(work):
        try:
            work[0](work[1])
        finally:
            connection.close()

    with ThreadPoolExecutor() as threads:
        list(threads.map(done, [(flip, both[0]), (flip_back, both[1]), (quotes, None)]))
