"""What Tencent's rows say beside the price: every recorded reply, and what cannot be trusted."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from monitors.market import InstrumentKind, Market, QuoteState, Reference
from monitors.sources._tencent_reference import parse_reference
from monitors.sources._tencent_row import code_of
from monitors.sources.base import SourceError
from monitors.sources.tencent import Tencent
from monitors.symbols import Symbol
from tests.monitors.sources.rows import NOW
from tests.monitors.sources.tencent import (
    APPLE,
    EXPECTED,
    PUFA,
    TENCENT,
    recorded,
    wanted_by,
    with_fields,
)
from tests.standin.server import StandIn

# symbol, kind, state, lot, highest and lowest price of which day, names
INDEXES = [
    "000001.SH index trading - - - - 上证指数",
    "399001.SZ index trading - - - - 深证成指",
    "000300.SH index trading - - - - 沪深300",
]
ETF = "510300.SH fund trading - 5.281 4.321 2026-08-18 沪深300ETF华泰柏瑞"
HONG_KONG = [
    "00700.HK stock trading 100 - - - 腾讯控股 TENCENT",
    "HSI.HK index trading - - - - 恒生指数 Hang Seng Index",
    "HSTECH.HK index trading - - - - 恒生科技指数 Hang Seng TECH Index",
]
AMERICA = [
    "AAPL.US stock trading - - - - 苹果 Apple Inc.",
    "SPY.US fund trading - - - - 标普500指数ETF-SPDR State Street Spdr S&P 500 Etf",
    "NDX.US index trading - - - - 纳斯达克100 Nasdaq 100",
    "DJI.US index trading - - - - 道琼斯 Dow Jones",
]
MULTI_MARKET = [*INDEXES, ETF, *HONG_KONG, *AMERICA]
TOLD = {
    "cn-index.txt": INDEXES,
    "cn-intraday-600519-etf-lof.txt": [
        "600519.SH stock trading - 1437.10 1175.81 2026-08-06 贵州茅台",
        "510300.SH fund trading - 5.180 4.238 2026-08-07 沪深300ETF华泰柏瑞",
        "161725.SZ fund trading - 0.616 0.504 2026-08-07 白酒基金LOF",
    ],
    "cn-live-600000.txt": ["600000.SH stock trading - 10.43 8.53 2026-10-08 浦发银行"],
    "cn-preopen-auction.txt": ["002241.SZ stock trading - 24.50 20.04 2025-05-09 歌尔股份"],
    "cn-suspended-ST.txt": ["002731.SZ stock suspended - 0.85 0.69 2026-09-02 *ST萃华"],
    "etf-3dec.txt": [ETF],
    # Rows were shorter then.
    "hk-r_hk-2018.txt": [
        "00700.HK - trading - - - - 腾讯控股 TENCENT",
        "00980.HK - trading - - - - 联华超市 LIANHUA",
    ],
    "hk.txt": HONG_KONG,
    "us.txt": AMERICA,
    "unknown-symbol.txt": [],
    "multi-market-live.txt": MULTI_MARKET,
    "multi-market-live.gbk.bin": MULTI_MARKET,
}


def line(told: Reference) -> str:
    """A reference as TOLD writes it."""
    figures = (told.kind, told.state, told.lot, told.limit_up, told.limit_down, told.limits_on)
    text = " ".join("-" if value is None else str(value) for value in figures)
    return f"{told.symbol} {text} {told.name} {told.english_name}".strip()


def read(body: str, *symbols: str, now: datetime = NOW) -> list[Reference]:
    wanted = {code_of(symbol): symbol for symbol in map(Symbol.parse, symbols)}
    return parse_reference(body.encode("gbk"), wanted, now)


def pufa(**changes: str) -> Reference:
    [told] = read(with_fields(PUFA, **changes), "600000.SH")
    return told


def test_each_recorded_reply_is_accounted_for():
    assert TOLD.keys() == EXPECTED.keys()


@pytest.mark.parametrize("name", TOLD)
def test_recorded_reply(name):
    body = recorded(name)
    assert list(map(line, parse_reference(body, wanted_by(body), NOW))) == TOLD[name]


@pytest.mark.parametrize(
    ("letter", "state"),
    [
        ("", QuoteState.TRADING),
        ("S", QuoteState.SUSPENDED),
        ("D", QuoteState.DELISTED),
        ("Q", QuoteState.UNKNOWN),
    ],
)
def test_states(letter, state):
    assert pufa(f40=letter).state is state


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("GP-A-KCB", InstrumentKind.STOCK),
        ("GP-A-CYB", InstrumentKind.STOCK),
        ("LOF", InstrumentKind.FUND),
        ("QDII-ETF", InstrumentKind.FUND),
        ("ZS", InstrumentKind.INDEX),
        ("XYZ", None),
        ("", None),
    ],
)
def test_kinds(text, kind):
    assert pufa(f61=text).kind is kind


def test_no_limits():
    told = pufa(f47="-1", f48="-1")
    assert (told.limit_up, told.limit_down, told.limits_on) == (None, None, None)


def test_limits_need_no_previous_close():
    assert pufa(f4="0.00").limit_up == Decimal("10.43")


def test_the_day_of_the_limits_is_the_market_s():
    assert pufa(f30="20261008000030").limits_on == date(2026, 10, 8)


def test_a_row_that_ends_early_tells_what_it_holds():
    head, content, tail = PUFA.split('"')
    short = "~".join(content.split("~")[:41])
    [told] = read(f'{head}"{short}"{tail}', "600000.SH")
    assert line(told) == "600000.SH - trading - - - - 浦发银行"


@pytest.mark.parametrize(
    ("row", "symbol", "changes"),
    [
        *(
            (PUFA, "600000.SH", changes)
            for changes in (
                {"f0": "51"},
                {"f1": ""},
                {"f1": "\t "},
                {"f2": "600001"},
                {"f4": "10.44"},  # above its limit
                {"f4": "8.52"},
                {"f4": "x"},
                {"f30": "20261008"},
                {"f30": "20261124083001"},  # to come
                {"f40": "SS"},
                {"f47": "8.52"},
                {"f47": "8.53", "f4": "0.00"},  # no room between them
                {"f47": "0.00"},
                {"f47": "-1"},  # only one of them
                {"f48": "-1"},
                {"f48": ""},
                {"f48": "0.00"},
                {"f48": "nan"},
                {"f48": "1e1"},
                {"f61": "2.61"},
                {"f61": "gp-a"},
                {"f61": "GP-"},
            )
        ),
        *((TENCENT, "00700.HK", {"f60": lot}) for lot in ("-100", "100.0", "1e2", "x", "010")),
        (TENCENT, "00700.HK", {"f60": "1" * 8}),
        (TENCENT, "00700.HK", {"f63": "0.74"}),
        (APPLE, "AAPL.US", {"f56": "0.18"}),
    ],
    ids=str,
)
def test_what_cannot_be_is_left_out(row, symbol, changes):
    assert len(read(row, symbol)) == 1
    other, good = ("AAPL.US", APPLE) if row is not APPLE else ("600000.SH", PUFA)
    told = read(with_fields(row, **changes) + good, symbol, other)
    assert [str(one.symbol) for one in told] == [other]
    with pytest.raises(SourceError, match="no readable row"):
        read(with_fields(row, **changes), symbol)


def test_a_lot_of_nothing_is_none():
    [told] = read(with_fields(TENCENT, f60="0"), "00700.HK")
    assert told.lot is None


def test_a_time_to_come():
    stamped = datetime(2026, 10, 8, 8, 14, 57, tzinfo=UTC)
    assert read(PUFA, "600000.SH", now=stamped - timedelta(minutes=10))
    with pytest.raises(SourceError, match="is to come"):
        read(PUFA, "600000.SH", now=stamped - timedelta(minutes=10, seconds=1))


async def test_reference_over_http(settings, http):
    symbols = [Symbol.parse(text) for text in ("600000.SH", "00700.HK", "603999.SH")]
    body = recorded("cn-live-600000.txt") + recorded("hk.txt").splitlines(keepends=True)[0]
    assert Tencent.reference_markets == set(Market)
    async with StandIn() as server:
        settings.TENCENT_URL = server.url
        server.control({"misbehave": {"kind": "reply", "body": body.decode("gbk")}})
        told = await Tencent().reference(symbols, http)
    assert list(map(line, told)) == [*TOLD["cn-live-600000.txt"], HONG_KONG[0]]
