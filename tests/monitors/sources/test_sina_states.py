"""What a mainland row of Sina shows: trading, an auction, a suspension, an end."""

from decimal import Decimal

import pytest

from monitors.market import QuoteState
from monitors.sources.base import Fetched
from tests.monitors.sources.sina import (
    EMPTY,
    FUND,
    read,
    with_fields,
)


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
