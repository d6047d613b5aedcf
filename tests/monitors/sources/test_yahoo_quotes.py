"""Yahoo's quotes: recorded ones value by value, and what each figure is taken from."""

from datetime import UTC
from decimal import Decimal

import pytest

from monitors.market import Market, QuoteState
from monitors.sources._yahoo_chart import code_of
from monitors.sources._yahoo_history import parse_history
from monitors.sources.yahoo import Yahoo, parse
from monitors.symbols import Symbol
from tests.monitors.sources.lines import line
from tests.monitors.sources.yahoo import (
    APPLE,
    EXPECTED,
    LOST,
    NOW,
    OF_NO_MARKET,
    OPENED,
    RESPONSES,
    TODAY,
    UNREADABLE,
    _regular,
    changed,
    only,
    read,
    recorded,
    reply,
    with_points,
)


def test_each_recorded_reply_is_accounted_for():
    names = {path.name.removeprefix("yahoo-") for path in RESPONSES.glob("yahoo-*")}
    assert names == EXPECTED.keys() | UNREADABLE | {OF_NO_MARKET}


@pytest.mark.parametrize("name", EXPECTED)
def test_recorded_reply(name):
    fetched = parse(recorded(name), {"AAPL": APPLE}, NOW)
    assert list(map(line, fetched.snapshots)) == EXPECTED[name]
    assert fetched.problems == []
    for snapshot in fetched.snapshots:
        assert snapshot.at.tzinfo is UTC
        assert (snapshot.source, snapshot.delay) == ("yahoo", 0)


@pytest.mark.parametrize(
    ("symbol", "key"),
    [
        ("AAPL.US", "AAPL"),
        ("BRK.B.US", "BRK-B"),
        ("NDX.US", "^NDX"),
        ("DJI.US", "^DJI"),
        ("SPX.US", "^GSPC"),
        ("INX.US", "^GSPC"),
        ("IXIC.US", "^IXIC"),
        ("00700.HK", "0700.HK"),
        ("00005.HK", "0005.HK"),
        ("80700.HK", "80700.HK"),
        ("HSI.HK", "^HSI"),
        ("HSTECH.HK", None),
        ("600519.SH", "600519.SS"),
        ("000001.SH", "000001.SS"),
        ("000001.SZ", "000001.SZ"),
        ("399001.SZ", "399001.SZ"),
        ("430047.BJ", None),
    ],
)
def test_codes(symbol, key):
    assert code_of(Symbol.parse(symbol)) == key


def test_a_quote_of_today():
    assert line(only(TODAY)) == (
        "AAPL.US 2026-07-24T13:33:17 305.59 304.12 305.20 306.20 304.90 "
        "8731307 - trading Apple Inc."
    )


@pytest.mark.parametrize(
    ("changes", "previous"),
    [
        ({}, "304.12"),
        ({"previousClose": LOST}, "304.11"),
        ({"previousClose": None}, "304.11"),
        ({"previousClose": 0}, "304.11"),
        ({"previousClose": LOST, "chartPreviousClose": LOST}, None),
        ({"range": "5d"}, None),
        ({"range": ""}, None),
        ({"range": LOST}, None),
        ({"tradingPeriods": LOST, "currentTradingPeriod": LOST}, "304.12"),
        # The chart is of tomorrow's session, so the close before it is today's own.
        ({"tradingPeriods": [[_regular(OPENED + 86400)]]}, None),
        (
            {
                "tradingPeriods": LOST,
                "currentTradingPeriod": {"regular": _regular(OPENED + 3 * 86400)},
            },
            None,
        ),
        # The chart is of today's session still, though the next one is current.
        ({"currentTradingPeriod": {"regular": _regular(OPENED + 86400)}}, "304.12"),
        ({"tradingPeriods": [[_regular(OPENED - 86400)]]}, None),
    ],
    ids=str,
)
def test_which_previous_close_is_the_day_before_s(changes, previous):
    assert only(changed(**changes)).previous_close == (previous and Decimal(previous))


@pytest.mark.parametrize(
    ("points", "opened"),
    [
        ({"open": [305.1, 305.2, None, None, None]}, "305.10"),
        ({"open": [None, None, None, None, 305.3]}, "305.30"),
        ({"open": [None] * 5}, None),
        ({"open": [0, 305.2, None, None, None]}, None),
        ({"open": LOST}, None),
        ({"open": [], "timestamp": []}, None),
        ({"timestamp": LOST}, None),
        ({"open": [305.1, 305.2, 305.3]}, None),  # whose is which?
        ({"open": "305.1"}, None),
        ({"open": [True] * 5}, None),
        ({"open": [306.3, None, None, None, None]}, None),  # above the day's high
        ({"open": [304.8, None, None, None, None]}, None),  # below the day's low
        ({"timestamp": [second - 86400 for second in TODAY["timestamp"]]}, None),
        ({"timestamp": [OPENED - 86400, *TODAY["timestamp"][1:]], "open": [305.0] * 5}, "305.00"),
        ({"timestamp": ["now"] * 5}, None),
    ],
    ids=str,
)
def test_the_open_is_the_first_of_the_quote_s_day(points, opened):
    snapshot = only(with_points(**points))
    assert snapshot.open == (opened and Decimal(opened))
    assert (snapshot.price, snapshot.state) == (Decimal("305.59"), QuoteState.TRADING)


def test_a_chart_of_less_than_a_day_does_not_begin_with_the_open():
    assert only(changed(range="30m")).open is None


@pytest.mark.parametrize("indicators", [LOST, None, {}, {"quote": []}, {"quote": [{}]}, [], 7])
def test_a_quote_needs_no_minutes(indicators):
    result = {name: value for name, value in TODAY.items() if name != "indicators"}
    if indicators is not LOST:
        result["indicators"] = indicators
    assert only(result).price == Decimal("305.59")
    assert only(result).open is None
    assert parse_history(reply(result), APPLE, NOW) == []


NOTHING_YET = {
    "regularMarketDayHigh": 0,
    "regularMarketDayLow": 0,
    "regularMarketVolume": 0,
    "dataGranularity": "1m",
}


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        (NOTHING_YET, QuoteState.UNKNOWN),
        (NOTHING_YET | {"regularMarketDayHigh": LOST}, QuoteState.UNKNOWN),
        (NOTHING_YET | {"regularMarketVolume": None}, QuoteState.UNKNOWN),
        (NOTHING_YET | {"regularMarketVolume": 1}, QuoteState.TRADING),
        (NOTHING_YET | {"regularMarketDayHigh": 306}, QuoteState.TRADING),  # an index
    ],
    ids=str,
)
def test_states_where_there_are_no_minutes(changes, state):
    result = changed(**changes) | {"timestamp": None}
    snapshot = only(result)
    assert snapshot.state is state
    assert (snapshot.open, snapshot.low) == (None, None)


def test_an_index_has_no_volume_but_an_open():
    snapshot = only(changed(**NOTHING_YET))
    assert (snapshot.state, snapshot.volume) == (QuoteState.TRADING, 0)


@pytest.mark.parametrize(
    ("symbol", "key", "currency", "delay"),
    [
        ("600519.SH", "600519.SS", "CNY", 900),
        ("900926.SH", "900926.SS", "USD", 900),
        ("00700.HK", "0700.HK", "HKD", 900),
        ("HSI.HK", "^HSI", "HKD", 900),
        ("BRK.B.US", "BRK-B", "USD", 0),
        ("DJI.US", "^DJI", "USD", 0),
    ],
)
def test_markets(symbol, key, currency, delay):
    snapshot = only(changed(symbol=key, currency=currency), Symbol.parse(symbol))
    assert (str(snapshot.symbol), snapshot.delay) == (symbol, delay)
    [problem] = read(changed(symbol=key, currency="GBp"), Symbol.parse(symbol)).problems
    assert problem == f"{key}: currency 'GBp', not {currency}"


@pytest.mark.parametrize(
    ("symbol", "sent", "price"),
    [
        ("AAPL.US", "305.5899963", "305.59"),
        ("AAPL.US", "8.119999999999999", "8.12"),
        ("AAPL.US", "305", "305.00"),
        ("AAPL.US", "3.05e2", "305.00"),
        ("AAPL.US", "269.70001220703125", "269.70"),  # 32 bits
        ("AAPL.US", "269.27499389648438", "269.275"),
        ("AAPL.US", "53459.78125", "53459.78"),
        ("AAPL.US", "0.0012", "0.0012"),
        ("AAPL.US", "0.000005", "0.000005"),
        ("AAPL.US", "12.3456789", "12.345679"),
        ("AAPL.US", "12.34560000", "12.3456"),
        ("AAPL.US", "12.34001", "12.34001"),
        ("AAPL.US", "12.340009", "12.34"),
        ("00700.HK", "439.20001220703125", "439.200"),
        ("00700.HK", "439.2", "439.200"),
        ("510300.SH", "4.760000228881836", "4.760"),
    ],
)
def test_dust(symbol, sent, price):
    parsed = Symbol.parse(symbol)
    result = changed(
        symbol=code_of(parsed),
        currency=parsed.currency,
        regularMarketDayHigh=LOST,
        regularMarketDayLow=LOST,
        regularMarketPrice="PRICE",
    )
    body = reply(result).replace(b'"PRICE"', sent.encode())
    [snapshot] = parse(body, {code_of(parsed) or "": parsed}, NOW).snapshots
    assert str(snapshot.price) == price


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({}, "Apple Inc."),
        ({"longName": LOST}, "APPLE"),
        ({"longName": None}, "APPLE"),
        ({"longName": " \0 "}, "APPLE"),
        ({"longName": LOST, "shortName": 7}, ""),
        ({"longName": " Ap\0ple\ud800" + "e" * 200}, "Ap ple " + "e" * 57),
    ],
)
def test_names_are_fit_to_be_stored(changes, name):
    assert only(changed(**changes)).name == name


def test_what_the_source_says_of_itself():
    assert Yahoo.markets == Yahoo.history_markets == frozenset(Market)
    assert Yahoo.batch_size == 1
    assert (Yahoo.limits.requests_a_minute, Yahoo.limits.at_once) == (60, 2)
    assert Yahoo.delays == {Market.HK: 900, Market.CN: 900}
