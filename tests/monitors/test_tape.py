"""The endless tape of recorded quotes: where each stands, and which highs it vouches for."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from monitors.market import QuoteState, Snapshot
from monitors.sources._tape import MOST, Tape
from monitors.symbols import Symbol

MOUTAI, APPLE = Symbol.parse("600519.SH"), Symbol.parse("AAPL.US")
MORNING = datetime(2021, 12, 1, 1, 30, tzinfo=UTC)


def quote(after: float, price: str, high: str | None = None, low: str | None = None, **fields):
    """A quote so many seconds after the morning's first."""
    values: dict[str, Any] = {
        "symbol": MOUTAI, "at": MORNING + timedelta(seconds=after), "price": Decimal(price),
        "previous_close": None, "open": Decimal(10), "high": high and Decimal(high),
        "low": low and Decimal(low), "volume": 100, "amount": None, "name": "",
        "state": QuoteState.TRADING, "source": "recording",
    }  # fmt: skip
    return Snapshot(**values | fields)


def played(tape: Tape, symbol: Symbol, after: float, until: float) -> list[tuple[float, str]]:
    return [(at, str(one.price)) for at, one in tape.quotes(symbol, after, until)]


def highs_and_lows(*quotes: Snapshot) -> list[tuple[str, str]]:
    tape = Tape(quotes)
    found = tape.quotes(MOUTAI, -1, tape.length - 1)
    return [(str(one.high), str(one.low)) for _at, one in found]


def test_at_its_end_it_begins_anew_after_a_pause():
    tape = Tape([quote(0, "10"), quote(3, "11"), quote(9, "12")])
    assert tape.length == 69
    lap = [(0, "10"), (3, "11"), (9, "12")]
    assert played(tape, MOUTAI, -1, 68) == lap
    assert played(tape, MOUTAI, 9, 141) == [(69 + at, price) for at, price in lap] + [
        (138, "10"), (141, "11"),
    ]  # fmt: skip


def test_what_lies_between_two_positions_is_given_without_the_first():
    tape = Tape([quote(0, "10"), quote(3, "11"), quote(9, "12")])
    assert played(tape, MOUTAI, 0, 3) == [(3, "11")]
    assert played(tape, MOUTAI, 3, 8) == []
    assert played(tape, MOUTAI, -9, -1) == []
    assert played(tape, APPLE, -1, 68) == []


def test_pauses_in_which_nothing_is_quoted_are_a_minute_long():
    at_noon = [quote(0, "10"), quote(50, "11", symbol=APPLE), quote(5400, "12")]
    assert played(Tape(at_noon), MOUTAI, -1, 200) == [(0, "10"), (110, "12"), (170, "10")]


def test_of_very_many_the_newest_are_given():
    tape = Tape([quote(at, str(at + 1)) for at in range(30)])
    found = played(tape, MOUTAI, -1, 10_000_000)
    assert len(found) == MOST
    assert found[-1][0] > 9_999_900
    assert found == sorted(found)


def test_a_high_from_before_the_recording_is_not_vouched_for():
    """The morning's 12 and 9 were reached before it begins, 11.5 and 9.5 between its quotes."""
    assert highs_and_lows(
        quote(0, "10", "12", "9"), quote(3, "11", "12", "9"), quote(6, "10.5", "12", "9")
    ) == [("10", "10"), ("11", "10"), ("11", "10")]
    assert highs_and_lows(
        quote(0, "10", "10.5", "9.9"), quote(3, "11", "11.5", "9.5"), quote(6, "10", "11.5", "9.5")
    ) == [("10", "10"), ("11.5", "9.5"), ("11.5", "9.5")]


def test_each_day_begins_anew():
    assert highs_and_lows(quote(0, "10", "10", "10"), quote(86_400, "11", "13", "9")) == [
        ("10", "10"), ("11", "11"),
    ]  # fmt: skip


def test_an_auctions_prices_are_no_trades():
    auction = quote(0, "15", state=QuoteState.AUCTION)
    assert highs_and_lows(auction, quote(3, "10", "10", "10"), quote(6, "11", "11", "10")) == [
        ("None", "None"), ("10", "10"), ("11", "10"),
    ]  # fmt: skip
