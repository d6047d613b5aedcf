"""Daily bars: asked for when a stock is new and after each close, stored, and told by REST."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from monitors import kinds, lifecycle, tasks
from monitors.calendars import Calendar
from monitors.instruments import bars, past_days
from monitors.lifecycle import RuleSpec
from monitors.market import Candle, Market
from monitors.models import Bar, DailyBar, Instrument, Quote, Service
from monitors.models.daily_bar import KEPT
from monitors.sources.base import Limits, Source, SourceError
from monitors.symbols import Symbol
from tests.conftest import MOUTAI, Trade

pytestmark = pytest.mark.django_db

CALENDAR = Calendar()
NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)  # a Tuesday, in Shanghai's lunch break
CLOSED = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)  # half an hour after its close


def day(text: str, close: str = "10", volume: int = 100) -> Candle:
    at = datetime.fromisoformat(f"2026-{text}T00:00:00").replace(tzinfo=Market.CN.timezone)
    price = Decimal(close)
    return Candle(at, price, price + 1, price - 1, price, volume)


WEEK = [day("11-19"), day("11-20"), day("11-23")]


class Archive(Source):
    """A source that knows the days that it is told."""

    markets = day_markets = frozenset({Market.CN})
    batch_size = 1
    limits = Limits(requests_a_minute=400, at_once=4)
    past: list[Candle] | Exception
    asked: list[Symbol]

    async def fetch(self, symbols, http):
        raise NotImplementedError

    async def days(self, symbol, http):
        self.asked.append(symbol)
        if isinstance(self.past, Exception):
            raise self.past
        return self.past


class Ignorant(Archive):
    """A source that knows no days."""

    day_markets = frozenset()


@pytest.fixture
def archives(monkeypatch, settings) -> Callable[..., dict[str, type[Archive]]]:
    """Configure archives, in the order given; None for one without days."""

    def configure(**pasts):
        settings.QUOTE_SOURCES = list(pasts)
        made = {
            name: type(name, (Ignorant if past is None else Archive,), {"past": past, "asked": []})
            for name, past in pasts.items()
        }
        installed = kinds.source_kinds() | made
        monkeypatch.setattr(kinds, "source_kinds", lambda: installed)
        return made

    return configure


def watch(symbol: Symbol = MOUTAI) -> Instrument:
    owner, _made = User.objects.get_or_create(username="ann")
    rules = [RuleSpec("price_above", {"price": "1"})]
    lifecycle.create(owner.pk, symbol, rules, trading_hours_only=False)
    Instrument.objects.filter(symbol=str(symbol)).update(days_due_at=NOON)
    return Instrument.objects.get(symbol=str(symbol))


def stored() -> list[str]:
    return [
        f"{one.day:%m-%d} {one.close.normalize():f}" for one in DailyBar.objects.order_by("day")
    ]


def test_days_are_asked_for_once_and_again_after_the_close(archives):
    made = archives(first=[*WEEK, day("11-24")])
    instrument = watch()
    assert past_days.fill(NOON, CALENDAR) == 3
    assert stored() == ["11-19 10", "11-20 10", "11-23 10"], "the day that runs is not over"
    instrument.refresh_from_db()
    assert instrument.days_due_at == CLOSED
    assert past_days.fill(CLOSED - timedelta(seconds=1), CALENDAR) == 0
    assert len(made["first"].asked) == 1
    assert past_days.fill(CLOSED, CALENDAR) == 1, "only what is new is written"
    assert stored()[-1] == "11-24 10"
    instrument.refresh_from_db()
    assert instrument.days_due_at == CLOSED + timedelta(days=1)


def test_what_is_first_watched_just_after_the_close_waits_for_the_final_figures(archives):
    archives(first=WEEK)
    watch()
    past_days.fill(CLOSED - timedelta(minutes=10), CALENDAR)
    assert Instrument.objects.get().days_due_at == CLOSED


def test_over_a_weekend_nobody_is_asked(archives):
    archives(first=WEEK)
    watch()
    past_days.fill(datetime(2026, 11, 27, 9, tzinfo=UTC), CALENDAR)
    assert Instrument.objects.get().days_due_at == datetime(2026, 11, 30, 7, 30, tzinfo=UTC)


def test_a_split_brings_all_days_to_the_new_scale(archives):
    made = archives(first=WEEK)
    watch()
    past_days.fill(NOON, CALENDAR)
    made["first"].past = [day("11-20", "5"), day("11-23", "5"), day("11-24", "5")]
    assert past_days.fill(CLOSED, CALENDAR) == 3
    assert stored() == ["11-20 5", "11-23 5", "11-24 5"], "the 19th is on another scale"


def test_a_shorter_reply_on_the_same_scale_takes_nothing_away(archives):
    made = archives(first=WEEK)
    watch()
    past_days.fill(NOON, CALENDAR)
    made["first"].past = [day("11-20")]
    past_days.fill(CLOSED, CALENDAR)
    assert stored() == ["11-19 10", "11-20 10", "11-23 10"]


def test_a_day_that_was_taken_back_goes_and_one_that_was_corrected_changes(archives):
    made = archives(first=WEEK)
    watch()
    past_days.fill(NOON, CALENDAR)
    made["first"].past = [WEEK[0], day("11-23", "10", volume=120)]
    assert past_days.fill(CLOSED, CALENDAR) == 1
    assert stored() == ["11-19 10", "11-23 10"]
    assert DailyBar.objects.latest("day").volume == 120


def test_where_one_source_fails_the_next_is_asked(archives):
    made = archives(first=SourceError("HTTP 503"), none=None, second=WEEK)
    watch()
    assert past_days.fill(NOON, CALENDAR) == 3
    assert [len(one.asked) for one in made.values()] == [1, 0, 1]


def test_what_nobody_tells_is_asked_for_again_later(archives):
    made = archives(first=SourceError("HTTP 503"))
    watch()
    past_days.fill(NOON, CALENDAR)
    past_days.fill(NOON + past_days.AGAIN_AFTER - timedelta(seconds=1), CALENDAR)
    assert len(made["first"].asked) == 1
    past_days.fill(NOON + past_days.AGAIN_AFTER, CALENDAR)
    assert len(made["first"].asked) == 2


def test_no_more_is_asked_than_a_budget_allows(archives, settings):
    made = archives(first=WEEK)
    settings.SOURCE_BUDGETS = {"first": 1}
    for code in range(600001, 600005):
        watch(Symbol.parse(f"{code}.SH"))
    for _ in range(4):
        past_days.fill(NOON, CALENDAR)
    assert 1 <= len(made["first"].asked) <= 2
    assert Instrument.objects.filter(days_due_at=NOON + past_days.AGAIN_AFTER).exists()


def test_stocks_without_days_come_first(archives):
    made = archives(first=WEEK)
    for code in range(600001, 600001 + past_days.A_RUN):
        old = watch(Symbol.parse(f"{code}.SH"))
        DailyBar.objects.replace(old, WEEK, NOON)
    watch()
    past_days.fill(NOON, CALENDAR)
    assert made["first"].asked[0] == MOUTAI
    assert len(made["first"].asked) == past_days.A_RUN


def test_what_nobody_watches_is_not_asked_for(archives):
    made = archives(first=WEEK)
    lifecycle.delete(watch().monitors.all())
    assert past_days.fill(NOON, CALENDAR) == 0
    assert not made["first"].asked


def test_a_stock_costs_the_same_queries_however_many_days_it_has(archives):
    def asked(code: str, days: int) -> int:
        made["first"].past = [replace_day(number) for number in range(days)]
        watch(Symbol.parse(f"{code}.SH"))
        with CaptureQueriesContext(connection) as queries:
            assert past_days.fill(NOON, CALENDAR) == days
        return len(queries)

    def replace_day(number: int) -> Candle:
        candle = day("11-23")
        candle.at -= timedelta(days=number)
        return candle

    made = archives(first=WEEK)
    assert asked("600001", 2) == asked("600002", 80)


def test_made_up_and_real_days_do_not_stand_in_one_chart(archives, trade: Trade):
    archives(first=WEEK)
    watch()
    Quote.objects.update(source="demo")
    assert past_days.fill(NOON, CALENDAR) == 0
    assert not DailyBar.objects.exists()


def test_where_real_prices_take_the_place_of_made_up_ones_days_begin_anew(trade: Trade):
    instrument = watch()
    trade("10")
    DailyBar.objects.replace(instrument, WEEK, NOON)
    Instrument.objects.update(days_due_at=timezone.now() + timedelta(days=1))
    trade("1700", source="tencent")
    assert not DailyBar.objects.exists()
    assert Instrument.objects.get().days_due_at <= timezone.now()


def test_only_three_years_are_kept(archives):
    instrument = watch()
    old, kept = day("11-23"), day("11-23")
    old.at -= KEPT
    kept.at -= KEPT - timedelta(days=2)
    assert DailyBar.objects.replace(instrument, [old, kept, *WEEK], NOON) == 4
    today = timezone.now().date()
    long_ago = (timezone.now() - KEPT).date() - timedelta(days=1)
    DailyBar.objects.exclude(day__in=["2026-11-19", "2026-11-20"]).delete()
    DailyBar.objects.filter(day="2026-11-19").update(day=long_ago)
    DailyBar.objects.filter(day="2026-11-20").update(day=today)
    tasks.prune()
    assert [one.day for one in DailyBar.objects.all()] == [today]


def test_the_demo_market_has_its_days_as_soon_as_a_stock_is_watched(settings, api: APIClient):
    settings.QUOTE_SOURCES = ["demo"]
    watch()
    Instrument.objects.update(days_due_at=timezone.now())
    tasks.fill_days()
    assert DailyBar.objects.count() == 500
    got = api.get("/api/v1/quotes/600519/bars?interval=1d&limit=1000").json()["results"]
    assert len(got) == 500
    yesterday = timezone.now().astimezone(Market.CN.timezone).date() - timedelta(days=1)
    assert got[-1]["at"] == f"{yesterday}T00:00:00+08:00"


def test_a_service_that_is_stopped_asks_nobody(archives):
    made = archives(first=WEEK)
    watch()
    Instrument.objects.update(days_due_at=timezone.now())
    Service.switch(running=False)
    tasks.fill_days()
    assert not made["first"].asked
    Service.switch(running=True)
    tasks.fill_days()
    assert made["first"].asked


def minute(text: str, price: str) -> Candle:
    value = Decimal(price)
    return Candle(datetime.fromisoformat(f"2026-{text}+08:00"), value, value, value, value, 5)


def told(api: APIClient, query: str) -> list[str]:
    results = api.get(f"/api/v1/quotes/600519/bars?{query}").json()["results"]
    return [
        f"{one['at'][5:10]} {one['open']} {one['high']} {one['low']} {one['close']} {one['volume']}"
        for one in results
    ]


def test_rest_tells_stored_days_and_makes_today_of_minutes(api: APIClient):
    instrument = watch()
    DailyBar.objects.replace(instrument, WEEK, NOON)
    Bar.objects.fill(instrument, [minute("11-23T10:00:00", "99"), minute("11-24T10:00:00", "12")])
    assert told(api, "interval=1d") == [
        "11-19 10.00 11.00 9.00 10.00 100",
        "11-20 10.00 11.00 9.00 10.00 100",
        "11-23 10.00 11.00 9.00 10.00 100",
        "11-24 12.00 12.00 12.00 12.00 5",
    ]
    assert told(api, "interval=1d&limit=2")[0].startswith("11-23")
    assert told(api, "interval=1m&limit=1") == ["11-24 12.00 12.00 12.00 12.00 5"]


def test_where_no_source_knows_days_minutes_make_them(api: APIClient):
    instrument = watch()
    Bar.objects.fill(instrument, [minute("11-23T10:00:00", "99"), minute("11-24T10:00:00", "12")])
    assert [line[:11] for line in told(api, "interval=1d")] == ["11-23 99.00", "11-24 12.00"]


def test_weeks_and_months_are_sums_of_days(api: APIClient):
    instrument = watch()
    days = [day("10-30", "8"), day("11-02", "9"), *WEEK]
    DailyBar.objects.replace(instrument, days, NOON)
    Bar.objects.fill(instrument, [minute("11-24T10:00:00", "12")])
    assert told(api, "interval=1w") == [
        "10-26 8.00 9.00 7.00 8.00 100",
        "11-02 9.00 10.00 8.00 9.00 100",
        "11-16 10.00 11.00 9.00 10.00 200",
        "11-23 10.00 12.00 9.00 12.00 105",
    ]
    assert told(api, "interval=1M") == [
        "10-01 8.00 9.00 7.00 8.00 100",
        "11-01 9.00 12.00 8.00 12.00 405",
    ]
    assert told(api, "interval=1M&limit=1")[0] == told(api, "interval=1M")[1]


@pytest.mark.parametrize("interval", ["1d", "1w", "1M"])
def test_days_cost_two_queries_and_use_the_keys(interval: str):
    instrument = watch()
    DailyBar.objects.replace(instrument, WEEK, NOON)
    with CaptureQueriesContext(connection) as queries:
        assert bars.newest(instrument, interval, 1000, CALENDAR)
    assert len(queries) == 2
    if connection.vendor == "sqlite":
        for query in queries:
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
                plan = " ".join(str(row[-1]) for row in cursor.fetchall())
            assert re.match("SEARCH [^ ]+ USING", plan), plan
            assert not re.search("SCAN|TEMP B-TREE", plan), plan


def test_new_york_has_days_of_its_own():
    owner = User.objects.create(username="ann").pk
    lifecycle.create(owner, Symbol.parse("AAPL"), [RuleSpec("price_above", {"price": "1"})])
    instrument = Instrument.objects.get()
    at = datetime(2026, 11, 23, tzinfo=Market.US.timezone)
    price = Decimal(10)
    DailyBar.objects.replace(instrument, [Candle(at, price, price, price, price, 1)], NOON)
    assert DailyBar.objects.get().day == date(2026, 11, 23)
    [bar] = bars.newest(instrument, "1d", 5, CALENDAR)
    assert bar.at.isoformat() == "2026-11-23T00:00:00-05:00"
