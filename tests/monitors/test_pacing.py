"""Short budgets: what is near a level is asked for at each sweep, the others in turn."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from monitors import kinds, lifecycle, polling, tasks
from monitors.lifecycle import RuleSpec
from monitors.market import Market
from monitors.models import Instrument, Quote, Sweep
from monitors.polling.pacing import affordable, distances, plan
from monitors.sources.base import Limits, Source
from monitors.symbols import Symbol

pytestmark = pytest.mark.django_db


class Poor(Source):
    """A source that may be asked for two symbols a sweep, 0.75 * 60 a minute at every 3 s."""

    markets = frozenset({Market.CN, Market.HK})
    batch_size = 1
    limits: Limits | None = Limits(requests_a_minute=60, at_once=2)

    async def fetch(self, symbols, http):
        raise NotImplementedError


class Rich(Poor):
    markets = frozenset({Market.HK})
    limits = None


@dataclass(frozen=True)
class Due:
    pk: int
    symbol: Symbol
    polled_at: object = None


@pytest.fixture
def sources(monkeypatch, settings):
    settings.POLL_SECONDS = 3

    def configure(**found: type[Source]) -> None:
        settings.QUOTE_SOURCES = list(found)
        monkeypatch.setattr(kinds, "source_kinds", lambda: found)

    return configure


def watched(count: int, levels: dict[int, str]) -> list[Due]:
    """Make instruments at a price of 100, each with a level at 200 or where `levels` says."""
    owner, _created = User.objects.get_or_create(username="ann")
    now = timezone.now()
    found = []
    for number in range(count):
        symbol = Symbol.parse(f"{600_000 + number}")
        rules = [RuleSpec("price_above", {"price": levels.get(number, "200")})]
        monitor = lifecycle.create(owner.pk, symbol, rules, trading_hours_only=False)
        Quote.objects.filter(pk=monitor.instrument_id).update(
            price=Decimal(100), at=now, source="poor"
        )
        found.append(Due(monitor.instrument_id, symbol, now - timedelta(seconds=60 - number)))
    return found


def numbers(chosen: list[Due]) -> list[int]:
    return [int(one.symbol.code) - 600_000 for one in chosen]


def test_what_can_be_afforded_is_asked_for(sources):
    sources(poor=Poor)
    due = watched(2, {})
    assert affordable(due) == due


def test_where_the_budget_is_short_the_longest_unasked_come_first(sources):
    sources(poor=Poor)
    assert numbers(affordable(watched(6, {}))) == [0, 1]


def test_what_is_near_a_level_comes_before_them_but_not_all_the_time(sources):
    sources(poor=Poor)
    assert numbers(affordable(watched(6, {4: "100.9", 5: "100.5"}))) == [0, 5]


def test_a_level_below_is_near_too(sources):
    sources(poor=Poor)
    due = watched(3, {})
    below = [RuleSpec("price_below", {"price": "99.5"})]
    owner = User.objects.get().pk
    lifecycle.create(owner, Symbol.parse("600002"), below, trading_hours_only=False)
    assert distances([one.pk for one in due]) == {
        due[0].pk: Decimal(1),
        due[1].pk: Decimal(1),
        due[2].pk: Decimal("0.005"),
    }
    assert numbers(affordable(due)) == [0, 2]


def test_a_source_without_limits_pays_for_all(sources):
    sources(poor=Poor, rich=Rich)
    far = plan(Market.HK)
    assert far is not None
    assert far.source == "rich"
    due = [Due(number, Symbol.parse(f"{number:05d}.HK")) for number in range(1, 9)]
    assert affordable(due) == due


def test_markets_share_what_one_source_can(sources):
    sources(poor=Poor)
    due = [*watched(2, {}), Due(99, Symbol.parse("00700.HK"), timezone.now())]
    assert numbers([one for one in affordable(due) if one.pk != 99]) == [0, 1]
    assert len(affordable(due)) == 2


def test_what_no_source_serves_is_left_out(sources):
    sources(poor=Poor)
    assert affordable([Due(1, Symbol.parse("AAPL"))]) == []


def test_chunks_spend_no_more_requests_than_there_are(sources):
    class Frugal(Poor):
        batch_size = 500

    sources(frugal=Frugal)
    due = [
        polling.Candidate(n, Symbol.parse(f"{600_000 + n}"), 0, True, None, None)
        for n in range(900)
    ]
    assert [len(chunk) for chunk in polling.chunks(due)] == [450, 450]


def test_sweeps_take_turns_and_say_what_they_left(sources, monkeypatch, client: Client):
    sources(poor=Poor)
    watched(5, {})
    asked: list[list[str]] = []
    monkeypatch.setattr(tasks.poll, "apply_async", lambda **call: asked.append([*call["args"][1]]))
    for _ in range(3):
        tasks.sweep()
        Sweep.objects.update(finished_at=timezone.now())
    turns = {symbol for chunk in asked for symbol in chunk}
    assert turns == {f"{600_000 + number}.SH" for number in range(5)}
    assert Sweep.objects.latest("pk").postponed == 3
    assert Instrument.objects.filter(polled_at=None).count() == 0
    boss = User.objects.create_superuser("root")
    client.force_login(boss)
    assert "3 left for later" in client.get("/admin/monitors/service/").content.decode()
    api = APIClient()
    api.force_authenticate(boss)
    assert api.get("/api/v1/realtime/status").json()["last_sweep"]["postponed"] == 3
