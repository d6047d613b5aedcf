"""Recordings: CSV files of snapshots and bars, as a source would have told them."""

import gzip
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from monitors.market import QuoteState
from monitors.market.recordings import RecordingError, read

MARKET = Path(__file__).parents[1] / "data" / "market"
SNAPSHOTS = (
    "symbol,datetime,pre_close,open,high,low,last,volume,amount,status,bid1,bid1_qty,ask1,ask1_qty"
)
BARS = "symbol,datetime,open,high,low,close,volume"


@pytest.fixture
def recording(tmp_path):
    """Write a CSV file and read it back."""

    def write_and_read(*lines):
        path = tmp_path / "recording.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return list(read(path))

    return write_and_read


def test_bars_of_shanghai_are_stamped_with_their_end():
    quotes = list(read(MARKET / "cn_1m_202007_index_sh000001.csv.gz"))
    assert len(quotes) == 2640
    first, second = quotes[:2]
    assert str(first.symbol) == "000001.SH"
    assert first.at == datetime(2020, 7, 1, 1, 31, tzinfo=UTC)
    assert (first.price, first.open, first.high, first.low) == tuple(
        map(Decimal, ("2990.43", "2991.18", "2991.5", "2990.34"))
    )
    assert first.previous_close is None
    assert first.state is QuoteState.TRADING
    assert second.volume == 720858300 + 311297200
    assert second.high == Decimal("2991.50")
    assert second.low == Decimal("2986.78")
    assert quotes[-1].previous_close == Decimal("3414.62")
    assert {quote.source for quote in quotes} == {"recording"}


def test_bars_of_new_york_are_stamped_with_their_start():
    quotes = list(read(MARKET / "us_1m_201310.csv.gz"))
    assert len(quotes) == 13429
    assert {str(quote.symbol) for quote in quotes} == {"AIG.US", "BAC.US", "IBM.US", "SPY.US"}
    aig = [quote for quote in quotes if quote.symbol.code == "AIG"]
    assert aig[0].at == datetime(2013, 10, 4, 11, 0, tzinfo=UTC)  # 06:59 to 07:00
    assert aig[2].low == Decimal("48.90")
    assert aig[2].high == 49
    assert aig[2].volume == 639


@pytest.mark.parametrize("name", ["cn_1m_202007_index_sh000001", "us_1m_201310"])
def test_time_never_runs_back_and_days_add_up(name):
    quotes = list(read(MARKET / f"{name}.csv.gz"))
    assert all(before.at <= after.at for before, after in pairwise(quotes))
    latest = {}
    for quote in quotes:
        before = latest.get(quote.symbol)
        zone = quote.symbol.market.timezone
        assert quote.low <= quote.price <= quote.high
        if before and before.at.astimezone(zone).date() == quote.at.astimezone(zone).date():
            assert quote.volume >= before.volume
            assert quote.high >= before.high
            assert quote.low <= before.low
            assert quote.previous_close == before.previous_close
        else:
            assert quote.previous_close == (before.price if before else None)
        latest[quote.symbol] = quote


def test_snapshots_of_an_exchange(recording):
    auction, print_, trade = recording(
        SNAPSHOTS,
        "sh600332,2021-12-01 09:15:01.000,29.38,0.0,0.0,0.0,0.0,0,0.0,OCALL,29.69,200,29.69,200",
        "sh600251,2021-12-01 09:25:00,8.65,0.0,8.54,8.54,8.54,78400,669536.0,TRADE,8.53,1,8.54,1",
        "sh603421,2021-12-01 10:30:00.500,7.900000000000001,7.88,8.26,7.87,8.119999999999999,"
        "2851663,2.3074738849999998E7,TRADE,8.07,13060,8.08,11500",
    )
    assert auction.state is QuoteState.AUCTION
    assert auction.price == Decimal("29.69")
    assert (auction.open, auction.high, auction.low, auction.volume) == (None, None, None, 0)
    assert auction.at == datetime(2021, 12, 1, 1, 15, 1, tzinfo=UTC)
    assert print_.state is QuoteState.TRADING
    assert print_.open is None
    assert print_.high == Decimal("8.54")
    assert str(trade.price) == "8.12"
    assert str(trade.previous_close) == "7.90"
    assert trade.amount == Decimal("23074738.85")
    assert trade.at.microsecond == 500_000


def test_before_the_first_trade_the_bid_is_the_price(recording):
    rest = "0.0,0.0,0.0,0.0,0,0.0,TRADE"
    bid, none = recording(
        SNAPSHOTS,
        f"sh688218,2021-12-01 09:25:01,15.25,{rest},15.19,1,15.25,1",
        f"sh688218,2021-12-01 09:25:02,15.25,{rest},0.0,0,0.0,0",
    )
    assert (bid.state, bid.price) == (QuoteState.AUCTION, Decimal("15.19"))
    assert (none.state, none.price) == (QuoteState.AUCTION, Decimal("15.25"))


def test_rows_in_any_order_come_by_time_and_ties_in_the_files_order(recording):
    quotes = recording(
        BARS,
        "spy,2013-10-04 09:31:00,2,2,2,2,1",
        "ibm,2013-10-04 09:31:00,3,3,3,3,1",
        "spy,2013-10-04 09:30:00,1,1,1,1,1",
    )
    assert [int(quote.price) for quote in quotes] == [1, 2, 3]
    assert quotes[1].open == 1


def test_a_byte_order_mark_blank_cells_and_an_offset_do_not_matter(recording):
    [quote] = recording(f"\ufeff{BARS}", " aapl , 2026-01-05T10:00:00+00:00 ,1,1,1,1,1")
    assert str(quote.symbol) == "AAPL.US"
    assert quote.at == datetime(2026, 1, 5, 10, 1, tzinfo=UTC)


GOOD = "sh600000,2026-01-05 09:31:00,10,11,9,10.5,100"


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["a,b", "1,2"], "line 1: the columns must be those of snapshots .*low, close, volume"),
        ([], "line 1: the columns"),
        ([BARS, GOOD, GOOD.replace("10.5", "abc")], "line 3, column close: 'abc' is no number"),
        ([BARS, GOOD.replace("10.5", "nan")], "line 2, column close: 'nan'"),
        ([BARS, GOOD.replace("10.5", "-1")], "line 2, column close: '-1'"),
        ([BARS, GOOD.replace("10.5", "1e30")], "line 2, column close: '1e30'"),
        ([BARS, GOOD.replace("10.5", "")], "line 2, column close: ''"),
        ([BARS, GOOD.replace(",100", ",1e15")], "line 2, column volume"),
        ([BARS, GOOD.replace("sh600000", "贵州茅台")], "line 2, column symbol: '贵州茅台' is no"),
        ([BARS, GOOD.replace("2026-01-05", "5.1.26")], "line 2, column datetime: .* is no time"),
        ([BARS, GOOD.replace("2026", "9999")], "line 2, column datetime: .* from 1970"),
        ([BARS, GOOD.rpartition(",")[0]], "line 2, column volume: missing"),
        ([BARS, GOOD + ",7"], "line 2: more cells than columns"),
        ([BARS, GOOD.replace("11", "10.2")], "line 2, column low: '9' is not 0 < low"),
        ([BARS, 'sh600000,"'], "cannot be read as CSV"),
    ],
)
def test_errors_say_where_and_what(recording, lines, message):
    with pytest.raises(RecordingError, match=message):
        recording(*lines)


def test_a_price_that_nothing_gives(recording):
    row = "sh688218,2021-12-01 09:25:02,0,0.0,0.0,0.0,0.0,0,0.0,TRADE,0.0,0,0.0,0"
    with pytest.raises(RecordingError, match="line 2, column last"):
        recording(SNAPSHOTS, row)


def test_files_that_are_not_text(tmp_path):
    whole = gzip.compress(f"{BARS}\n{GOOD}\n".encode())
    for name, content in (("cut", whole[:-20]), ("bad", whole[:12] + b"x" * 30), ("bin", b"\xff")):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(RecordingError, match="cannot be read as CSV"):
            read(path)
    with pytest.raises(RecordingError, match="cannot be read as CSV"):
        read(tmp_path / "missing")
