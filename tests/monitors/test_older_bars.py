"""Bars further and further in the past: page by page the same as all at once."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from monitors import lifecycle
from monitors.calendars import Calendar
from monitors.instruments import bars
from monitors.lifecycle import RuleSpec
from monitors.market import Candle, Market
from monitors.models import Bar, DailyBar, Instrument
from tests.conftest import MOUTAI

SHANGHAI = Market.CN.timezone
OPENING = datetime(2026, 11, 23, 9, 30, tzinfo=SHANGHAI)  # a Monday
ADDRESS = "/api/v1/quotes/600519/bars"


def candle(at: datetime, price: int) -> Candle:
    value = Decimal(price)
    return Candle(at, value, value + 2, value - 1, value + 1, price)


@pytest.fixture
def instrument(user: User) -> Instrument:
    """Four weeks of stored days, then two days of minutes, some of them outside of sessions."""
    lifecycle.create(user.pk, MOUTAI, [RuleSpec("price_above", {"price": "9999"})])
    instrument = Instrument.objects.get()
    offsets = [*range(121), 130, 171, *range(210, 331), 335, 400]
    minutes = [
        candle(OPENING + timedelta(days=day, minutes=at), 100 + at)
        for day in (0, 1)
        for at in offsets
    ]
    Bar.objects.fill(instrument, minutes)
    days = [OPENING.replace(hour=0, minute=0) - timedelta(days=back) for back in range(1, 29)]
    DailyBar.objects.replace(
        instrument, [candle(day, day.day) for day in days if day.weekday() < 5], OPENING
    )
    return instrument


def read(api: APIClient, **query: Any) -> list[dict[str, Any]]:
    return api.get(ADDRESS, query).json()["results"]


@pytest.mark.parametrize("interval", bars.INTERVALS)
def test_page_by_page_is_the_same_as_all_at_once(
    api: APIClient, instrument: Instrument, interval: str
) -> None:
    whole = read(api, interval=interval, limit=1000)
    size = 90 if interval == "1m" else 3
    pages, before = 0, {}
    found: list[dict[str, Any]] = []
    while older := read(api, interval=interval, limit=size, **before):
        found = [*older, *found]
        before = {"before": found[0]["at"]}
        pages += 1
        assert pages <= len(whole)
    assert found == whole
    assert pages == -(-len(whole) // size)


@pytest.mark.parametrize(
    ("interval", "before", "newest"),
    [
        ("1h", "2026-11-23T10:00:00+08:00", "2026-11-23T09:30:00+08:00"),  # in the midst of it
        ("1h", "2026-11-23T02:30:00Z", "2026-11-23T09:30:00+08:00"),
        ("1d", "2026-11-24T00:00:01+08:00", "2026-11-24T00:00:00+08:00"),
        ("1w", "2026-11-23T00:00:00+08:00", "2026-11-16T00:00:00+08:00"),
        ("1w", "2026-11-18T00:00:00+08:00", "2026-11-16T00:00:00+08:00"),
        ("1M", "2026-11-01T00:00:00+08:00", "2026-10-01T00:00:00+08:00"),
    ],
)
def test_a_bar_that_begins_before_the_time_is_told_as_a_whole(
    api: APIClient, instrument: Instrument, interval: str, before: str, newest: str
) -> None:
    whole = {bar["at"]: bar for bar in read(api, interval=interval, limit=1000)}
    assert read(api, interval=interval, before=before)[-1] == whole[newest]


def test_minutes_from_before_the_stored_days_are_told_by_no_page(
    api: APIClient, instrument: Instrument
) -> None:
    first = DailyBar.objects.order_by("day").first()
    assert first is not None
    long_ago = OPENING - timedelta(days=60)
    Bar.objects.fill(instrument, [candle(long_ago, 5)])
    assert first.day > long_ago.date()
    assert read(api, interval="1d", before=f"{first.day}T00:00:00+08:00") == []


@pytest.mark.parametrize("before", ["yesterday", "2026-13-01T00:00:00Z", "2026-11-23T10:00 08:00"])
def test_a_time_that_is_none_is_named(api: APIClient, instrument: Instrument, before: str) -> None:
    answer = api.get(ADDRESS, {"before": before})
    assert (answer.status_code, list(answer.json())) == (400, ["before"])


@pytest.mark.parametrize("before", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
@pytest.mark.parametrize("interval", ["5m", "1M"])
def test_the_ends_of_time_are_no_error_of_the_server(
    api: APIClient, instrument: Instrument, interval: str, before: str
) -> None:
    answer = api.get(ADDRESS, {"interval": interval, "before": before})
    assert answer.status_code in (200, 400)


@pytest.mark.parametrize("interval", bars.INTERVALS)
@pytest.mark.parametrize("day", [date(2026, 11, 10), date(2026, 11, 24)])
def test_older_bars_take_three_queries_at_most_and_use_the_keys(
    instrument: Instrument, interval: str, day: date
) -> None:
    before = datetime(day.year, day.month, day.day, 14, 0, tzinfo=SHANGHAI)
    with CaptureQueriesContext(connection) as asked:
        bars.newest(instrument, interval, 1000, Calendar(), before)
    assert len(asked) <= 3
    if connection.vendor == "sqlite":
        for query in asked:
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
                plan = " ".join(str(row[-1]) for row in cursor.fetchall())
            assert "SCAN" not in plan, plan
