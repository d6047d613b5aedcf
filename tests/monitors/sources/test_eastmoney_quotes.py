"""The live reply of Eastmoney, value by value, and how its markets differ."""

from datetime import UTC
from decimal import Decimal

import pytest

from monitors.market import QuoteState
from monitors.sources._eastmoney_reply import secids_of
from monitors.sources.base import SourceError
from monitors.sources.eastmoney import parse
from monitors.symbols import Symbol
from tests.monitors.sources.eastmoney import (
    AT,
    EXPECTED,
    LIVE,
    NOW,
    RECORDED,
    RESPONSES,
    UNREADABLE,
    N,
    completed,
    loaded,
    read,
    recorded,
    row_of,
    wanted_by,
    written,
)
from tests.monitors.sources.lines import line


def test_each_recorded_reply_is_accounted_for():
    names = {path.name.removeprefix("eastmoney-") for path in RESPONSES.glob("eastmoney-*")}
    assert names == RECORDED.keys() | UNREADABLE


@pytest.mark.parametrize("name", RECORDED)
def test_recorded_reply(name):
    asked, problems = RECORDED[name]
    fetched = parse(recorded(name), wanted_by(*asked), NOW)
    assert fetched.snapshots == []
    assert [problem.partition(": ")[2] for problem in fetched.problems] == problems


def test_the_live_reply_value_by_value():
    fetched = parse(completed(), wanted_by(*LIVE), NOW)
    assert list(map(line, fetched.snapshots)) == EXPECTED
    assert fetched.problems == []
    for snapshot in fetched.snapshots:
        assert (snapshot.at, snapshot.at.tzinfo) == (AT, UTC)
        assert (snapshot.source, snapshot.delay) == ("eastmoney", 0)


def test_rows_may_come_in_an_object():
    rows = loaded(completed())["data"]["diff"]
    body = written({"rc": N(0), "data": {"diff": {str(n): row for n, row in enumerate(rows)}}})
    wanted = wanted_by(*LIVE)
    assert parse(body.encode(), wanted, NOW) == parse(completed(), wanted, NOW)


def test_a_sibling_endpoint_is_not_understood():
    with pytest.raises(SourceError):
        parse(recorded("search.txt"), wanted_by("00700.HK"), NOW)


@pytest.mark.parametrize(
    ("symbol", "secids"),
    [
        ("600519.SH", ("1.600519",)),
        ("000001.SH", ("1.000001",)),
        ("000001.SZ", ("0.000001",)),
        ("399001.SZ", ("0.399001",)),
        ("430047.BJ", ("0.430047",)),
        ("920002.BJ", ("0.920002",)),
        ("899050.BJ", ("0.899050",)),
        ("00700.HK", ("116.00700",)),
        ("AAPL.US", ("105.AAPL", "106.AAPL", "107.AAPL")),
        ("BRK.B.US", ("105.BRK_B", "106.BRK_B", "107.BRK_B")),
        ("HSI.HK", ("100.HSI",)),
        ("HSTECH.HK", ("124.HSTECH",)),
        ("DJI.US", ("100.DJIA",)),
        ("INX.US", ("100.SPX",)),
        ("IXIC.US", ("100.NDX",)),
        ("NDX.US", ("100.NDX100",)),
        ("HSCEI.HK", ()),
        ("000001.BJ", ()),  # would be answered with Shenzhen's 000001
        ("430047.SZ", ()),  # and this with Beijing's 430047
        ("920002.SZ", ()),
    ],
)
def test_keys(symbol, secids):
    assert secids_of(Symbol.parse(symbol)) == secids


def test_the_nasdaq_composite_is_not_taken_for_the_nasdaq_100():
    assert read(row_of("NDX"), of=("NDX.US",)).snapshots == []


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, QuoteState.TRADING),
        ({"f17": "-"}, QuoteState.TRADING),
        ({"f5": N(0)}, QuoteState.TRADING),
        ({"f17": "-", "f5": "-", "f6": "-", "f15": "-", "f16": "-"}, QuoteState.AUCTION),
        ({"f17": N("0.0"), "f5": N(0), "f15": N("0.0"), "f16": N("0.0")}, QuoteState.AUCTION),
    ],
)
def test_states(changes, state):
    [snapshot] = read(row_of("510300", **changes)).snapshots
    assert snapshot.state is state
    if state is QuoteState.AUCTION:
        assert snapshot.open is snapshot.high is snapshot.low is None
        assert snapshot.volume == 0


def test_a_stock_without_a_price_is_absent():
    silent = row_of("510300", f2="-", f3="-", f4="-", f5="-", f15="-", f16="-", f17="-")
    assert read(silent, row_of("AAPL")) == read(row_of("AAPL"))


@pytest.mark.parametrize(
    ("volume", "amount", "shares"),
    [
        (N(4773838), N(2290000000), 477383800),  # lots
        (N(477383812), N(2290000000), 477383812),  # shares
        (N(1), N("700.5"), 100),  # a rounded lot
        (N(200), N("952.0"), 200),
        (N(0), N(0), 0),
        ("-", "-", 0),
    ],
)
@pytest.mark.parametrize("code", ["688981", "689009"])
def test_the_star_board_counts_lots_or_shares_as_the_amount_tells(code, volume, amount, shares):
    fetched = read(row_of("510300", f12=code, f5=volume, f6=amount), of=(f"{code}.SH",))
    assert [snapshot.volume for snapshot in fetched.snapshots] == [shares]


def test_beijing_counts_lots():
    [snapshot] = read(row_of("510300", f12="430047", f13=N(0)), of=("430047.BJ",)).snapshots
    assert (snapshot.symbol, snapshot.volume) == (Symbol("430047", "BJ"), 477383800)


@pytest.mark.parametrize("market", ["105", "106", "107"])
def test_a_us_ticker_is_read_wherever_it_is_listed(market):
    [snapshot] = read(row_of("AAPL", f12="BRK_B", f13=N(market)), of=("BRK.B.US",)).snapshots
    assert snapshot.symbol == Symbol("BRK.B", "US")


def test_of_two_listings_the_newer_counts():
    old = row_of("AAPL", f13=N(106), f124=N(int(AT.timestamp()) - 1), f5=N(7))
    for rows in ((row_of("AAPL"), old), (old, row_of("AAPL"))):
        fetched = read(*rows)
        assert [snapshot.volume for snapshot in fetched.snapshots] == [38169263]
        assert fetched.problems == []


def test_a_silent_listing_does_not_hide_the_other():
    fetched = read(row_of("AAPL", f2="-"), row_of("AAPL", f13=N(107)))
    assert [str(snapshot.symbol) for snapshot in fetched.snapshots] == ["AAPL.US"]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        (" 浦\x00发" + "银" * 200, "浦 发" + "银" * 61),
        ("浦\ud800发", "浦 发"),
        (N(5), ""),
        (["x"], ""),
    ],
)
def test_names_are_fit_to_be_stored(name, kept):
    row = row_of("510300", f14=name)
    body = written({"rc": N(0), "data": {"diff": [row]}})
    # Surrogates come as escapes.
    body = body.replace("\ud800", "\\ud800")
    [snapshot] = parse(body.encode(), wanted_by(*LIVE), NOW).snapshots
    assert snapshot.name == kept


def test_without_a_previous_close_nothing_bears_the_price_out():
    [snapshot] = read(row_of("510300", f18="-", f4="-", f3="-")).snapshots
    assert (snapshot.price, snapshot.previous_close) == (Decimal("4.76"), None)
    assert read(row_of("510300", f18=N("0.0"), f4=N("0.0"), f3=N("0.0"))).snapshots
    assert read(row_of("510300", f18="-")).problems
    assert read(row_of("510300", f18="-", f4="-")).problems


def test_rounding_is_no_contradiction():
    # Two decimals of a price with three; the percentage cut off rather than rounded.
    row = row_of("AAPL", f1=N(2), f2=N("305.585"), f4=N("-0.34"), f3=N("-0.11"))
    assert len(read(row).snapshots) == 1
    assert read(row | {"f1": N(3)}).problems
    # A thousandth is a hundredth of this price.
    penny = row_of("510300", f2=N("0.098"), f18=N("0.1"), f4=N("-0.002"), f3=N("-2.49"))
    assert len(read(penny | {"f15": "-", "f16": "-"}).snapshots) == 1
