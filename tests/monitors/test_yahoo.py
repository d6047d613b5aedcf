"""The Yahoo source: every recorded reply, and every way in which a reply can be wrong."""

import json
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, ClientTimeout, web

from monitors.market import Candle, Market, QuoteState, Snapshot
from monitors.sources import _reply
from monitors.sources.base import Fetched, SourceError
from monitors.sources.yahoo import Yahoo, code_of, parse, parse_history
from monitors.symbols import Symbol
from tests.standin.server import StandIn

RESPONSES = Path(__file__).parents[1] / "data" / "responses"
NOW = datetime(2026, 11, 24, tzinfo=UTC)
APPLE, MOUTAI, TENCENT = map(Symbol.parse, ("AAPL.US", "600519.SH", "00700.HK"))

# symbol, time (UTC), price, previous close, open, high, low, volume, amount, state, name
EXPECTED = {
    # Its bars are of 2020: none of them is of the quote's day.
    "chart-1d-AAPL-40days.http.json": [
        "AAPL.US 2025-02-19T21:00:01 244.87 - - 246.01 243.16 32129951 - trading Apple Inc.",
    ],
    # Its range is six months: chartPreviousClose, 211.21, is not yesterday's 269.00.
    "chart-history-AAPL.json": [
        "AAPL.US 2025-10-29T20:00:01 269.70 - 269.275 271.41 267.11 43332154 - trading Apple Inc.",
    ],
    "chart-unknown-404.txt": [],
}
OF_NO_MARKET = "chart-history-GS2C.DE.json"
UNREADABLE = {
    "429.txt",
    "v7quote-401-invalid-crumb.txt",
    "v7quote-AAPL-BABA.http.json",
    "v7quote-AAPL-MSFT.json",
    "v7quote-ADH.http.json",
    "v7quote-unknown-symbol.json",
}


def recorded(name: str) -> bytes:
    """The body of a recorded reply; some were recorded with the request and headers around it."""
    body = (RESPONSES / f"yahoo-{name}").read_bytes()
    if name.endswith(".http.json"):
        return json.dumps(json.loads(body)["response"]["bodyJson"]).encode()
    return body


def recorded_replies() -> list[tuple[bytes, dict[str, Symbol]]]:
    """Each recorded quote reply with what it was asked for."""
    return [(recorded(name), {"AAPL": APPLE}) for name in EXPECTED]


def line(snapshot: Snapshot) -> str:
    """A snapshot as EXPECTED writes it."""
    values = (
        *(snapshot.symbol, snapshot.at.replace(tzinfo=None).isoformat(), snapshot.price),
        *(snapshot.previous_close, snapshot.open, snapshot.high, snapshot.low),
        *(snapshot.volume, snapshot.amount, snapshot.state, snapshot.name),
    )
    return " ".join("-" if value is None else str(value) for value in values)


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


@pytest.mark.parametrize("name", sorted(UNREADABLE))
def test_what_is_no_chart_is_refused(name):
    wanted = {code: Symbol.parse(f"{code}.US") for code in ("AAPL", "BABA", "MSFT", "ADH")}
    with pytest.raises(SourceError):
        parse(recorded(name), wanted, NOW)
    with pytest.raises(SourceError):
        parse_history(recorded(name), APPLE, NOW)


def test_a_quote_of_another_symbol_or_currency():
    body = recorded(OF_NO_MARKET)
    assert parse(body, {"AAPL": APPLE}, NOW) == Fetched([], ["'GS2C.DE': not asked for"])
    assert parse(body, {"GS2C.DE": APPLE}, NOW) == Fetched([], ["GS2C.DE: currency 'EUR', not USD"])
    with pytest.raises(SourceError, match="not asked for"):
        parse_history(body, APPLE, NOW)


@pytest.mark.parametrize("name", ["chart-1d-AAPL-40days.http.json", "chart-history-AAPL.json"])
def test_days_are_no_minutes(name):
    with pytest.raises(SourceError, match="granularity '1d'"):
        parse_history(recorded(name), APPLE, NOW)


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


# -- A reply of today's minutes -----------------------------------------------------------------

OPENED = 1784899800  # 2026-07-24 09:30:00 in New York
STAMPED = datetime(2026, 7, 24, 13, 33, 17, tzinfo=UTC)


def _regular(start: int) -> dict[str, Any]:
    return {"timezone": "EDT", "start": start, "end": start + 23400, "gmtoffset": -14400}


TODAY: dict[str, Any] = {
    "meta": {
        "currency": "USD",
        "symbol": "AAPL",
        "instrumentType": "EQUITY",
        "regularMarketTime": OPENED + 197,
        "exchangeTimezoneName": "America/New_York",
        "regularMarketPrice": 305.5899963,
        "regularMarketDayHigh": 306.2,
        "regularMarketDayLow": 304.9,
        "regularMarketVolume": 8731307,
        "longName": "Apple Inc.",
        "shortName": "APPLE",
        "chartPreviousClose": 304.11,
        "previousClose": 304.12,
        "currentTradingPeriod": {"regular": _regular(OPENED)},
        "tradingPeriods": [[_regular(OPENED)]],
        "dataGranularity": "1m",
        "range": "1d",
    },
    "timestamp": [OPENED, OPENED + 60, OPENED + 120, OPENED + 180, OPENED + 197],
    "indicators": {
        "quote": [
            {
                "open": [None, 305.20001220703125, 305.5, 305.45001220703125, 305.5899963378906],
                "high": [None, 305.70001220703125, 306.20001220703125, 305.5, 305.5899963378906],
                "low": [None, 304.8999938964844, 305.29998779296875, 305.25, 305.5899963378906],
                "close": [None, 305.5, 305.45001220703125, 305.29998779296875, 305.5899963378906],
                "volume": [None, 120000, 98000, 45000, 0],
            }
        ]
    },
}
LOST = "(lost)"


def reply(*results: object) -> bytes:
    return json.dumps({"chart": {"result": results, "error": None}}).encode()


def changed(**changes: object) -> dict[str, Any]:
    """Today's result with members of meta changed; LOST ones are gone."""
    result = deepcopy(TODAY)
    meta = result["meta"] | changes
    return result | {"meta": {name: value for name, value in meta.items() if value is not LOST}}


def with_points(**changes: object) -> dict[str, Any]:
    """Today's result with arrays changed."""
    result = deepcopy(TODAY)
    for name, value in changes.items():
        columns = result if name == "timestamp" else result["indicators"]["quote"][0]
        columns[name] = value
        if value is LOST:
            del columns[name]
    return result


def read(result: object, symbol: Symbol = APPLE, now: datetime = NOW) -> Fetched:
    return parse(reply(result), {code_of(symbol) or "": symbol}, now)


def only(result: object, symbol: Symbol = APPLE) -> Snapshot:
    fetched = read(result, symbol)
    assert fetched.problems == []
    [snapshot] = fetched.snapshots
    return snapshot


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


@pytest.mark.parametrize(
    "changes",
    [
        {"currency": "EUR"},
        {"currency": None},
        {"currency": ["USD"]},
        {"regularMarketPrice": 0},
        {"regularMarketPrice": -305.5},
        {"regularMarketPrice": LOST},
        {"regularMarketPrice": None},
        {"regularMarketPrice": "305.5"},
        {"regularMarketPrice": True},
        {"regularMarketPrice": [305.5]},
        {"regularMarketPrice": {"raw": 305.5}},
        {"regularMarketPrice": 1e30},
        {"regularMarketPrice": 10**9},
        {"regularMarketPrice": 10**4000},
        {"regularMarketPrice": 1e-9, "regularMarketDayLow": LOST},
        {"regularMarketPrice": 306.21},  # above the high
        {"regularMarketPrice": 304.89},  # below the low
        {"regularMarketDayHigh": 304.0, "regularMarketDayLow": 306.0},
        {"regularMarketDayHigh": "306.2"},
        {"regularMarketDayHigh": -1},
        {"regularMarketDayLow": False},
        {"regularMarketTime": LOST},
        {"regularMarketTime": None},
        {"regularMarketTime": 0},
        {"regularMarketTime": -1},
        {"regularMarketTime": 1784899997.5},
        {"regularMarketTime": "1784899997"},
        {"regularMarketTime": 1784899997000},
        {"regularMarketTime": 10**18},
        {"regularMarketVolume": -1},
        {"regularMarketVolume": 0.5},
        {"regularMarketVolume": 10**15},
        {"regularMarketVolume": "1"},
        {"regularMarketVolume": ""},
        {"regularMarketVolume": False},
        {"regularMarketVolume": []},
        {"previousClose": "304.12"},
        {"previousClose": -1},
        {"previousClose": LOST, "chartPreviousClose": 1e30},
        {"tradingPeriods": [[{"start": "now"}]]},
    ],
    ids=lambda changes: str(changes)[:60],
)
def test_an_impossible_quote_is_a_problem(changes):
    fetched = read(changed(**changes))
    assert fetched.snapshots == []
    [problem] = fetched.problems
    assert problem.startswith("AAPL: ")
    assert len(problem) < 100


def test_a_time_to_come():
    assert read(TODAY, now=STAMPED - timedelta(minutes=10)).snapshots
    [problem] = read(TODAY, now=STAMPED - timedelta(minutes=10, seconds=1)).problems
    assert problem == "AAPL: time 2026-07-24 13:33:17 is to come"


def test_what_was_not_asked_for_and_what_comes_twice():
    assert read(TODAY, MOUTAI) == Fetched([], ["'AAPL': not asked for"])
    fetched = parse(reply(TODAY, TODAY), {"AAPL": APPLE}, NOW)
    assert len(fetched.snapshots) == 1
    assert fetched.problems == ["'AAPL': sent twice"]
    with pytest.raises(SourceError):
        parse_history(reply(TODAY, TODAY), APPLE, NOW)


@pytest.mark.parametrize("symbol", [LOST, None, 7, [], {}, " AAPL", "aapl"])
def test_a_result_that_names_no_symbol(symbol):
    fetched = read(changed(symbol=symbol))
    assert fetched.snapshots == []
    assert len(fetched.problems) == 1


@pytest.mark.parametrize("result", [None, 7, "x", [], {}, {"meta": None}, {"meta": []}])
def test_a_result_that_is_none(result):
    assert read(result) == Fetched([], ["NoneType: not asked for"])
    with pytest.raises(SourceError, match="not asked for"):
        parse_history(reply(result), APPLE, NOW)


def test_what_has_neither_currency_nor_price_is_not_listed():
    result = changed(currency=None, regularMarketPrice=LOST)
    assert read(result) == Fetched()
    assert parse_history(reply(result), APPLE, NOW) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"Edge: Too Many Requests\r\n",
        b"<!DOCTYPE html><html></html>",
        b"\xff\xff\xff",
        reply(TODAY)[:-1],
        reply(TODAY) + b"}",
        reply(TODAY).decode().encode("utf-16"),
        reply(TODAY).replace(b"305.5899963,", b"NaN,"),
        reply(TODAY).replace(b"305.5899963,", b"-Infinity,"),
        reply(TODAY).replace(b"305.5899963,", b"1e99999999999999999999,"),
        b"[" * 100_000,
        b'{"chart":' * 100_000,
        b"null",
        b"7",
        b"[]",
        b"{}",
        b'{"chart":null}',
        b'{"chart":[]}',
        b'{"chart":{}}',
        b'{"chart":{"result":null,"error":null}}',
        b'{"chart":{"result":{},"error":null}}',
        b'{"chart":{"result":null,"error":"Not Found"}}',
        b'{"chart":{"result":null,"error":{"code":"Unauthorized","description":"Invalid Crumb"}}}',
        b'{"finance":{"result":null,"error":{"code":"Not Found"}}}',
        reply(TODAY).replace(b'"error": null', b'"error": {"code": "Not Found"}'),
        reply(TODAY).replace(b'"error": null', b'"error": false'),
    ],
    ids=lambda body: f"{len(body)} bytes to {body[-30:]!r}",
)
def test_a_reply_that_is_no_chart_is_a_source_error(body):
    with pytest.raises(SourceError) as error:
        parse(body, {"AAPL": APPLE}, NOW)
    assert len(str(error.value)) < 120
    with pytest.raises(SourceError):
        parse_history(body, APPLE, NOW)


def test_an_unknown_symbol_is_absent():
    for body in (recorded("chart-unknown-404.txt"), reply()):
        assert parse(body, {"AAPL": APPLE}, NOW) == Fetched()
        assert parse_history(body, APPLE, NOW) == []


# -- The minutes --------------------------------------------------------------------------------


def candle(minute: int, *figures: str | int) -> Candle:
    opened, high, low, close = map(Decimal, figures[:4])
    at = datetime.fromtimestamp(OPENED + 60 * minute, UTC)
    return Candle(at, opened, high, low, close, int(figures[4]))


MINUTES = [
    candle(1, "305.20", "305.70", "304.90", "305.50", 120000),
    candle(2, "305.50", "306.20", "305.30", "305.45", 98000),
    candle(3, "305.45", "305.59", "305.25", "305.59", 45000),  # the running point is in it
]


def minutes(result: object, now: datetime = NOW) -> list[Candle]:
    return parse_history(reply(result), APPLE, now)


def without(*indexes: int) -> list[Candle]:
    return [each for index, each in enumerate(MINUTES) if index not in indexes]


def column(name: str, index: int, value: object) -> dict[str, Any]:
    """Today's result with one figure changed."""
    result = deepcopy(TODAY)
    columns = result if name == "timestamp" else result["indicators"]["quote"][0]
    columns[name][index] = value
    return result


def test_minutes():
    assert minutes(TODAY) == MINUTES
    assert [str(each.open) for each in minutes(TODAY)] == ["305.20", "305.50", "305.45"]
    assert {each.at.tzinfo for each in minutes(TODAY)} == {UTC}


@pytest.mark.parametrize("name", ["open", "high", "low", "close", "volume"])
def test_a_minute_with_a_null_is_dropped(name):
    assert minutes(column(name, 1, None)) == without(0)
    assert minutes(column(name, 2, None)) == without(1)


@pytest.mark.parametrize("name", ["timestamp", "open", "high", "low", "close", "volume"])
def test_an_array_that_is_missing_or_of_another_length(name):
    assert minutes(with_points(**{name: LOST})) == []
    assert minutes(with_points(**{name: None})) == []
    for values in ([], [1], [305] * 4, [305] * 6):
        with pytest.raises(SourceError, match="arrays of"):
            minutes(with_points(**{name: values}))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("open", 0),
        ("open", -305.5),
        ("open", 306.21),
        ("open", 305.2),
        ("open", "305.5"),
        ("open", True),
        ("open", [305.5]),
        ("high", 305.4),
        ("high", 1e30),
        ("low", 305.6),
        ("low", 0),
        ("close", 306.21),
        ("close", 305.2),
        ("volume", -1),
        ("volume", 0.5),
        ("volume", 10**15),
        ("volume", "98000"),
        ("timestamp", 0),
        ("timestamp", "now"),
        ("timestamp", None),
        ("timestamp", 1784899920000),
        ("timestamp", int(NOW.timestamp()) + 660),
    ],
)
def test_an_impossible_minute_is_dropped(name, value):
    assert minutes(column(name, 2, value)) == without(1)


def test_where_no_minute_can_be():
    with pytest.raises(SourceError, match="no readable minutes"):
        minutes(with_points(low=[400.0] * 5))
    with pytest.raises(SourceError, match="to come"):
        minutes(TODAY, now=STAMPED - timedelta(days=1))
    assert minutes(with_points(low=[None] * 5)) == []


def test_the_running_point():
    running = {"open": 305.9, "high": 305.9, "low": 305.9, "close": 305.9, "volume": 46000}
    result = deepcopy(TODAY)
    for name, value in running.items():
        result["indicators"]["quote"][0][name][4] = value
    assert minutes(result)[-1] == candle(3, "305.45", "305.90", "305.25", "305.90", 46000)
    for name in ("open", "high", "low", "close"):
        result["indicators"]["quote"][0][name][4] = 305.1
    assert minutes(result)[-1] == candle(3, "305.45", "305.50", "305.10", "305.10", 46000)
    # Whose minute is not there, because it lacks a figure or has only begun, is dropped.
    result["indicators"]["quote"][0]["open"][3] = None
    assert minutes(result) == without(2)
    assert minutes(column("timestamp", 4, OPENED + 241)) == [
        *without(2),
        candle(3, "305.45", "305.50", "305.25", "305.30", 45000),
    ]
    # On the full minute it is a minute like any other.
    assert [each.at.minute for each in minutes(column("timestamp", 4, OPENED + 240))] == [
        *(31, 32, 33, 34)
    ]
    assert minutes(column("timestamp", 4, OPENED + 180)) == MINUTES


def test_minutes_are_of_the_newest_day_and_in_order():
    assert minutes(column("timestamp", 1, OPENED + 60 - 86400)) == without(0)
    swapped = deepcopy(TODAY)
    for name in ("timestamp", *swapped["indicators"]["quote"][0]):
        values = swapped["timestamp"] if name == "timestamp" else swapped["indicators"]["quote"][0]
        array = values if name == "timestamp" else values[name]
        array[1], array[2] = array[2], array[1]
    assert minutes(swapped) == MINUTES


@pytest.mark.parametrize("changes", [{"currency": "EUR"}, {"dataGranularity": "2m"}])
def test_minutes_of_something_else(changes):
    with pytest.raises(SourceError, match="no readable minutes"):
        minutes(changed(**changes))


# -- Over HTTP ----------------------------------------------------------------------------------

QUOTES = [
    *read(TODAY).snapshots,
    *read(changed(symbol="600519.SS", currency="CNY"), MOUTAI).snapshots,
    *read(changed(symbol="^HSI", currency="HKD"), Symbol.parse("HSI.HK")).snapshots,
]


@pytest.fixture
async def http():
    async with ClientSession() as session:
        yield session


@pytest.fixture
async def server(settings):
    async with StandIn(QUOTES) as server:
        settings.YAHOO_URL = server.url
        yield server


@pytest.mark.parametrize("quote", QUOTES, ids=lambda quote: str(quote.symbol))
async def test_fetch(server, http, quote):
    assert await Yahoo().fetch([quote.symbol], http) == Fetched([quote])
    assert (server.requests["all"], server.by_source["yahoo"]) == (1, 1)


async def test_what_is_not_known_or_cannot_be(server, http):
    assert await Yahoo().fetch([TENCENT], http) == Fetched()
    assert await Yahoo().history(TENCENT, http) == []
    assert server.by_source["yahoo"] == 2
    for symbol in ("430047.BJ", "HSTECH.HK"):
        assert await Yahoo().fetch([Symbol.parse(symbol)], http) == Fetched()
        assert await Yahoo().history(Symbol.parse(symbol), http) == []
    assert await Yahoo().fetch([], http) == Fetched()
    assert server.by_source["yahoo"] == 2


async def test_history(server, http):
    assert await Yahoo().history(APPLE, http) == [
        candle(3, "305.20", "305.59", "305.20", "305.59", 8731307)
    ]


async def test_a_damaged_quote_is_a_problem(server, http):
    server.control({"misbehave": {"kind": "damaged"}})
    assert await Yahoo().fetch([APPLE], http) == Fetched([], ["AAPL: price NoneType"])


@pytest.mark.parametrize("ask", [Yahoo.fetch, Yahoo.history])
@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ({"kind": "status", "status": 503}, "HTTP 503"),
        ({"kind": "status", "status": 401}, "HTTP 401"),
        ({"kind": "status", "status": 404}, "HTTP 404"),  # not Yahoo's own
        ({"kind": "timeout"}, "timeout"),
        ({"kind": "drip", "seconds": 30}, "timeout"),
        ({"kind": "empty"}, "empty reply"),
        ({"kind": "html"}, "no JSON"),
        ({"kind": "broken"}, "ClientPayloadError"),
        ({"kind": "charset"}, "no JSON"),
        ({"kind": "garbage"}, "no JSON"),
        ({"kind": "cut", "share": 0.9}, "no JSON"),
    ],
    ids=str,
)
async def test_a_useless_reply_is_a_source_error(server, http, fault, message, monkeypatch, ask):
    if message == "timeout":
        monkeypatch.setattr(_reply, "TIMEOUT", ClientTimeout(total=0.2))
    server.control({"misbehave": fault | {"requests": 1}})
    asked = APPLE if ask is Yahoo.history else [APPLE]
    with pytest.raises(SourceError, match=message):
        await ask(Yahoo(), asked, http)
    assert await ask(Yahoo(), asked, http)


async def answering(settings, respond):
    """Start a server that gives one answer to everything, and name it in the settings."""
    app = web.Application()
    app.router.add_get("/{any:.*}", respond)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    settings.YAHOO_URL = f"http://127.0.0.1:{runner.addresses[0][1]}"
    return runner


async def test_asked_too_often(settings, http):
    async def respond(_request):
        return web.Response(status=429, body=recorded("429.txt"), headers={"Retry-After": "60"})

    runner = await answering(settings, respond)
    with pytest.raises(SourceError, match="HTTP 429: Edge: Too Many Requests") as error:
        await Yahoo().fetch([APPLE], http)
    assert (error.value.status, error.value.retry_after) == (429, 60.0)
    await runner.cleanup()


@pytest.mark.parametrize(
    ("status", "body", "known"),
    [
        (404, recorded("chart-unknown-404.txt"), False),
        (404, b'{"chart": {"result": null, "error": {"code": "Not Found"}}}', False),
        (404, b"<html>Not Found</html>", None),
        (404, b'{"code": "Not Found"}', None),
        (404, b'{"chart":{"result":null,"error":{"code":"Bad Request"}}}', None),
        (401, recorded("v7quote-401-invalid-crumb.txt"), None),
        (500, recorded("chart-unknown-404.txt"), None),
    ],
)
async def test_whether_a_404_is_of_an_unknown_symbol(settings, http, status, body, known):
    async def respond(_request):
        return web.Response(status=status, body=body)

    runner = await answering(settings, respond)
    if known is False:
        assert await Yahoo().fetch([APPLE], http) == Fetched()
        assert await Yahoo().history(APPLE, http) == []
    else:
        with pytest.raises(SourceError) as error:
            await Yahoo().fetch([APPLE], http)
        assert error.value.status == status
        with pytest.raises(SourceError):
            await Yahoo().history(APPLE, http)
    await runner.cleanup()


async def test_what_is_asked(settings, http):
    asked = []

    async def respond(request):
        asked.append((request.raw_path, request.headers["User-Agent"]))
        return web.Response(body=recorded("chart-unknown-404.txt"))

    runner = await answering(settings, respond)
    for symbol in ("BRK.B.US", "NDX.US"):
        await Yahoo().fetch([Symbol.parse(symbol)], http)
    await Yahoo().history(TENCENT, http)
    assert asked == [
        ("/v8/finance/chart/BRK-B?interval=1m&range=1d", "Mozilla/5.0"),
        ("/v8/finance/chart/%5ENDX?interval=1m&range=1d", "Mozilla/5.0"),
        ("/v8/finance/chart/0700.HK?interval=1m&range=1d", "Mozilla/5.0"),
    ]
    await runner.cleanup()


async def test_a_client_that_is_no_browser_is_refused_by_the_stand_in(server, http):
    url = f"{server.url}/v8/finance/chart/AAPL"
    async with http.get(url) as response:
        assert response.status == 429
    async with http.get(url, headers={"User-Agent": "Mozilla/5.0"}) as response:
        assert response.status == 422


def test_what_the_source_says_of_itself():
    assert Yahoo.markets == Yahoo.history_markets == frozenset(Market)
    assert Yahoo.batch_size == 1
    assert (Yahoo.limits.requests_a_minute, Yahoo.limits.at_once) == (60, 2)
    assert Yahoo.delays == {Market.HK: 900, Market.CN: 900}
