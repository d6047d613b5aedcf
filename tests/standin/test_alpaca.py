"""What the stand-in writes, the source reads: for every snapshot that the format can carry."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitors.market import QuoteState, Snapshot
from monitors.sources._alpaca_bars import code_of
from monitors.sources.alpaca import parse
from monitors.symbols import Symbol
from tests.standin import alpaca

NOW = datetime(2027, 1, 1, tzinfo=UTC)
EARLIEST, LATEST = (NOW.replace(year=year, tzinfo=None) for year in (2000, 2027))
SYMBOLS = [Symbol.parse(symbol) for symbol in ("AAPL.US", "BRK.B.US", "F.US")]


@st.composite
def snapshots(draw, symbol: Symbol) -> Snapshot:
    """Any snapshot of a symbol that the API could send: a trade in the session, or before it."""
    price = st.decimals("0.0001", "999999.99", places=draw(st.sampled_from([2, 4])))
    low, last, opened, high = sorted(draw(st.tuples(price, price, price, price)))
    last, opened = draw(st.sampled_from([(last, opened), (opened, last)]))
    in_session = draw(st.booleans())
    return Snapshot(
        symbol=symbol,
        at=draw(st.datetimes(EARLIEST, LATEST, timezones=st.just(UTC))),
        price=last,
        previous_close=draw(st.none() | price),
        open=opened if in_session else None,
        high=high if in_session else None,
        low=low if in_session else None,
        volume=draw(st.integers(0, 10**15 - 1)) if in_session else 0,
        amount=None,
        state=QuoteState.TRADING,
        name="",
        source="alpaca",
    )


MARKETS = st.tuples(*map(snapshots, SYMBOLS))


@given(MARKETS)
def test_round_trip(market):
    wanted = {snapshot.symbol.code: snapshot.symbol for snapshot in market}
    fetched = parse(alpaca.encode(market), wanted, NOW)
    assert fetched.problems == []
    assert fetched.snapshots == list(market)


@given(MARKETS)
def test_a_damaged_row_is_a_problem_beside_good_ones(market):
    wanted = {snapshot.symbol.code: snapshot.symbol for snapshot in market}
    first, *others = map(alpaca.row, market)
    fetched = parse(alpaca.join([alpaca.damaged(first), *others]), wanted, NOW)
    assert fetched.snapshots == list(market[1:])
    assert len(fetched.problems) == 1


@given(snapshots(SYMBOLS[0]))
def test_it_is_json_in_the_documented_form(snapshot):
    reply = json.loads(alpaca.encode([snapshot]))
    assert set(reply) == {"AAPL"}
    assert set(reply["AAPL"]) == {
        *("latestTrade", "latestQuote", "minuteBar", "dailyBar", "prevDailyBar"),
    }
    assert set(reply["AAPL"]["latestTrade"]) == set("txpsciz")


@given(snapshots(SYMBOLS[0]))
def test_what_the_format_cannot_carry_is_lost(snapshot):
    richer = replace(snapshot, name="Apple", amount=snapshot.price, state=QuoteState.UNKNOWN)
    assert alpaca.row(richer) == alpaca.row(snapshot)


@given(snapshots(SYMBOLS[0]))
def test_a_day_that_is_told_in_part_is_made_whole(snapshot):
    partial = replace(snapshot, open=None, high=None, low=None, volume=100)
    [read] = parse(alpaca.encode([partial]), {"AAPL": SYMBOLS[0]}, NOW).snapshots
    assert (read.open, read.high, read.low, read.volume) == (*[snapshot.price] * 3, 100)


def test_tickers_come_back():
    for symbol in SYMBOLS:
        assert alpaca.symbol_of(code_of(symbol) or "") == symbol
    for ticker in ("", "aapl", "BRK-B", "600519", "AAPL.US", "A PL", "贵"):
        assert alpaca.symbol_of(ticker) is None


@pytest.mark.parametrize("at", ["2026-03-08T12:00:00", "2026-11-01T12:00:00"])
def test_the_day_before_in_the_nights_when_clocks_change(at):
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    for hours in range(-36, 36):
        snapshot = Snapshot(
            symbol=SYMBOLS[0],
            at=moment + timedelta(hours=hours),
            price=Decimal(10),
            previous_close=Decimal(9),
            open=Decimal(10),
            high=Decimal(10),
            low=Decimal(10),
            volume=1,
            amount=None,
            state=QuoteState.TRADING,
            name="",
            source="alpaca",
        )
        assert parse(alpaca.encode([snapshot]), {"AAPL": SYMBOLS[0]}, NOW).snapshots == [snapshot]
