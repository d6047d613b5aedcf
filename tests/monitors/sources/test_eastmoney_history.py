"""Eastmoney's minutes."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from aiohttp import web

from monitors.market import Market
from monitors.sources._eastmoney_history import parse_history
from monitors.sources.base import SourceError
from monitors.sources.eastmoney import Eastmoney
from monitors.symbols import Symbol
from tests.monitors.sources.eastmoney import (
    APPLE,
    GOOD,
    MOUTAI,
    NEXT,
    NOW,
    STAR,
    TENCENT,
    UNKNOWN,
    N,
    history_of,
)


def minutes(symbol: Symbol, *rows, now: datetime = NOW) -> list[str]:
    """What is read of these rows, one line a minute."""
    return [
        f"{candle.at:%m-%d %H:%M} {candle.open} {candle.high} {candle.low} {candle.close} "
        f"{candle.volume}"
        for candle in parse_history(history_of(symbol, *rows), symbol, now)
    ]


GOOD_LINE = "11-23 01:30 1500.00 1502.00 1499.90 1501.50 1200"


NEXT_LINE = "11-23 01:31 1501.50 1501.50 1500.00 1500.10 300"


def test_a_minute_is_named_by_its_end_and_counts_lots():
    assert minutes(MOUTAI, GOOD, NEXT) == [GOOD_LINE, NEXT_LINE]
    [candle] = parse_history(history_of(MOUTAI, GOOD), MOUTAI, NOW)
    assert candle.at == datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
    assert candle.at.tzinfo is UTC


def test_hong_kong_counts_shares():
    assert minutes(TENCENT, "2026-11-23 16:00,440.2,440.4,440.6,440.2,1200,528480.0") == [
        "11-23 07:59 440.2 440.6 440.2 440.4 1200"
    ]


@pytest.mark.parametrize(
    ("volume", "shares"), [("12", ["1200"]), ("1200", ["1200"]), ("120000", []), ("0", ["0"])]
)
def test_minutes_of_the_star_board_count_lots_or_shares(volume, shares):
    row = f"2026-11-23 09:31,90.00,90.10,90.20,89.90,{volume},108060.00"
    other = "2026-11-23 09:32,90.00,90.10,90.20,89.90,10,90100.00"
    assert [line.split()[-1] for line in minutes(STAR, row, other)] == [*shares, "1000"]


def test_new_york_is_told_in_beijing_time():
    assert minutes(
        APPLE,
        "2026-07-14 04:00,310.1,310.2,310.3,310.0,500,155100.0",  # the session before
        "2026-07-14 21:31,305.1,305.2,305.3,305.0,500,152600.0",
        "2026-07-14 23:59,306.1,306.2,306.3,306.0,600,183700.0",
        "2026-07-15 00:01,307.1,307.2,307.3,307.0,700,215000.0",
        "2026-07-15 04:00,308.1,308.2,308.3,308.0,800,246500.0",
    ) == [
        "07-14 13:30 305.1 305.3 305.0 305.2 500",
        "07-14 15:58 306.1 306.3 306.0 306.2 600",
        "07-14 16:00 307.1 307.3 307.0 307.2 700",
        "07-14 19:59 308.1 308.3 308.0 308.2 800",
    ]
    winter = "2026-01-15 22:31,305.1,305.2,305.3,305.0,500,152600.0"
    assert minutes(APPLE, winter) == ["01-15 14:30 305.1 305.3 305.0 305.2 500"]


def test_new_york_in_its_own_time_would_be_refused():
    rows = [f"2026-07-14 {time},305.1,305.2,305.3,305.0,500,1.0" for time in ("09:31", "15:59")]
    with pytest.raises(SourceError, match="no readable minute"):
        minutes(APPLE, *rows)


def test_the_newest_session_in_order():
    older = GOOD.replace("11-23", "11-20")
    assert minutes(MOUTAI, NEXT, older, GOOD) == [GOOD_LINE, NEXT_LINE]


def test_a_minute_told_twice():
    assert minutes(MOUTAI, GOOD, GOOD, NEXT) == [GOOD_LINE, NEXT_LINE]
    other = GOOD.replace(",12,", ",13,")
    for rows in ((GOOD, other, NEXT), (other, GOOD, NEXT), (GOOD, other, GOOD, NEXT)):
        assert minutes(MOUTAI, *rows) == [NEXT_LINE]


@pytest.mark.parametrize(
    "row",
    [
        "",
        "x",
        N("null"),
        N(5),
        [],
        {"f51": "2026-11-23 09:31"},
        GOOD.rpartition(",")[0],
        GOOD.replace("1500.00", "0.00"),
        GOOD.replace("1500.00", "-1500.00"),
        GOOD.replace("1499.90", "0.00"),
        GOOD.replace("1500.00", "nan"),
        GOOD.replace("1500.00", "1e30"),
        GOOD.replace("1500.00", ""),
        GOOD.replace("1500.00", "-"),
        GOOD.replace("1500.00", "1502.01"),  # the open above the high
        GOOD.replace("1500.00", "1499.89"),
        GOOD.replace("1501.50", "1502.01"),  # the close above the high
        GOOD.replace("1501.50", "1499.89"),
        GOOD.replace("1502.00", "1499.00"),  # the high below the low
        GOOD.replace(",12,", ",-12,"),
        GOOD.replace(",12,", ",nan,"),
        GOOD.replace(",12,", ",,"),
        GOOD.replace(",12,", f",{10**13},"),
        GOOD.replace("1800600.00", "inf"),
        GOOD.replace("2026-11-23 09:31", "2026-11-23"),
        GOOD.replace("2026-11-23 09:31", "2026-02-30 09:31"),
        GOOD.replace("2026-11-23 09:31", "2026-11-23 25:31"),
        GOOD.replace("2026-11-23 09:31", "2026-11-23 03:31"),  # nobody trades then
        GOOD.replace("2026-11-23 09:31", "2026-11-23 09:31:00"),
        GOOD.replace("2026-11-23 09:31", "20261123 0931"),
        GOOD.replace("2026-11-23 09:31", "2026-11-24 09:31"),  # to come
        GOOD.replace("2026", "２０２６"),
    ],
    ids=map(str, count()),
)
def test_a_bad_minute_is_left_out(row):
    assert minutes(MOUTAI, row, NEXT) == [NEXT_LINE]
    with pytest.raises(SourceError, match="no readable minute"):
        minutes(MOUTAI, row)


def test_the_minute_under_way_is_no_minute_to_come():
    end = datetime(2026, 11, 23, 1, 31, tzinfo=UTC)
    assert minutes(MOUTAI, GOOD, now=end - timedelta(minutes=10)) == [GOOD_LINE]
    with pytest.raises(SourceError):
        minutes(MOUTAI, GOOD, now=end - timedelta(minutes=10, seconds=1))


def test_history_of_nobody_or_of_another():
    for code in (0, 100, 102):
        assert parse_history(b'{"rc":%d,"rt":17,"data":null}' % code, MOUTAI, NOW) == []
    assert parse_history(history_of(MOUTAI), MOUTAI, NOW) == []
    with pytest.raises(SourceError, match="another symbol"):
        parse_history(history_of(TENCENT, GOOD), MOUTAI, NOW)
    with pytest.raises(SourceError, match="no minutes"):
        parse_history(b'{"rc":0,"data":{"code":"600519","market":1}}', MOUTAI, NOW)


@pytest.fixture
async def knowing(answering, point):
    """Start a server that knows the minutes of some secids, and of no others."""

    async def start(**histories: bytes):
        def respond(request: web.Request) -> web.Response:
            assert request.path == "/api/qt/stock/kline/get"
            assert (request.query["klt"], request.query["fqt"]) == ("1", "0")
            assert request.query["fields2"] == "f51,f52,f53,f54,f55,f56,f57"
            return web.Response(body=histories.get(request.query["secid"], UNKNOWN))

        server = await answering(respond)
        point("eastmoney", server.url)
        return server

    return start


def secids(server) -> list[str]:
    """The secids that a server was asked for."""
    return [request.query["secid"] for request in server.requests]


async def test_history(knowing, http):
    server = await knowing(**{"1.600519": history_of(MOUTAI, GOOD, NEXT)})
    assert set(Market) == Eastmoney.history_markets
    candles = await Eastmoney().history(MOUTAI, http)
    assert candles == parse_history(history_of(MOUTAI, GOOD, NEXT), MOUTAI, NOW)
    assert await Eastmoney().history(TENCENT, http) == []
    assert secids(server) == ["1.600519", "116.00700"]


async def test_history_of_a_us_ticker_is_looked_for_on_each_market(knowing, http):
    row = "2026-07-14 21:31,305.1,305.2,305.3,305.0,500,152600.0"
    server = await knowing(**{"106.AAPL": history_of(APPLE, row, secid="106.AAPL")})
    assert len(await Eastmoney().history(APPLE, http)) == 1
    assert secids(server) == ["105.AAPL", "106.AAPL"]
    assert await Eastmoney().history(Symbol.parse("XYZ.US"), http) == []
    assert secids(server)[2:] == ["105.XYZ", "106.XYZ", "107.XYZ"]
