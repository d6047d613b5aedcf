"""The Alpaca source: replies in the documented form, and every way in which one can be wrong.

The API answers nobody without a key, so no reply was recorded: tests/data/responses/
alpaca-documented-*.json are written by hand, each member named, spelt and ordered as in the
examples of the published OpenAPI description (Market Data API v2).
"""

import json
import logging
from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from aiohttp import ClientSession, ClientTimeout, web

from monitors.market import Candle, Market, QuoteState, Snapshot
from monitors.sources import _reply
from monitors.sources.alpaca import Alpaca, code_of, parse, parse_history
from monitors.sources.base import Fetched, SourceError
from monitors.symbols import Symbol
from tests.standin.server import StandIn

RESPONSES = Path(__file__).parents[1] / "data" / "responses"
Row = dict[str, Any]
NOW = datetime(2026, 11, 24, tzinfo=UTC)
KEY, SECRET = "PKTESTTESTTESTTEST", "s3cr3t-s3cr3t-s3cr3t"

# symbol, time (UTC), price, previous close, open, high, low, volume, amount, state, name
EXPECTED = {
    # The newest daily bar is that of the day before: its close is the previous one.
    "snapshots-before-open.json": [
        "AAPL.US 2026-08-18T10:18:24.114694 305.61 305.59 - - - 0 - trading ",
        "TSLA.US 2026-08-18T10:13:12.952851 411.99 419.69 - - - 0 - trading ",
    ],
    # QUIET never traded, of EMPTY nothing is known; the trade of BRK.B was an odd lot.
    "snapshots-iex.json": [
        ("AAPL.US 2026-08-17T19:59:59.123456 305.59 305.91 306.2 307.64 302.96 812345 - trading "),
        "BRK.B.US 2026-08-17T19:58:01 500.13 498.2 498.7 500.13 496.105 31007 - trading ",
        "NEWCO.US 2026-08-17T14:31:07.500000 21.4 - 20 22.75 19.5 51200 - trading ",
    ],
    "snapshots-wrapped.json": [
        ("SPY.US 2026-01-15T20:59:59.999999 692.24 690.36 690.49 693.5 689.77 70112233 - trading "),
    ],
    "snapshots-unknown.json": [],
}
OTHERS = {"bars.json", "bars-none.json", "forbidden.json"}


def recorded(name: str) -> bytes:
    """A reply in the documented form."""
    return (RESPONSES / f"alpaca-documented-{name}").read_bytes()


def wanted_by(body: bytes) -> dict[str, Symbol]:
    """The symbols that a reply was asked for, one of them unknown."""
    reply = json.loads(body)
    tickers = [*reply.get("snapshots", reply), "XYZZY"]
    return {ticker: Symbol.parse(f"{ticker}.US") for ticker in tickers}


def recorded_replies() -> list[tuple[bytes, dict[str, Symbol]]]:
    """Each quote reply with what it was asked for."""
    return [(body, wanted_by(body)) for body in map(recorded, EXPECTED)]


def line(snapshot: Snapshot) -> str:
    """A snapshot as EXPECTED writes it."""
    values = (
        *(snapshot.symbol, snapshot.at.replace(tzinfo=None).isoformat(), snapshot.price),
        *(snapshot.previous_close, snapshot.open, snapshot.high, snapshot.low),
        *(snapshot.volume, snapshot.amount, snapshot.state, snapshot.name),
    )
    return " ".join("-" if value is None else str(value) for value in values)


def read(reply: object, *tickers: str, now: datetime = NOW) -> Fetched:
    """Parse a reply (bytes, or what JSON makes of it) to a request for these tickers."""
    body = reply if isinstance(reply, bytes) else json.dumps(reply).encode()
    return parse(body, {ticker: Symbol.parse(f"{ticker}.US") for ticker in tickers}, now)


def test_each_reply_is_accounted_for():
    names = {path.name.removeprefix("alpaca-documented-") for path in RESPONSES.glob("alpaca-*")}
    assert names == EXPECTED.keys() | OTHERS


@pytest.mark.parametrize("name", EXPECTED)
def test_documented_reply(name):
    body = recorded(name)
    fetched = parse(body, wanted_by(body), NOW)
    assert list(map(line, fetched.snapshots)) == EXPECTED[name]
    assert fetched.problems == []
    for snapshot in fetched.snapshots:
        assert snapshot.at.tzinfo is UTC
        assert (snapshot.source, snapshot.delay) == ("alpaca", 0)


def test_the_delay_of_the_feed_is_that_of_its_snapshots():
    body = recorded("snapshots-iex.json")
    snapshots = parse(body, wanted_by(body), NOW, delay=900).snapshots
    assert [snapshot.delay for snapshot in snapshots] == [900, 900, 900]


@pytest.mark.parametrize(
    ("symbol", "code"),
    [
        ("AAPL.US", "AAPL"),
        ("F.US", "F"),
        ("GOOGL.US", "GOOGL"),
        ("BRK-B.US", "BRK.B"),
        ("NDX.US", None),
        ("DJI.US", None),
        ("SPX.US", None),
        ("ABCDEF.US", None),
        ("A1.US", None),
        ("600519.SH", None),
        ("00700.HK", None),
        ("HSI.HK", None),
    ],
)
def test_codes(symbol, code):
    assert code_of(Symbol.parse(symbol)) == code


IEX = json.loads(recorded("snapshots-iex.json"))
APPLE, BERKSHIRE = IEX["AAPL"], IEX["BRK.B"]


def changed(row: Row, changes: Row) -> Row:
    """A row with some members replaced: {"latestTrade.p": 1}; an ellipsis takes one away."""
    row = deepcopy(row)
    for path, value in changes.items():
        *parts, last = path.split(".")
        place = row
        for part in parts:
            place = place[part]
        if value is ...:
            del place[last]
        else:
            place[last] = value
    return row


def apple(**changes: object) -> Snapshot:
    """The only snapshot of Apple's row with some parts replaced."""
    fetched = read({"AAPL": APPLE | changes}, "AAPL")
    assert fetched.problems == []
    [snapshot] = fetched.snapshots
    return snapshot


@pytest.mark.parametrize(
    ("price", "high", "low"),
    [(307.64, "307.64", "302.96"), (309.5, "309.5", "302.96"), (290, "307.64", "290")],
)
def test_a_last_trade_beyond_the_range_widens_it(price, high, low):
    snapshot = apple(latestTrade=APPLE["latestTrade"] | {"p": price})
    assert (snapshot.high, snapshot.low) == (Decimal(high), Decimal(low))
    assert snapshot.low <= snapshot.price <= snapshot.high
    assert snapshot.open == Decimal("306.2")


def test_no_daily_bar_but_one_of_the_day_before():
    snapshot = apple(dailyBar=None)
    assert snapshot.previous_close == Decimal("305.91")
    assert (snapshot.open, snapshot.high, snapshot.low, snapshot.volume) == (None, None, None, 0)
    assert snapshot.state is QuoteState.TRADING


def test_nothing_but_a_trade():
    fetched = read({"AAPL": {"latestTrade": APPLE["latestTrade"]}}, "AAPL")
    [snapshot] = fetched.snapshots
    assert (snapshot.price, snapshot.previous_close) == (Decimal("305.59"), None)


def test_the_day_is_that_of_new_york():
    late = APPLE["latestTrade"] | {"t": "2026-08-18T03:59:59.5Z"}
    assert apple(latestTrade=late).volume == 812345
    snapshot = apple(latestTrade=late | {"t": "2026-08-18T04:00:00Z"})
    assert (snapshot.volume, snapshot.previous_close) == (0, Decimal("305.59"))


def test_times_are_cut_to_microseconds_not_rounded():
    snapshot = apple(latestTrade=APPLE["latestTrade"] | {"t": "2026-08-17T19:59:59.999999999Z"})
    assert snapshot.at == datetime(2026, 8, 17, 19, 59, 59, 999999, UTC)
    snapshot = apple(latestTrade=APPLE["latestTrade"] | {"t": "2026-08-17T19:59:59.05Z"})
    assert snapshot.at == datetime(2026, 8, 17, 19, 59, 59, 50000, UTC)


def test_prices_are_exact():
    body = json.dumps({"AAPL": APPLE}).replace("305.59,", "305.123456,").encode()
    [snapshot] = read(body, "AAPL").snapshots
    assert snapshot.price == Decimal("305.123456")


def test_shares_may_be_fractions():
    assert apple(dailyBar=APPLE["dailyBar"] | {"v": 812345.75}).volume == 812345


def test_a_close_may_lie_outside_its_day():
    assert apple(prevDailyBar=APPLE["prevDailyBar"] | {"c": 310}).previous_close == 310


def test_a_correction_is_a_trade_and_what_it_corrects_is_none():
    assert apple(latestTrade=APPLE["latestTrade"] | {"u": "corrected"}).price == Decimal("305.59")
    for update in ("canceled", "incorrect", "new", 1, ["corrected"], {"corrected": 1}):
        reply = {"AAPL": APPLE | {"latestTrade": APPLE["latestTrade"] | {"u": update}}}
        fetched = read(reply, "AAPL")
        assert fetched.snapshots == []
        assert len(fetched.problems) == 1


@pytest.mark.parametrize("row", [None, {}, {"latestTrade": None}, {"latestQuote": {}}], ids=str)
def test_what_never_traded_is_absent(row):
    assert read({"AAPL": row}, "AAPL") == Fetched()


@pytest.mark.parametrize("path", ["latestTrade.p", "dailyBar.h", "prevDailyBar.c"])
@pytest.mark.parametrize(
    "price",
    [
        *("0", "0.0", "-0", "-305.59", "1e30", "1e1", "1E-7", "1000000000", "1.2345678", "true"),
        *("null", '"305.59"', '""', "[]", "{}", "NaN", "Infinity", "-Infinity", "9" * 5000),
        *("1e999999999999999999999", "[" * 500 + "]" * 500),
    ],
    ids=lambda price: price[:25],
)
def test_an_impossible_price_is_a_problem_and_no_quote(path, price):
    check_refused({path: "the price"}, {'"the price"': price})


def check_refused(changes: Row, spelt: Mapping[str, str] = MappingProxyType({})) -> None:
    """Apple's row with these changes is a problem, the good row beside it counts."""
    body = json.dumps({"AAPL": changed(APPLE, changes), "BRK.B": BERKSHIRE})
    for text, spelling in spelt.items():
        body = body.replace(text, spelling)
    fetched = read(body.encode(), "AAPL", "BRK.B")
    assert [snapshot.symbol.code for snapshot in fetched.snapshots] == ["BRK.B"]
    [problem] = fetched.problems
    assert problem.startswith("AAPL: ")
    assert len(problem) < 100


@pytest.mark.parametrize(
    "changes",
    [
        {"latestTrade": 305.59},
        {"latestTrade": []},
        {"latestTrade": "x" * 1000},
        {"latestTrade.p": ...},
        {"latestTrade.t": ...},
        {"latestTrade.t": 1755460799},
        {"latestTrade.t": ""},
        {"latestTrade.t": "0001-01-01T00:00:00Z"},
        {"latestTrade.t": "2026-08-17"},
        {"latestTrade.t": "2026-08-17T19:59:59"},
        {"latestTrade.t": "2026-08-17 19:59:59Z"},
        {"latestTrade.t": "2026-08-17T19:59:59.Z"},
        {"latestTrade.t": "2026-08-17T19:59:59.1234567890Z"},
        {"latestTrade.t": "2026-08-17T19:59:59-04:00"},
        {"latestTrade.t": "2026-02-30T19:59:59Z"},
        {"latestTrade.t": "2026-08-17T24:59:59Z"},
        {"latestTrade.t": "２026-08-17T19:59:59Z"},
        {"latestTrade.t": "2026-08-17T19:59:59Z\n"},
        {"latestTrade.t": "2026-08-14T19:59:59Z"},  # before its daily bar
        {"dailyBar": 5},
        {"dailyBar": {}},
        {"dailyBar": []},
        {"dailyBar.t": ...},
        {"dailyBar.t": "2026-08-18T04:00:00Z"},
        {"dailyBar.t": "2026-08-14T04:00:00Z"},  # twice the same day
        {"dailyBar.t": "2026-08-13T04:00:00Z"},
        {"dailyBar": None, "prevDailyBar.t": "2026-08-17T04:00:00Z"},
        {"dailyBar.o": ...},
        {"dailyBar.o": 307.65},
        {"dailyBar.o": 302.95},
        {"dailyBar.h": 302.95},
        {"dailyBar.h": 302.95, "dailyBar.o": 302.96},
        {"dailyBar.v": ...},
        {"dailyBar.v": -1},
        {"dailyBar.v": "812345"},
        {"dailyBar.v": 10**15},
        {"dailyBar.v": 1e30},
        {"dailyBar.v": float("nan")},
        {"prevDailyBar.t": "2026-08-17T04:00:00Z"},
        {"prevDailyBar.c": ...},
        {"prevDailyBar": "x"},
    ],
    ids=str,
)
def test_an_impossible_row_is_a_problem_and_no_quote(changes):
    check_refused(changes)


@pytest.mark.parametrize("row", ["x", 5, [], True, "x" * 1000], ids=str)
def test_what_is_no_row_is_a_problem(row):
    fetched = read({"AAPL": row, "BRK.B": BERKSHIRE}, "AAPL", "BRK.B")
    assert len(fetched.snapshots) == 1
    [problem] = fetched.problems
    assert problem.startswith("AAPL: row ")


def test_a_time_to_come():
    stamped = datetime(2026, 8, 17, 19, 59, 59, 123456, UTC)
    assert read({"AAPL": APPLE}, "AAPL", now=stamped - timedelta(minutes=10)).snapshots
    assert read({"AAPL": APPLE}, "AAPL", now=stamped - timedelta(minutes=10, seconds=1)).problems


def test_what_was_not_asked_for():
    fetched = read({"AAPL": APPLE, "BRK.B": BERKSHIRE}, "BRK.B")
    assert len(fetched.snapshots) == 1
    assert fetched.problems == ["'AAPL': not asked for"]
    odd = {"\ud800\x00" + "x" * 1000: APPLE}
    [problem] = read(odd, "AAPL").problems
    assert problem.isprintable()
    assert problem.encode()
    assert len(problem) < 100


@pytest.mark.parametrize("name", ["AAPL", "p", "dailyBar"])
def test_a_name_that_is_there_twice_voids_the_reply(name):
    body = json.dumps({"AAPL": APPLE}).replace(f'"{name}":', f'"{name}": 1, "{name}":', 1)
    with pytest.raises(SourceError, match="no JSON"):
        read(body.encode(), "AAPL")


GOOD = json.dumps({"AAPL": APPLE})


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "empty reply"),
        (b"\r\n ", "empty reply"),
        (b"<!DOCTYPE html><html></html>", "no JSON"),
        (b"\xff\xff\xff", "no JSON"),
        (GOOD.encode("utf-16"), "no JSON"),
        (GOOD.encode("utf-8-sig"), "no JSON"),
        (GOOD.encode() + b"x", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b'{"AAPL":' * 100_000, "no JSON"),
        (b"[]", "no object"),
        (b"null", "no object"),
        (b"1e999999999999999999999", "no object"),
        (b"NaN", "no object"),
        (b'"AAPL"', "no object"),
        (recorded("forbidden.json"), "no quotes"),
        (b'{"code":40310000,"message":"x"}', "no quotes"),
        (b'{"snapshots":null}', "no quotes"),
        (b'{"snapshots":[]}', "no quotes"),
        (b'{"snapshots":{"message":"x"}}', "no quotes"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_a_reply_without_rows_is_a_source_error(body, message):
    with pytest.raises(SourceError, match=message):
        read(body, "AAPL")


# -- The past -----------------------------------------------------------------------------------

SYMBOL = Symbol.parse("AAPL.US")
BAR = json.loads(recorded("bars.json"))["bars"]["AAPL"][0]


def minutes(*bars: object, now: datetime = NOW) -> list[Candle]:
    """Parse a reply with these bars."""
    body = json.dumps({"bars": {"AAPL": bars}, "next_page_token": None}).encode()
    return parse_history(body, SYMBOL, now)


def candle(at: str, *figures: str) -> Candle:
    """A candle by its time and its figures."""
    opened, high, low, close, volume = map(Decimal, figures)
    return Candle(datetime.fromisoformat(at), opened, high, low, close, int(volume))


def test_the_documented_bars_are_those_of_the_newest_day_oldest_first():
    assert parse_history(recorded("bars.json"), SYMBOL, NOW) == [
        candle("2026-08-17T12:05:00+00:00", "306.5", "306.5", "306.5", "306.5", "118"),
        candle("2026-08-17T13:30:00+00:00", "306.21", "306.3", "305.88", "306", "15233"),
        candle("2026-08-17T13:31:00+00:00", "306.02", "306.4", "305.9", "306.33", "9120"),
    ]


@pytest.mark.parametrize("body", [recorded("bars-none.json"), b'{"bars":null}'])
def test_no_bars(body):
    assert parse_history(body, SYMBOL, NOW) == []


def test_the_order_of_the_bars_does_not_matter():
    bars = json.loads(recorded("bars.json"))["bars"]["AAPL"]
    assert minutes(*bars) == minutes(*reversed(bars))
    assert minutes() == []


def test_the_day_of_a_bar_is_that_of_new_york():
    evening = [BAR | {"t": f"2026-08-{at}:00Z"} for at in ("17T23:59", "18T00:00", "18T03:59")]
    assert len(minutes(*evening)) == 3
    assert len(minutes(*evening, BAR | {"t": "2026-08-18T04:00:00Z"})) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"t": "2026-08-17T13:31:30Z"},
        {"t": "2026-08-17T13:31:00.5Z"},
        {"t": "2026-11-24T00:11:00Z"},
        {"t": None},
        {"o": 306.41},
        {"o": 0},
        {"c": 306.41},
        {"c": 305.89},
        {"h": 305},
        {"l": "305.9"},
        {"l": 1e30},
        {"v": None},
        {"v": -1},
    ],
    ids=str,
)
def test_a_bar_that_cannot_be_trusted_is_left_out(change):
    other = BAR | {"t": "2026-08-17T13:32:00Z"}
    assert len(minutes(BAR, other)) == 2
    assert minutes(BAR | change, other) == minutes(other)
    with pytest.raises(SourceError, match=r"1 bars of AAPL\.US, 0 of them"):
        minutes(BAR | change)


def test_a_minute_that_is_there_twice_is_a_source_error():
    with pytest.raises(SourceError, match="2 bars"):
        minutes(BAR, BAR | {"v": 1})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"<html>",
        b"[" * 100_000,
        recorded("forbidden.json"),
        recorded("snapshots-iex.json"),
        b'{"bars":{"TSLA":[]}}',
        b'{"bars":{"AAPL":null}}',
        b'{"bars":{"AAPL":{"t":1}}}',
        b'{"bars":{"AAPL":[null,5,"x",[]]}}',
        b'{"bars":[1]}',
    ],
    ids=lambda body: repr(body)[:30],
)
def test_useless_bars_are_a_source_error(body):
    with pytest.raises(SourceError):
        parse_history(body, SYMBOL, NOW)


# -- Over HTTP ----------------------------------------------------------------------------------

SYMBOLS = [Symbol.parse("AAPL.US"), Symbol.parse("BRK.B.US")]


@pytest.fixture
async def http():
    async with ClientSession() as session:
        yield session


@pytest.fixture(autouse=True)
def credentials(settings):
    settings.ALPACA_KEY, settings.ALPACA_SECRET = KEY, SECRET
    settings.ALPACA_FEED = "iex"


@pytest.fixture
async def server(settings):
    recording = read({"AAPL": APPLE, "BRK.B": BERKSHIRE}, "AAPL", "BRK.B").snapshots
    async with StandIn(recording) as server:
        settings.ALPACA_URL = server.url
        yield server


@pytest.fixture
async def answering(settings):
    """Return a function that starts a server with one answer to everything, and keeps requests."""
    runners = []

    async def start(body: bytes = b"{}", **options) -> list[web.Request]:
        requests: list[web.Request] = []

        async def respond(request):
            requests.append(request)
            return web.Response(body=body, **options)

        app = web.Application()
        app.router.add_get("/{any:.*}", respond)
        runner = web.AppRunner(app)
        runners.append(runner)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        settings.ALPACA_URL = f"http://127.0.0.1:{runner.addresses[0][1]}"
        return requests

    yield start
    for runner in runners:
        await runner.cleanup()


def test_what_the_source_declares():
    assert Alpaca.markets == Alpaca.history_markets == {Market.US}
    assert Alpaca.settings == ("ALPACA_KEY", "ALPACA_SECRET")
    assert Alpaca.batch_size == 200
    assert Alpaca.limits.requests_a_minute < 200


@pytest.mark.parametrize("feed", ["iex", "sip"])
def test_real_time_feeds_are_not_late(settings, feed):
    settings.ALPACA_FEED = feed
    assert dict(Alpaca.delays) == {}
    assert Alpaca.delays.get(Market.US, 0) == 0


async def test_the_delayed_feed_is_late(settings, server, http):
    settings.ALPACA_FEED = "delayed_sip"
    assert dict(Alpaca().delays) == {Market.US: 900}
    assert len(Alpaca().delays) == 1
    fetched = await Alpaca().fetch(SYMBOLS, http)
    assert [snapshot.delay for snapshot in fetched.snapshots] == [900, 900]


async def test_fetch(server, http):
    unknown = Symbol.parse("XYZZY.US")
    fetched = await Alpaca().fetch([*SYMBOLS, unknown], http)
    assert [snapshot.symbol for snapshot in fetched.snapshots] == SYMBOLS
    assert [snapshot.delay for snapshot in fetched.snapshots] == [0, 0]
    assert fetched.problems == []
    assert (await Alpaca().fetch([unknown], http)) == Fetched()
    assert server.requests["all"] == 2


async def test_only_what_it_knows_is_asked_for(server, http):
    others = [Symbol.parse(text) for text in ("NDX.US", "600519.SH", "00700.HK", "LONGNAME.US")]
    assert await Alpaca().fetch(others, http) == Fetched()
    assert await Alpaca().fetch([], http) == Fetched()
    assert await Alpaca().history(others[0], http) == []
    assert not server.requests
    assert len((await Alpaca().fetch([*others, *SYMBOLS], http)).snapshots) == 2
    assert set(server.asked) == set(SYMBOLS)


async def test_what_is_asked(answering, settings, http):
    requests = await answering()
    settings.ALPACA_FEED = "sip"
    await Alpaca().fetch(SYMBOLS, http)
    [request] = requests
    assert request.raw_path == "/v2/stocks/snapshots?symbols=AAPL,BRK.B&feed=sip"
    assert request.headers["APCA-API-KEY-ID"] == KEY
    assert request.headers["APCA-API-SECRET-KEY"] == SECRET


async def test_a_full_batch_fits_a_url(server, http):
    codes = [f"{a}{b}{c}QQ.{c}" for a in "ABCDEFGH" for b in "ABCDE" for c in "ABCDE"]
    symbols = [Symbol.parse(f"{code}.US") for code in codes]
    assert len(symbols) == Alpaca.batch_size
    assert await Alpaca().fetch(symbols, http) == Fetched()
    assert len(server.asked) == 200


@pytest.mark.parametrize(
    ("feed", "asked"), [("iex", "iex"), ("sip", "sip"), ("delayed_sip", "sip")]
)
async def test_history(answering, settings, http, feed, asked):
    settings.ALPACA_FEED = feed
    requests = await answering(recorded("bars.json"))
    candles = await Alpaca().history(SYMBOL, http)
    assert candles == parse_history(recorded("bars.json"), SYMBOL, NOW)
    assert len(candles) == 3
    [request] = requests
    assert request.path == "/v2/stocks/bars"
    query = dict(request.query)
    start = datetime.fromisoformat(query.pop("start"))
    assert timedelta(days=6, hours=23) < datetime.now(UTC) - start < timedelta(days=7, hours=1)
    assert query == {
        "symbols": "AAPL",
        "timeframe": "1Min",
        "limit": "1000",
        "feed": asked,
        "sort": "desc",
    }
    assert request.headers["APCA-API-SECRET-KEY"] == SECRET


async def test_history_over_a_useless_reply(answering, http):
    await answering(b"<html>")
    with pytest.raises(SourceError, match="no JSON"):
        await Alpaca().history(SYMBOL, http)


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ({"kind": "status", "status": 503}, "HTTP 503"),
        ({"kind": "status", "status": 429, "headers": {"Retry-After": "7"}}, "HTTP 429"),
        ({"kind": "status", "status": 401}, "the key is refused"),
        ({"kind": "status", "status": 403}, "the key is refused"),
        ({"kind": "timeout"}, "timeout"),
        ({"kind": "drip", "seconds": 30}, "timeout"),
        ({"kind": "empty"}, "empty reply"),
        ({"kind": "html"}, "no JSON"),
        ({"kind": "broken"}, "ClientPayloadError"),
        ({"kind": "charset"}, "no JSON"),
        ({"kind": "garbage"}, "no JSON"),
        ({"kind": "cut"}, "no JSON"),
        ({"kind": "damaged"}, "no readable row"),
    ],
    ids=str,
)
async def test_a_useless_reply_is_a_source_error(server, http, fault, message, monkeypatch):
    if message == "timeout":
        monkeypatch.setattr(_reply, "TIMEOUT", ClientTimeout(total=0.2))
    server.control({"misbehave": fault | {"requests": 1}})
    with pytest.raises(SourceError, match=message) as refused:
        await Alpaca().fetch(SYMBOLS, http)
    assert refused.value.status == fault.get("status")
    assert refused.value.retry_after == (7 if "headers" in fault else None)
    assert len((await Alpaca().fetch(SYMBOLS, http)).snapshots) == 2


async def test_the_good_rows_of_a_damaged_reply_count(server, http):
    server.control({"misbehave": {"kind": "damaged", "symbols": ["AAPL.US"]}})
    fetched = await Alpaca().fetch(SYMBOLS, http)
    assert [str(snapshot.symbol) for snapshot in fetched.snapshots] == ["BRK.B.US"]
    [problem] = fetched.problems
    assert problem.startswith("AAPL: ")


@pytest.mark.parametrize("missing", ["ALPACA_KEY", "ALPACA_SECRET"])
async def test_the_stand_in_wants_both_halves_of_a_key(server, settings, http, missing):
    setattr(settings, missing, "")
    with pytest.raises(SourceError, match="the key is refused for the feed iex") as refused:
        await Alpaca().fetch(SYMBOLS, http)
    assert refused.value.status == 403


async def test_the_stand_in_refuses_a_whole_batch_for_one_symbol(server, http):
    headers = {"APCA-API-KEY-ID": KEY, "APCA-API-SECRET-KEY": SECRET}
    for query in ("symbols=AAPL,aapl", "symbols=", "symbols=AAPL&feed=otc"):
        async with http.get(f"{server.url}/v2/stocks/snapshots?{query}", headers=headers) as reply:
            assert reply.status == 400
            assert "invalid" in (await reply.json())["message"]


async def test_a_bad_symbol_is_named(answering, http):
    await answering(b'{"message":"invalid symbol: AAPL"}', status=400)
    with pytest.raises(SourceError, match=r"HTTP 400: .*invalid symbol: AAPL"):
        await Alpaca().fetch(SYMBOLS, http)


async def test_a_server_that_is_not_there(settings, http, unused_tcp_port):
    settings.ALPACA_URL = f"http://127.0.0.1:{unused_tcp_port}"
    with pytest.raises(SourceError, match="ClientConnectorError"):
        await Alpaca().fetch(SYMBOLS, http)


async def test_redirects_are_not_followed_as_they_would_carry_the_key(answering, http):
    requests = await answering(status=302, headers={"Location": "/elsewhere"})
    with pytest.raises(SourceError, match="HTTP 302"):
        await Alpaca().fetch(SYMBOLS, http)
    assert len(requests) == 1


# -- Secrets ------------------------------------------------------------------------------------


def chain(error: BaseException | None) -> str:
    """All that a traceback could show of an error and of what led to it."""
    parts = []
    while error is not None:
        parts += [str(error), repr(error), repr(vars(error))]
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return " ".join(parts)


@pytest.mark.parametrize("status", [200, 302, 400, 401, 403, 429, 500])
@pytest.mark.parametrize("secret", [KEY, SECRET])
@pytest.mark.parametrize("before", [0, 110])  # 110: the head that is shown ends amidst it
async def test_a_server_that_sends_the_key_back(answering, http, caplog, status, secret, before):
    caplog.set_level(logging.DEBUG)
    await answering(("-" * before + f" {secret} {secret}").encode(), status=status)
    for ask in (Alpaca().fetch(SYMBOLS, http), Alpaca().history(SYMBOL, http)):
        with pytest.raises(SourceError) as refused:
            await ask
        assert secret[:6] not in chain(refused.value) + caplog.text
        assert (f"HTTP {status}" in str(refused.value)) == (status != 200)


@pytest.mark.parametrize("odd", ["\n", "\udc80", "\x00", "贵"])
async def test_a_key_that_no_header_can_carry(answering, settings, http, odd):
    await answering(status=403)
    settings.ALPACA_SECRET = SECRET + odd
    with pytest.raises(SourceError) as refused:
        await Alpaca().fetch(SYMBOLS, http)
    assert SECRET not in chain(refused.value)
    assert SECRET not in repr(Alpaca())


async def test_a_server_that_is_not_there_learns_and_tells_nothing(
    settings, http, unused_tcp_port, caplog
):
    caplog.set_level(logging.DEBUG)
    settings.ALPACA_URL = f"http://127.0.0.1:{unused_tcp_port}"
    with pytest.raises(SourceError) as refused:
        await Alpaca().fetch(SYMBOLS, http)
    assert KEY not in chain(refused.value) + caplog.text
    assert SECRET not in chain(refused.value) + caplog.text
