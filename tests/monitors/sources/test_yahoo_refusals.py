"""What of a reply by Yahoo cannot be trusted."""

from datetime import timedelta

import pytest

from monitors.sources._yahoo_history import parse_history
from monitors.sources.base import Fetched, SourceError
from monitors.sources.yahoo import parse
from monitors.symbols import Symbol
from tests.monitors.sources.yahoo import (
    APPLE,
    LOST,
    MOUTAI,
    NOW,
    OF_NO_MARKET,
    STAMPED,
    TODAY,
    UNREADABLE,
    changed,
    read,
    recorded,
    reply,
)


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


@pytest.mark.parametrize("price", ["NaN", "-Infinity", "1e99999999999999999999", "9" * 5000])
def test_what_is_no_number_is_a_problem(price):
    body = reply(TODAY).replace(b"305.5899963,", f"{price},".encode())
    fetched = parse(body, {"AAPL": APPLE}, NOW)
    assert fetched.snapshots == []
    [problem] = fetched.problems
    assert problem.startswith("AAPL: price ")
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
