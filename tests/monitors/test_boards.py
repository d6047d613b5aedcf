"""What follows from a code: board, lot, usual limit, tick."""

from decimal import Decimal

import pytest

from monitors.market import InstrumentKind, boards
from monitors.market.boards import Board
from monitors.symbols import Symbol


@pytest.mark.parametrize(
    ("symbol", "board", "lot", "limit"),
    [
        ("600519.SH", Board.MAIN, (100, 100), "0.10"),
        ("605117.SH", Board.MAIN, (100, 100), "0.10"),
        ("688981.SH", Board.STAR, (200, 1), "0.20"),
        ("689009.SH", Board.STAR, (200, 1), "0.20"),
        ("900926.SH", Board.B_SHARES, (100, 100), "0.10"),
        ("510300.SH", Board.FUNDS, (100, 100), None),
        ("588000.SH", Board.FUNDS, (100, 100), None),
        ("113050.SH", Board.BONDS, (10, 10), "0.20"),
        ("000001.SH", Board.INDEXES, None, None),
        ("000001.SZ", Board.MAIN, (100, 100), "0.10"),
        ("002731.SZ", Board.MAIN, (100, 100), "0.10"),
        ("003816.SZ", Board.MAIN, (100, 100), "0.10"),
        ("300750.SZ", Board.CHINEXT, (100, 100), "0.20"),
        ("301269.SZ", Board.CHINEXT, (100, 100), "0.20"),
        ("302132.SZ", Board.CHINEXT, (100, 100), "0.20"),
        ("200012.SZ", Board.B_SHARES, (100, 100), "0.10"),
        ("159915.SZ", Board.FUNDS, (100, 100), None),
        ("161725.SZ", Board.FUNDS, (100, 100), None),
        ("123107.SZ", Board.BONDS, (10, 10), "0.20"),
        ("399001.SZ", Board.INDEXES, None, None),
        ("430047.BJ", Board.BEIJING, (100, 1), "0.30"),
        ("835185.BJ", Board.BEIJING, (100, 1), "0.30"),
        ("873169.BJ", Board.BEIJING, (100, 1), "0.30"),
        ("920002.BJ", Board.BEIJING, (100, 1), "0.30"),
        ("899050.BJ", Board.INDEXES, None, None),
        ("777777.SH", None, None, None),
        ("00700.HK", None, None, None),
        ("HSI.HK", None, None, None),
        ("AAPL.US", None, (1, 1), None),
    ],
)
def test_rules_of_a_code(symbol, board, lot, limit):
    parsed = Symbol.parse(symbol)
    assert boards.board(parsed) is board
    assert boards.lot(parsed) == lot
    assert boards.usual_limit(parsed) == (limit and Decimal(limit))


@pytest.mark.parametrize(
    ("symbol", "previous", "limits"),
    [
        ("600519.SH", "1306.45", ("1437.10", "1175.81")),  # as the exchange set them
        ("600000.SH", "9.48", ("10.43", "8.53")),
        ("002731.SZ", "0.77", ("0.85", "0.69")),
        ("300750.SZ", "268.00", ("321.60", "214.40")),
        ("430047.BJ", "10.05", ("13.07", "7.04")),
    ],
)
def test_usual_limits_are_rounded_to_the_tick(symbol, previous, limits):
    up, down = boards.usual_limits(Symbol.parse(symbol), Decimal(previous)) or (None, None)
    assert (str(up), str(down)) == limits


def test_there_may_be_no_usual_limits():
    assert boards.usual_limits(Symbol.parse("AAPL.US"), Decimal(300)) is None


@pytest.mark.parametrize(
    ("price", "tick"),
    [
        ("0.010", "0.001"),
        ("0.250", "0.001"),
        ("0.255", "0.005"),
        ("0.500", "0.005"),
        ("0.510", "0.01"),
        ("10.00", "0.01"),
        ("10.01", "0.01"),
        ("20.00", "0.01"),
        ("20.02", "0.02"),
        ("50.00", "0.02"),
        ("50.05", "0.05"),
        ("100.00", "0.05"),
        ("100.10", "0.1"),
        ("200.20", "0.2"),
        ("439.20", "0.2"),
        ("500.50", "0.5"),
        ("1001", "1"),
        ("2002", "2"),
        ("5005", "5"),
    ],
)
def test_the_tick_in_hong_kong_grows_with_the_price(price, tick):
    assert boards.tick(Symbol.parse("00700.HK"), Decimal(price)) == Decimal(tick)


@pytest.mark.parametrize(
    ("symbol", "kind", "tick"),
    [
        ("600519.SH", None, "0.01"),
        ("510300.SH", InstrumentKind.FUND, "0.001"),
        ("AAPL.US", InstrumentKind.STOCK, "0.01"),
        ("02800.HK", InstrumentKind.FUND, "0.001"),
        ("HSI.HK", InstrumentKind.INDEX, "0.001"),
    ],
)
def test_other_ticks_do_not(symbol, kind, tick):
    assert boards.tick(Symbol.parse(symbol), Decimal(439), kind) == Decimal(tick)


def test_without_a_price_the_tick_is_the_finest():
    assert boards.tick(Symbol.parse("00700.HK"), None) == Decimal("0.001")


@pytest.mark.parametrize(
    ("symbol", "name", "warned"),
    [
        ("002731.SZ", "*ST萃华", True),
        ("600234.SH", "ST科新", True),
        ("600182.SH", "S*ST佳通", True),
        ("600182.SH", "SST某某", True),
        ("600519.SH", "贵州茅台", False),
        ("STM.US", "STMicroelectronics", False),
    ],
)
def test_a_risk_warning_is_in_the_name(symbol, name, warned):
    assert boards.is_under_risk_warning(Symbol.parse(symbol), name) is warned
