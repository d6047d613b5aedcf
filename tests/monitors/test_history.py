"""Charts of stocks that are new here: the past comes from a source, what was seen stays."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from monitors import kinds, lifecycle, tasks
from monitors.instruments import history
from monitors.lifecycle import RuleSpec
from monitors.market import Candle, Market
from monitors.models import Bar, Feed, Instrument, Quote
from monitors.notices import outages
from monitors.sources.base import Limits, Source, SourceError
from monitors.sources.demo import minutes, snapshot
from monitors.symbols import Symbol

pytestmark = pytest.mark.django_db

MOUTAI = Symbol.parse("600519.SH")
NOW = datetime(2026, 11, 24, 2, 0, 30, tzinfo=UTC)


def candle(minute: int, price: str = "10") -> Candle:
    value = Decimal(price)
    at = NOW.replace(second=0) - timedelta(minutes=minute)
    return Candle(at, value, value, value, value, 100)


class Archive(Source):
    """A source that remembers as it is told."""

    markets = history_markets = frozenset({Market.CN})
    batch_size = 1
    limits = Limits(requests_a_minute=400, at_once=4)
    past: list[Candle] | Exception
    asked: list[Symbol]

    async def fetch(self, symbols, http):
        raise NotImplementedError

    async def history(self, symbol, http):
        self.asked.append(symbol)
        if isinstance(self.past, Exception):
            raise self.past
        return self.past


@pytest.fixture
def archives(monkeypatch, settings):
    """Configure archives, in the order given."""

    def configure(**pasts):
        settings.QUOTE_SOURCES = list(pasts)
        archives = {
            name: type(name, (Archive,), {"past": past, "asked": []})
            for name, past in pasts.items()
        }
        installed = kinds.source_kinds() | archives
        monkeypatch.setattr(kinds, "source_kinds", lambda: installed)
        return archives

    return configure


@pytest.fixture
def instrument() -> Instrument:
    owner = User.objects.create(username="ann").pk
    rules = [RuleSpec("price_above", {"price": "1"})]
    lifecycle.create(owner, MOUTAI, rules, trading_hours_only=False)
    Instrument.objects.update(history_due_at=NOW)
    return Instrument.objects.get()


def test_the_past_is_asked_for_once_and_kept_without_the_running_minute(archives, instrument):
    stubs = archives(first=[candle(2), candle(1), candle(0)])
    assert history.fill(NOW) == 2
    assert history.fill(NOW) == 0
    assert len(stubs["first"].asked) == 1
    assert list(Bar.objects.order_by("at").values_list("at", flat=True)) == [
        candle(2).at,
        candle(1).at,
    ]


def test_minutes_that_were_seen_stay_as_they_were_seen(archives, instrument):
    archives(first=[candle(2, "10"), candle(1, "10")])
    Bar.objects.fill(instrument, [candle(1, "11")])
    assert history.fill(NOW) == 1
    assert list(Bar.objects.order_by("at").values_list("close", flat=True)) == [10, 11]


def test_where_one_source_fails_the_next_is_asked(archives, instrument):
    stubs = archives(first=SourceError("HTTP 503"), second=[candle(1)])
    assert history.fill(NOW) == 1
    assert [len(one.asked) for one in stubs.values()] == [1, 1]


def test_a_mistake_in_a_source_keeps_nobody_waiting(archives, instrument):
    stubs = archives(first=KeyError("close"), second=[candle(1)])
    assert history.fill(NOW) == 1
    assert [len(one.asked) for one in stubs.values()] == [1, 1]


def test_what_nobody_tells_is_asked_for_again_later(archives, instrument):
    stubs = archives(first=SourceError("HTTP 503"))
    history.fill(NOW)
    history.fill(NOW + history.AGAIN_AFTER - timedelta(seconds=1))
    assert len(stubs["first"].asked) == 1
    history.fill(NOW + history.AGAIN_AFTER)
    assert len(stubs["first"].asked) == 2


def test_what_nobody_watches_is_not_asked_for(archives, instrument):
    stubs = archives(first=[candle(1)])
    lifecycle.delete(instrument.monitors.all())
    assert history.fill(NOW) == 0
    assert not stubs["first"].asked


def test_made_up_and_real_minutes_do_not_stand_in_one_chart(archives, instrument):
    archives(first=[candle(1)])
    Quote.objects.update(source="demo")
    assert history.fill(NOW) == 0
    assert not Bar.objects.exists()


def test_after_an_outage_the_gap_is_filled(archives, instrument):
    archives(first=[candle(1)])
    history.fill(NOW)
    Feed.objects.silent([Market.CN], NOW - outages.PATIENCE)
    outages.tell(NOW)
    Feed.objects.answered([Market.CN], NOW)
    outages.tell(NOW)
    assert Instrument.objects.get().history_due_at == NOW


def test_the_demo_market_remembers_its_day(settings, instrument):
    settings.QUOTE_SOURCES = ["demo"]
    Instrument.objects.update(history_due_at=timezone.now())
    tasks.fill_history()
    now = timezone.now().astimezone(Market.CN.timezone)
    passed = now.hour * 60 + now.minute
    assert abs(Bar.objects.count() - passed) <= 1


def test_the_demo_markets_minutes_agree_with_its_quotes():
    at = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    bars = minutes(MOUTAI, at)
    assert bars[-1].at == at - timedelta(minutes=1)
    last = snapshot(MOUTAI, at - timedelta(seconds=1))
    assert bars[-1].close == last.price
    assert (max(bar.high for bar in bars), min(bar.low for bar in bars)) == (last.high, last.low)
    assert sum(bar.volume for bar in bars) == last.volume
