"""Every recorded reply by Sina, value by value, and how its markets differ."""

from datetime import UTC
from decimal import Decimal

import pytest

from monitors.market import Market, QuoteState
from monitors.sources.base import Fetched
from monitors.sources.sina import Sina, key_of, parse
from monitors.symbols import Symbol
from tests.monitors.sources.lines import line
from tests.monitors.sources.rows import NOW
from tests.monitors.sources.sina import (
    APPLE,
    EXPECTED,
    FUND,
    KEYS,
    MAOTAI,
    REFUSALS,
    RESPONSES,
    TENCENT,
    read,
    recorded,
    wanted_by,
    with_fields,
)


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
    assert read(row, "000001.SH").problems == ["sh000001: volume 9999999999999900"]


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


def test_names_are_fit_to_be_stored():
    [snapshot] = read(with_fields(FUND, f0=" 沪\x00深" + "银" * 200), "510300.SH").snapshots
    assert snapshot.name.startswith("沪 深银")
    assert len(snapshot.name) == 64


def test_rows_need_nothing_between_them():
    rows = FUND.strip().rstrip(";") + APPLE.strip()
    assert len(read(rows, "510300.SH", "AAPL.US").snapshots) == 2
