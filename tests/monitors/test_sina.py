"""The Sina source: every recorded reply, and every way in which a reply can be wrong."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from aiohttp import ClientSession, ClientTimeout, web

from monitors.market import Market, QuoteState, Snapshot
from monitors.sources import _reply
from monitors.sources.base import Fetched, SourceError
from monitors.sources.sina import Sina, key_of, parse
from monitors.symbols import Symbol
from tests.standin.server import StandIn

RESPONSES = Path(__file__).parents[1] / "data" / "responses"
NOW = datetime(2026, 11, 24, tzinfo=UTC)

KEYS = {
    "sh600519": "600519.SH",
    "sz000016": "000016.SZ",
    "sh510300": "510300.SH",
    "sz162411": "162411.SZ",
    "sh000001": "000001.SH",
    "sz399001": "399001.SZ",
    "sh000300": "000300.SH",
    "sh999999": "999999.SH",
    "rt_hk00700": "00700.HK",
    "rt_hkHSI": "HSI.HK",
    "gb_aapl": "AAPL.US",
    "gb_spy": "SPY.US",
}

# symbol, time (UTC), price, previous close, open, high, low, volume, amount, state, name
ETF = (
    "510300.SH 2026-08-18T03:21:26 4.760 4.801 4.794 4.803 4.751 "
    "477761143 2284973272.000 trading 沪深300ETF华泰柏瑞"
)
AAPL = (
    "AAPL.US 2026-08-17T20:00:00 305.5900 305.9300 306.2100 307.6600 302.9390 "
    "38169263 - trading 苹果"
)
US = [
    AAPL,
    (
        "SPY.US 2026-08-17T20:00:00 772.6700 776.3400 776.1800 776.7750 772.5100 "
        "34356548 - trading SPDR标普500 ETF"
    ),
]
HK = [
    (
        "00700.HK 2026-08-18T03:21:30 438.600 446.400 444.200 446.200 437.600 "
        "11274362 4968318033.860 trading 腾讯控股"
    ),
    (
        "HSI.HK 2026-08-18T03:21:30 25281.199 25453.230 25368.870 25456.650 25240.620 "
        "5713643914 122715894304.000 trading 恒生指数"
    ),
]
MULTI_MARKET = [
    (
        "000001.SH 2026-08-18T03:21:26 3963.8466 3982.6535 3979.4898 3992.0919 3955.6012 "
        "33453700500 753518045491 trading 上证指数"
    ),
    (
        "399001.SZ 2026-08-18T03:21:27 14517.020 14704.274 14692.029 14733.904 14459.719 "
        "44779717379 835437559741.322 trading 深证成指"
    ),
    (
        "000300.SH 2026-08-18T03:21:27 4699.8944 4741.0981 4734.0733 4744.0054 4687.5259 "
        "12526073200 397772600565 trading 沪深300"
    ),
    *(ETF, *HK, *US),
]
EXPECTED = {
    "cn-preopen-600519.txt": [],
    "cn-suspended-ST.txt": [
        "000016.SZ 2026-09-15T01:30:00 2.460 2.460 - - - 0 0.000 suspended *ST康佳A",
    ],
    "etf-3dec.txt": [ETF],
    "hk.txt": HK,
    "lof-close.txt": [
        (
            "162411.SZ 2019-03-12T07:00:03 0.491 0.488 0.489 0.492 0.488 "
            "133819867 65623147.285 trading 华宝油气"
        ),
    ],
    "multi-market-2.txt": [
        (
            "000001.SH 2026-08-18T03:12:05 3959.0386 3982.6535 3979.4898 3992.0919 3955.6012 "
            "32289762600 726898077678 trading 上证指数"
        ),
        (
            "00700.HK 2026-08-18T03:12:09 439.200 446.400 444.200 446.200 437.600 "
            "10862189 4787488194.660 trading 腾讯控股"
        ),
        AAPL,
        (
            "510300.SH 2026-08-18T03:12:54 4.756 4.801 4.794 4.803 4.751 "
            "463320243 2216277814.000 trading 沪深300ETF华泰柏瑞"
        ),
        US[1],
    ],
    "multi-market-live.gb18030.bin": MULTI_MARKET,
    "multi-market-live.txt": MULTI_MARKET,
    "unknown-symbol.txt": [],
    "us.txt": US,
}
REFUSALS = {"malformed-token-voids-batch.txt", "no-referer-403.txt"}


def recorded(name: str) -> bytes:
    """A recorded reply in the endpoint's own encoding."""
    body = (RESPONSES / f"sina-{name}").read_bytes()
    return body if name.endswith(".bin") else body.decode().encode("gb18030")


def wanted_by(body: bytes) -> dict[str, Symbol]:
    """The symbols that a recorded reply was asked for."""
    return {
        key: Symbol.parse(symbol)
        for key, symbol in KEYS.items()
        if f'var hq_str_{key}="'.encode() in body
    }


def recorded_replies() -> list[tuple[bytes, dict[str, Symbol]]]:
    """Each recorded quote reply with what it was asked for."""
    return [(body, wanted_by(body)) for body in map(recorded, EXPECTED)]


def line(snapshot: Snapshot) -> str:
    """A snapshot as EXPECTED writes it."""
    values = (
        *(snapshot.symbol, snapshot.at.replace(tzinfo=None).isoformat(), snapshot.price),
        *(snapshot.previous_close, snapshot.open, snapshot.high, snapshot.low),
        *(snapshot.volume, snapshot.amount, snapshot.state, snapshot.name),
    )
    return " ".join("-" if value is None else str(value) for value in values)


def read(body: bytes | str, *symbols: str, now: datetime = NOW) -> Fetched:
    """Parse a reply to a request for these symbols."""
    wanted = {key: symbol for symbol in map(Symbol.parse, symbols) if (key := key_of(symbol))}
    return parse(body.encode("gb18030") if isinstance(body, str) else body, wanted, now)


def test_each_recorded_reply_is_accounted_for():
    names = {path.name.removeprefix("sina-") for path in RESPONSES.glob("sina-*")}
    assert names == EXPECTED.keys() | REFUSALS


@pytest.mark.parametrize("name", EXPECTED)
def test_recorded_reply(name):
    body = recorded(name)
    assert body.count(b"hq_str_") == len(wanted_by(body))
    fetched = parse(body, wanted_by(body), NOW)
    assert list(map(line, fetched.snapshots)) == EXPECTED[name]
    assert fetched.problems == []
    assert {snapshot.at.tzinfo for snapshot in fetched.snapshots} <= {UTC}
    assert {(snapshot.source, snapshot.delay) for snapshot in fetched.snapshots} <= {("sina", 0)}


def test_what_is_said_of_the_source():
    assert Sina.markets == set(Market)
    assert not Sina.delays
    assert Sina.has_book


@pytest.mark.parametrize("name", EXPECTED)
def test_a_reply_in_utf_8_reads_the_same(name):
    body = recorded(name)
    recoded = body.decode("gb18030").encode()
    assert parse(recoded, wanted_by(body), NOW) == parse(body, wanted_by(body), NOW)


def test_names_beyond_gbk():
    [snapshot] = read(with_fields(MAOTAI, f0="㐂𠮷"), "600519.SH").snapshots
    assert snapshot.name == "㐂𠮷"


@pytest.mark.parametrize(
    ("symbol", "key"),
    [
        *((symbol, key) for key, symbol in KEYS.items()),
        ("430047.BJ", "bj430047"),
        ("899050.BJ", "bj899050"),
        ("HSTECH.HK", "rt_hkHSTECH"),
        ("BRK.B.US", "gb_brk$b"),
        ("DJI.US", "gb_$dji"),
        ("IXIC.US", "gb_$ixic"),
        ("INX.US", "gb_$inx"),
        ("NDX.US", "gb_$ndx"),
    ],
)
def test_keys(symbol, key):
    assert key_of(Symbol.parse(symbol)) == key


@pytest.mark.parametrize(
    "symbol",
    [
        *(Symbol("ABC1", "US"), Symbol("ABCDEF", "US"), Symbol("BRK.BB", "US"), Symbol("", "US")),
        *(Symbol("AAPL,", "US"), Symbol("aapl", "US"), Symbol("A\n", "US"), Symbol("ＡＡ", "US")),
        *(Symbol("60051", "SH"), Symbol("6005190", "SH"), Symbol("60051x", "SZ")),
        *(Symbol("６００５１９", "SH"), Symbol("430047 ", "BJ"), Symbol("600519\n", "SH")),
        *(Symbol("700", "HK"), Symbol("H", "HK"), Symbol("hsi", "HK"), Symbol("HSI,sh1", "HK")),
    ],
    ids=repr,
)
def test_what_cannot_be_written_has_no_key(symbol):
    assert key_of(symbol) is None


def with_fields(row: str, **changes: str) -> str:
    """A row with some fields, named f0, f1 …, replaced."""
    head, content, tail = row.split('"')
    fields = content.split(",")
    for name, value in changes.items():
        fields[int(name[1:])] = value
    return f'{head}"{",".join(fields)}"{tail}'


EMPTY = recorded("cn-preopen-600519.txt").decode("gb18030").replace('"\n', '";\n')
FUND = recorded("etf-3dec.txt").decode("gb18030")
MAOTAI = FUND.replace("sh510300", "sh600519")
TENCENT, HANG_SENG = recorded("hk.txt").decode("gb18030").splitlines(keepends=True)
APPLE = recorded("us.txt").decode("gb18030").splitlines(keepends=True)[0]


# -- States of the mainland ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("time", "state"),
    [
        ("00:00:00", None),
        ("09:14:59", None),
        ("09:20:00", None),  # in the auction, but nothing matches yet
        ("09:29:59", None),
        ("09:30:00", QuoteState.SUSPENDED),
        ("15:00:00", QuoteState.SUSPENDED),
    ],
)
def test_empty_rows_are_suspended_once_others_trade(time, state):
    fetched = read(with_fields(EMPTY, f31=time), "600519.SH")
    assert fetched.problems == []
    assert [each.state for each in fetched.snapshots] == ([state] if state else [])
    for snapshot in fetched.snapshots:
        assert snapshot.price == snapshot.previous_close == Decimal("1235.580")


@pytest.mark.parametrize("status", ["01", "02", "03", "04", "05", "07"])
def test_statuses_of_the_suspended(status):
    [snapshot] = read(with_fields(EMPTY, f32=status), "600519.SH").snapshots
    assert snapshot.state is QuoteState.SUSPENDED
    assert snapshot.price == Decimal("1235.580")


def test_delisted():
    [snapshot] = read(with_fields(EMPTY, f32="-3"), "600519.SH").snapshots
    assert snapshot.state is QuoteState.DELISTED


@pytest.mark.parametrize("status", ["-1", "-2", "08", "99"])
def test_statuses_without_a_price(status):
    row = with_fields(EMPTY, f31="10:00:00", f32=status)
    assert read(row, "600519.SH") == Fetched()


def test_neither_a_price_nor_a_previous_close():
    row = with_fields(EMPTY, f2="0.000", f31="10:00:00")
    assert read(row, "600519.SH") == Fetched()


def test_bids_without_a_trade_yet_are_no_suspension():
    row = with_fields(EMPTY, f6="1230.000", f10="100", f11="1230.000", f31="10:00:00")
    assert read(row, "600519.SH") == Fetched()


def test_opening_auction():
    prices = dict.fromkeys(["f3", "f6", "f7", "f11", "f21"], "1240.000")
    row = with_fields(EMPTY, **prices, f10="300", f20="300", f31="09:20:00")
    [snapshot] = read(row, "600519.SH").snapshots
    assert snapshot.state is QuoteState.AUCTION
    assert snapshot.price == Decimal("1240.000")
    assert (snapshot.open, snapshot.high, snapshot.low, snapshot.volume) == (None, None, None, 0)
    contradiction = read(with_fields(row, f3="1241.000"), "600519.SH")
    assert contradiction.snapshots == []
    assert contradiction.problems == ["sh600519: price 1241.000 in an auction at 1240.000"]


def test_a_price_without_trades_or_bids_is_no_suspension():
    [snapshot] = read(with_fields(EMPTY, f3="1235.580", f31="10:00:00"), "600519.SH").snapshots
    assert snapshot.state is QuoteState.AUCTION


def test_suspended_in_the_middle_of_the_day():
    book = dict.fromkeys(["f6", "f7", "f11", "f21"], "0.000")
    [snapshot] = read(with_fields(FUND, **book, f32="03"), "510300.SH").snapshots
    assert snapshot.state is QuoteState.SUSPENDED
    assert snapshot.price == Decimal("4.760")


def test_whoever_bids_ends_a_suspension():
    [snapshot] = read(with_fields(FUND, f32="03"), "510300.SH").snapshots
    assert snapshot.state is QuoteState.TRADING


def test_a_status_that_nobody_described():
    book = dict.fromkeys(["f6", "f7", "f11", "f21"], "0.000")
    [snapshot] = read(with_fields(FUND, **book, f32="42"), "510300.SH").snapshots
    assert snapshot.state is QuoteState.UNKNOWN


def test_a_limit_up_has_no_ask():
    [snapshot] = read(with_fields(FUND, f7="0.000", f20="0", f21="0.000"), "510300.SH").snapshots
    assert snapshot.state is QuoteState.TRADING


# -- Markets and their quirks -------------------------------------------------------------------


def test_more_and_fewer_fields_read_the_same():
    before = read(FUND, "510300.SH")
    assert read(FUND.replace('00,";', '00,D|402000|6596820.00,new";'), "510300.SH") == before
    content = FUND.split('"')[1].rstrip(",")
    assert read(f'var hq_str_sh510300="{content}";', "510300.SH") == before
    fewer = read(f'var hq_str_sh510300="{content.rpartition(",")[0]}";', "510300.SH")
    assert fewer.problems == ["sh510300: 32 fields"]


def test_beijing():
    [snapshot] = read(FUND.replace("sh510300", "bj430047"), "430047.BJ").snapshots
    assert snapshot.symbol == Symbol("430047", "BJ")
    assert snapshot.volume == 477761143


def test_lots_of_shanghai_indexes_count_before_the_volume_is_judged():
    row = with_fields(FUND.replace("sh510300", "sh000001"), f8="9" * 14)
    assert read(row.replace("sh000001", "sz399001"), "399001.SZ").snapshots
    assert read(row, "000001.SH").problems == ["sh000001: volume '99999999999999'"]


def test_untraded_in_hong_kong():
    still = {"f2": "0.000", "f4": "0.000", "f5": "0.000", "f11": "0.000", "f12": "0"}
    row = with_fields(TENCENT, **still)
    [snapshot] = read(row, "00700.HK").snapshots
    assert snapshot.state is QuoteState.AUCTION
    assert read(with_fields(row, f6="0.000"), "00700.HK") == Fetched()


def test_no_open_but_volume_is_trading():
    [snapshot] = read(with_fields(TENCENT, f2="0.000"), "00700.HK").snapshots
    assert snapshot.state is QuoteState.TRADING
    assert snapshot.open is None


def test_class_shares():
    [snapshot] = read(APPLE.replace("gb_aapl", "gb_brk$b"), "BRK.B.US").snapshots
    assert snapshot.symbol == Symbol("BRK.B", "US")


def test_indexes_of_the_us_carry_float_dust():
    figures = {"f1": "7728.2002", "f2": "-0.32", "f4": "-24.9100", "f26": "7753.1099"}
    day = {"f5": "7767.5098", "f6": "7767.5098", "f7": "7717.2500"}
    row = with_fields(APPLE, **figures, **day).replace("gb_aapl", "gb_$inx")
    [snapshot] = read(row, "INX.US").snapshots
    assert snapshot.price == Decimal("7728.2002")
    assert read(row.replace("gb_$inx", "gb_spy"), "SPY.US").problems


@pytest.mark.parametrize(
    ("regular", "beijing", "at"),
    [
        ("Aug 17 04:00PM EDT", "2026-08-18 09:30:10", "2026-08-17T20:00:00"),
        ("Sep 28 01:07PM EDT", "2026-09-29 01:08:07", "2026-09-28T17:07:00"),
        ("Jan 15 04:00PM EST", "2026-01-16 09:30:10", "2026-01-15T21:00:00"),
        ("Dec 31 04:00PM EST", "2026-01-01 09:30:10", "2025-12-31T21:00:00"),
        ("Dec 31 04:00PM EST", "2026-01-05 09:30:10", "2025-12-31T21:00:00"),
        ("Jan 02 09:31AM EST", "2026-01-02 22:31:05", "2026-01-02T14:31:00"),
        ("Feb 29 12:00PM EST", "2024-03-01 01:00:10", "2024-02-29T17:00:00"),
        ("Aug 17 12:30AM EDT", "2026-08-17 12:30:00", "2026-08-17T04:30:00"),
        ("Nov 01 01:30AM EDT", "2026-11-01 13:30:00", "2026-11-01T05:30:00"),
        ("Nov 01 01:30AM EST", "2026-11-01 14:30:00", "2026-11-01T06:30:00"),
        ("Mar 02 04:00PM EST", "2026-08-18 09:30:10", "2026-03-02T21:00:00"),  # long halted
    ],
)
def test_times_in_new_york(regular, beijing, at):
    [snapshot] = read(with_fields(APPLE, f25=regular, f3=beijing), "AAPL.US").snapshots
    assert snapshot.at == datetime.fromisoformat(at).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "changes",
    [
        {"f25": ""},
        {"f25": "2026-08-17 16:00:00"},
        {"f25": "aug 17 04:00PM EDT"},
        {"f25": "Aux 17 04:00PM EDT"},
        {"f25": "Aug 00 04:00PM EDT"},
        {"f25": "Aug 32 04:00PM EDT"},
        {"f25": "Feb 29 04:00PM EST"},  # neither 2026 nor 2025 has it
        {"f25": "Aug 17 00:00PM EDT"},
        {"f25": "Aug 17 16:00PM EDT"},
        {"f25": "Aug 17 04:60PM EDT"},
        {"f25": "Aug 17 04:00PM EST"},  # not in summer
        {"f25": "Aug 17 04:00PM PDT"},
        {"f25": "Aug 17 04:00PM EDT "},
        {"f25": "Aug 18 04:00PM EDT"},  # later than the update
        {"f25": "Jan 17 04:00PM EST"},  # half a year before the update
        {"f3": ""},
        {"f3": "2026-08-18"},
        {"f3": "2026-08-00 09:30:10"},
        {"f3": "0000-08-18 09:30:10"},
        {"f3": "2027-08-18 09:30:10", "f25": "Aug 17 04:00PM EDT"},  # to come
    ],
    ids=str,
)
def test_impossible_times_in_new_york(changes):
    fetched = read(with_fields(APPLE, **changes), "AAPL.US")
    assert fetched.snapshots == []
    [problem] = fetched.problems
    assert problem.startswith("gb_aapl: time ")


def test_a_time_to_come():
    stamped = datetime(2026, 8, 18, 3, 21, 26, tzinfo=UTC)
    assert read(FUND, "510300.SH", now=stamped - timedelta(minutes=10)).snapshots
    late = read(FUND, "510300.SH", now=stamped - timedelta(minutes=10, seconds=1))
    assert late.problems == ["sh510300: time 2026-08-18 03:21:26 is to come"]


def test_names_are_fit_to_be_stored():
    [snapshot] = read(with_fields(FUND, f0=" 沪\x00深" + "银" * 200), "510300.SH").snapshots
    assert snapshot.name.startswith("沪 深银")
    assert len(snapshot.name) == 64


# -- What cannot be trusted ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"f3": "0.000"},
        {"f3": "-4.760"},
        {"f3": "nan"},
        {"f3": "inf"},
        {"f3": "1e30"},
        {"f3": "4_7"},
        {"f3": "４.760"},
        {"f3": " 4.760"},
        {"f3": ""},
        {"f3": "4.7600000"},
        {"f3": "1000000000.000"},
        {"f3": "4.804"},  # above the high
        {"f3": "4.750"},  # below the low
        {"f4": "4.750", "f5": "4.803"},  # high and low changed places
        {"f1": "4.804"},
        {"f1": "4.750"},
        {"f1": "0.000"},
        {"f4": "0.000"},
        {"f5": "0.000"},
        {"f1": "0.000", "f4": "0.000", "f5": "0.000"},
        {"f1": "0.000", "f4": "0.000", "f5": "0.000", "f8": "0"},  # but a turnover
        {"f1": "0.000", "f4": "0.000", "f5": "0.000", "f9": "0.000"},  # but a volume
        {"f1": "0.000", "f8": "0", "f9": "0.000"},  # but a high and a low
        {"f2": "x"},
        {"f6": "4.758"},
        {"f7": "4.761"},
        {"f11": "4.758"},
        {"f21": "x"},
        {"f8": "-1"},
        {"f8": "nan"},
        {"f8": "9" * 16},
        {"f9": "nan"},
        {"f9": "1" * 19},
        {"f30": "2026-02-30"},
        {"f30": ""},
        {"f30": "2026-08-18 "},
        {"f31": "11:21"},
        {"f31": "24:00:00"},
        {"f32": ""},
        {"f32": "0x"},
        {"f32": "000"},
    ],
    ids=str,
)
def test_an_impossible_row_is_a_problem_and_no_quote(changes):
    fetched = read(with_fields(FUND, **changes) + APPLE, "510300.SH", "AAPL.US")
    assert [snapshot.symbol.code for snapshot in fetched.snapshots] == ["AAPL"]
    [problem] = fetched.problems
    assert problem.startswith("sh510300: ")


@pytest.mark.parametrize(
    ("row", "symbol", "changes"),
    [
        (TENCENT, "00700.HK", {"f6": "438.800"}),
        (TENCENT, "00700.HK", {"f6": "0.000"}),
        (TENCENT, "00700.HK", {"f7": "-7.802"}),
        (TENCENT, "00700.HK", {"f7": "7.800"}),
        (TENCENT, "00700.HK", {"f7": "--7.800"}),
        (TENCENT, "00700.HK", {"f7": ""}),
        (TENCENT, "00700.HK", {"f8": "-1.847"}),
        (TENCENT, "00700.HK", {"f8": "1.747"}),
        (TENCENT, "00700.HK", {"f3": "446.000"}),
        (TENCENT, "00700.HK", {"f3": "0.000"}),
        (TENCENT, "00700.HK", {"f4": "438.400"}),
        (TENCENT, "00700.HK", {"f5": "438.800"}),
        (TENCENT, "00700.HK", {"f2": "x"}),
        (TENCENT, "00700.HK", {"f11": "x"}),
        (TENCENT, "00700.HK", {"f12": "x"}),
        (TENCENT, "00700.HK", {"f17": "2026/13/18"}),
        (TENCENT, "00700.HK", {"f18": "x"}),
        (HANG_SENG, "HSI.HK", {"f6": "25281.189"}),
        (HANG_SENG, "HSI.HK", {"f11": "9" * 16}),  # thousands of thousands of billions
        (APPLE, "AAPL.US", {"f1": "305.5800"}),
        (APPLE, "AAPL.US", {"f1": "306.5900"}),
        (APPLE, "AAPL.US", {"f1": "0.0000"}),
        (APPLE, "AAPL.US", {"f2": "-0.13"}),
        (APPLE, "AAPL.US", {"f2": "0.11"}),
        (APPLE, "AAPL.US", {"f4": "0.3400"}),
        (APPLE, "AAPL.US", {"f4": "-0.3402"}),
        (APPLE, "AAPL.US", {"f26": "305.9200"}),
        (APPLE, "AAPL.US", {"f6": "305.5800"}),
        (APPLE, "AAPL.US", {"f7": "305.6000"}),
        (APPLE, "AAPL.US", {"f10": "9" * 16}),
    ],
)
def test_rows_of_other_markets_that_contradict_themselves(row, symbol, changes):
    assert len(read(row, symbol).snapshots) == 1
    fetched = read(with_fields(row, **changes), symbol)
    assert fetched.snapshots == []
    assert len(fetched.problems) == 1


def test_new_to_the_market():
    row = with_fields(TENCENT, f3="0.000", f7="0.000", f8="0.000")
    [snapshot] = read(row, "00700.HK").snapshots
    assert snapshot.previous_close is None


def test_what_was_not_asked_for_and_what_comes_twice():
    assert read(FUND, "600519.SH").problems == ["sh510300: not asked for"]
    fetched = read(FUND + FUND, "510300.SH")
    assert len(fetched.snapshots) == 1
    assert fetched.problems == ["sh510300: sent twice"]


def test_unknown_symbols_beside_known_ones():
    fetched = read('var hq_str_sh999999="";\n' + FUND, "999999.SH", "510300.SH")
    assert [snapshot.symbol.code for snapshot in fetched.snapshots] == ["510300"]
    assert fetched.problems == []


def test_noise_between_rows_is_a_problem():
    fetched = read(f"{APPLE}\nnoise\n{FUND}<html>", "510300.SH", "AAPL.US")
    assert len(fetched.snapshots) == 2
    assert fetched.problems == ["no row: 'noise'", "no row: '<html>'"]


def test_rows_need_nothing_between_them():
    rows = FUND.strip().rstrip(";") + APPLE.strip()
    assert len(read(rows, "510300.SH", "AAPL.US").snapshots) == 2


@pytest.mark.parametrize("damaged", ['沪"深', "沪,深"])
def test_a_stray_separator_costs_its_own_row_only(damaged):
    fetched = read(FUND.replace("沪深", damaged) + APPLE, "510300.SH", "AAPL.US")
    assert [snapshot.symbol.code for snapshot in fetched.snapshots] == ["AAPL"]
    assert fetched.problems


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\r\n ",
        b"<!DOCTYPE html><html></html>",
        b"\xff\xff\xff",
        FUND.encode("utf-16"),
        FUND.encode("utf-32"),
        b"var hq_str_sh510300=",
        recorded("no-referer-403.txt"),
    ],
)
def test_a_reply_without_rows_is_a_source_error(body):
    with pytest.raises(SourceError, match=r"no quotes in the reply|empty reply|neither"):
        read(body, "510300.SH")


def test_a_voided_batch_says_so():
    with pytest.raises(SourceError, match="sys_auth 'FAILED': a malformed symbol voids the batch"):
        read(recorded("malformed-token-voids-batch.txt"), "510300.SH")


# -- Over HTTP ----------------------------------------------------------------------------------

SYMBOLS = [Symbol.parse(symbol) for symbol in ("510300.SH", "00700.HK", "AAPL.US", "BRK.B.US")]


@pytest.fixture
async def http():
    async with ClientSession() as session:
        yield session


@pytest.fixture
async def server(settings):
    rows = FUND + TENCENT + APPLE + APPLE.replace("gb_aapl", "gb_brk$b")
    async with StandIn(read(rows, *map(str, SYMBOLS)).snapshots) as server:
        settings.SINA_URL = server.url
        yield server


async def test_fetch(server, http):
    unknown = Symbol.parse("603999.SH")
    fetched = await Sina().fetch([*SYMBOLS, unknown], http)
    assert [snapshot.symbol for snapshot in fetched.snapshots] == SYMBOLS
    assert fetched.problems == []
    assert (await Sina().fetch([unknown], http)) == Fetched()
    assert server.by_source["sina"] == 2


async def test_what_cannot_be_written_does_not_void_the_others(server, http):
    odd = [Symbol("ABC1", "US"), Symbol("700", "HK"), Symbol("60051x", "SH")]
    fetched = await Sina().fetch([*odd, *SYMBOLS], http)
    assert [snapshot.symbol for snapshot in fetched.snapshots] == SYMBOLS
    assert not server.asked.keys() & set(odd)


@pytest.mark.parametrize("symbols", [[], [Symbol("ABC1", "US")]])
async def test_nothing_to_ask_for_asks_for_nothing(server, http, symbols):
    assert await Sina().fetch(symbols, http) == Fetched()
    assert not server.requests


async def test_a_voided_batch_over_http(server, http, monkeypatch):
    monkeypatch.setattr("monitors.sources.sina.key_of", lambda symbol: f"{symbol.code}sh")
    with pytest.raises(SourceError, match="voids the batch"):
        await Sina().fetch(SYMBOLS, http)


async def test_without_the_referer(server, http, monkeypatch):
    monkeypatch.setattr("monitors.sources.sina._REFERER", {})
    with pytest.raises(SourceError, match="HTTP 403: Kinsoku jikou desu!") as caught:
        await Sina().fetch(SYMBOLS, http)
    assert caught.value.status == 403


@pytest.mark.parametrize("exchange", ["SH", "HK", "US"])
async def test_a_full_batch_fits_a_url(server, http, exchange):
    letters = "ABCDEFGHIJKLMNOPQRST"
    codes = {
        "SH": [f"{number:06d}" for number in range(510300, 510300 + Sina.batch_size)],
        "HK": [f"ABCDEFGH{one}{two}" for one in letters for two in letters],
        "US": [f"ABC{one}{two}.B" for one in letters for two in letters],
    }[exchange]
    symbols = [Symbol(code, exchange) for code in codes]
    assert len(symbols) == Sina.batch_size
    assert all(map(key_of, symbols))
    fetched = await Sina().fetch(symbols, http)
    assert len(fetched.snapshots) == (exchange == "SH")


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ({"kind": "status", "status": 503}, "HTTP 503"),
        ({"kind": "status", "status": 456}, "HTTP 456"),
        ({"kind": "timeout"}, "timeout"),
        ({"kind": "drip", "seconds": 30}, "timeout"),
        ({"kind": "empty"}, "empty reply"),
        ({"kind": "html"}, "no quotes in the reply"),
        ({"kind": "broken"}, "ClientPayloadError"),
        ({"kind": "charset"}, "no quotes in the reply|neither"),
        ({"kind": "garbage"}, "no quotes in the reply|neither"),
        ({"kind": "cut", "share": 0.1}, "no quotes in the reply"),
        ({"kind": "damaged"}, "no readable row"),
    ],
    ids=str,
)
async def test_a_useless_reply_is_a_source_error(server, http, fault, message, monkeypatch):
    if message == "timeout":
        monkeypatch.setattr(_reply, "TIMEOUT", ClientTimeout(total=0.2))
    server.control({"misbehave": fault | {"requests": 1}})
    with pytest.raises(SourceError, match=message):
        await Sina().fetch(SYMBOLS, http)
    assert len((await Sina().fetch(SYMBOLS, http)).snapshots) == len(SYMBOLS)


async def test_a_day_in_utf_8(server, http):
    server.control({"misbehave": {"kind": "charset", "charset": "utf-8"}})
    fetched = await Sina().fetch(SYMBOLS, http)
    assert [snapshot.name for snapshot in fetched.snapshots][1:] == ["腾讯控股", "苹果", "苹果"]


async def test_the_good_rows_of_a_damaged_reply_count(server, http):
    server.control({"misbehave": {"kind": "damaged", "symbols": ["00700.HK"]}})
    fetched = await Sina().fetch(SYMBOLS, http)
    assert Symbol("00700", "HK") not in {snapshot.symbol for snapshot in fetched.snapshots}
    assert len(fetched.snapshots) == len(SYMBOLS) - 1
    [problem] = fetched.problems
    assert problem.startswith("rt_hk00700: ")


async def test_a_server_that_is_not_there(settings, http, unused_tcp_port):
    settings.SINA_URL = f"http://127.0.0.1:{unused_tcp_port}"
    with pytest.raises(SourceError, match="ClientConnectorError"):
        await Sina().fetch(SYMBOLS, http)


async def answering(settings, respond):
    """Start a server that gives one answer to everything, and name it in the settings."""
    app = web.Application()
    app.router.add_get("/{any:.*}", respond)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    settings.SINA_URL = f"http://127.0.0.1:{runner.addresses[0][1]}"
    return runner


async def test_what_is_asked_for(settings, http):
    asked = {}

    async def respond(request):
        asked.update(path=request.raw_path, referer=request.headers["Referer"])
        return web.Response(body=FUND.encode("gb18030"))

    runner = await answering(settings, respond)
    await Sina().fetch(SYMBOLS, http)
    assert asked["path"] == "/list=sh510300,rt_hk00700,gb_aapl,gb_brk$b"
    assert asked["referer"] == "https://finance.sina.com.cn"
    await runner.cleanup()
