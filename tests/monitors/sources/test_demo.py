"""The demo market: believable, and the same for every process."""

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from aiohttp import ClientSession

from monitors.market import Market, QuoteState, Snapshot
from monitors.sources import _walk, demo
from monitors.sources.demo import DEMO_SYMBOLS, Demo, price, snapshot
from monitors.symbols import Symbol

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MOUTAI = Symbol.parse("600519.SH")
STEP = timedelta(seconds=2)


def last_of(symbol: Symbol, day: date) -> Snapshot:
    """The last quote of a market-local day."""
    zone = symbol.market.timezone
    next_day = datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(days=1)
    return snapshot(symbol, next_day.astimezone(UTC) - timedelta(seconds=1))


def test_the_listing():
    assert len(DEMO_SYMBOLS) == 40
    markets = [symbol.market for symbol in DEMO_SYMBOLS]
    assert min(markets.count(market) for market in Market) >= 9
    for symbol in DEMO_SYMBOLS:
        name = snapshot(symbol, NOON).name
        assert name.isascii() == (symbol.market is Market.US)


@pytest.mark.parametrize("symbol", DEMO_SYMBOLS, ids=str)
def test_a_quote_agrees_with_itself_and_with_the_instrument(symbol):
    quote = snapshot(symbol, NOON)
    assert quote.state is QuoteState.TRADING
    assert quote.low <= min(quote.price, quote.open)
    assert max(quote.price, quote.open) <= quote.high
    assert quote.volume > 0
    assert quote.low * quote.volume <= quote.amount <= quote.high * quote.volume
    for figure in (quote.price, quote.open, quote.high, quote.low, quote.previous_close):
        assert figure % symbol.tick == 0
    assert price(symbol, NOON) == quote.price


def test_the_day_is_the_running_sum_of_its_ticks():
    zone = MOUTAI.market.timezone
    start = datetime(2026, 11, 24, tzinfo=zone).astimezone(UTC)
    quotes = [snapshot(MOUTAI, start + STEP * step) for step in range(3000)]
    high, low = quotes[0].open, quotes[0].open
    for before, quote in pairwise(quotes):
        assert quote.at - before.at == STEP
        assert quote.volume > before.volume
        assert quote.open == before.open
        assert quote.previous_close == before.previous_close
    for quote in quotes:
        high, low = max(high, quote.price), min(low, quote.price)
        assert (quote.high, quote.low) == (high, low)
    assert len({quote.price for quote in quotes}) > 100


@pytest.mark.parametrize("symbol", DEMO_SYMBOLS[:6], ids=str)
def test_a_day_begins_where_the_last_one_ended(symbol):
    # Eight days around the end of daylight saving time in New York.
    for day in (date(2026, 10, 28) + timedelta(days=number) for number in range(8)):
        end = last_of(symbol, day)
        begin = snapshot(symbol, end.at + STEP)
        assert begin.previous_close == end.price
        assert begin.volume < end.volume
        assert abs(begin.price / end.price - 1) < 0.02


def test_the_long_day_of_new_york_is_whole():
    symbol = Symbol.parse("AAPL.US")
    for day, hours in ((date(2026, 11, 1), 25), (date(2026, 3, 8), 23)):
        begin = last_of(symbol, day - timedelta(days=1)).at + STEP
        assert last_of(symbol, day).at + STEP - begin == timedelta(hours=hours)


def test_the_range_of_a_day_is_a_few_percent():
    ranges = sorted(
        float((quote.high - quote.low) / quote.previous_close)
        for symbol in DEMO_SYMBOLS[:10]
        for quote in (last_of(symbol, date(2026, 11, number)) for number in range(1, 9))
    )
    assert 0.02 < ranges[len(ranges) // 2] < 0.045
    assert ranges[-1] < 0.12


def test_volatility_comes_in_bursts():
    """The size of a minute's move says something of the size of the next one's."""
    products, squares, count = 0.0, 0.0, 0
    for symbol in DEMO_SYMBOLS[:12]:
        path = _walk.day(f"{symbol}", 1_000_000, 1_000_000, 1440, 10_000_000)
        minutes = [path.minute(number) for number in range(1440)]
        sizes = [abs(minute.last - minute.first) for minute in minutes]
        mean = sum(sizes) / len(sizes)
        products += sum((a - mean) * (b - mean) for a, b in pairwise(sizes))
        squares += sum((size - mean) ** 2 for size in sizes)
        count += len(sizes)
    assert products / squares > 0.05


def test_a_level_half_a_percent_away_is_often_reached_within_half_an_hour():
    reached = tried = 0
    for symbol in DEMO_SYMBOLS[:10]:
        for hour in (0, 6, 12):
            start = NOON + timedelta(hours=hour)
            level = price(symbol, start) * 201 / 200
            minutes = (start + timedelta(seconds=10 * number) for number in range(180))
            reached += any(price(symbol, at) >= level for at in minutes)
            tried += 1
    assert reached > tried / 2


def test_another_process_sees_the_same_market():
    code = (
        "from datetime import UTC, datetime\n"
        "from monitors.sources.demo import DEMO_SYMBOLS, snapshot\n"
        "noon = datetime(2026, 11, 24, 12, tzinfo=UTC)\n"
        "for symbol in DEMO_SYMBOLS: print(snapshot(symbol, noon))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines() == [str(snapshot(symbol, NOON)) for symbol in DEMO_SYMBOLS]


def test_forgetting_and_drawing_again_changes_nothing():
    before = [snapshot(symbol, NOON) for symbol in DEMO_SYMBOLS]
    for cache in (_walk.day, _walk._prices, demo.close, demo._calendar_day):
        cache.cache_clear()
    assert [snapshot(symbol, NOON) for symbol in reversed(DEMO_SYMBOLS)] == before[::-1]


def test_the_time_is_that_of_the_step():
    assert snapshot(MOUTAI, NOON + timedelta(seconds=1.9)) == snapshot(MOUTAI, NOON)
    assert snapshot(MOUTAI, NOON).at == NOON


async def test_fetch_knows_its_list_only():
    async with ClientSession() as http:
        fetched = await Demo().fetch([MOUTAI, Symbol.parse("603999.SH")], http)
    assert [quote.symbol for quote in fetched.snapshots] == [MOUTAI]
    assert fetched.problems == []
    assert Demo.always_open


def test_a_stranger_has_no_price():
    with pytest.raises(KeyError):
        price(Symbol.parse("603999.SH"), NOON)


async def test_reference_data():
    async with ClientSession() as http:
        told = await Demo().reference([*DEMO_SYMBOLS, Symbol.parse("603999.SH")], http)
    assert [one.symbol for one in told] == list(DEMO_SYMBOLS)
    for one in told:
        quote = snapshot(one.symbol, datetime.now(UTC))
        assert one.name == quote.name
        assert (one.limit_up is None) == (one.symbol.market is not Market.CN)
        if one.limit_up:
            assert one.limit_down < quote.low <= quote.high < one.limit_up
            assert one.limits_on == quote.at.astimezone(Market.CN.timezone).date()


@pytest.mark.parametrize("symbol", [MOUTAI, Symbol.parse("AAPL.US")], ids=str)
def test_days_agree_with_the_minutes_that_were_seen(symbol):
    told = demo.days(symbol, NOON)
    assert len(told) == demo.TOLD_DAYS
    assert all(later.at.date() - one.at.date() == timedelta(1) for one, later in pairwise(told))
    today = NOON.astimezone(symbol.market.timezone).date()
    assert told[-1].at.date() == today - timedelta(days=1)
    for one in told:
        assert one.low <= min(one.open, one.close) <= max(one.open, one.close) <= one.high
        assert 0.9 < one.low / one.high < 1
        assert one.volume > 0
    for back in range(1, demo.EXACT_DAYS + 3):
        one, seen = told[-back], last_of(symbol, told[-back].at.date())
        assert (one.open, one.close) == (seen.open, seen.price)
        if back <= demo.EXACT_DAYS:
            assert (one.high, one.low, one.volume) == (seen.high, seen.low, seen.volume)
        else:
            assert abs(one.high / seen.high - 1) < 0.03
            assert abs(one.low / seen.low - 1) < 0.03
            assert 0.7 < one.volume / seen.volume < 1.4
