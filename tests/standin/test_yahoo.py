"""What the stand-in writes, the source reads: for every snapshot that the format can carry."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from monitors.market import Candle, Market, QuoteState, Snapshot
from monitors.sources._yahoo_chart import code_of
from monitors.sources._yahoo_history import parse_history
from monitors.sources.yahoo import parse
from monitors.symbols import Symbol
from tests.standin import yahoo

NOW = datetime(2027, 1, 1, tzinfo=UTC)
EARLIEST, LATEST = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (2000, 2027))
SYMBOLS = (
    *("600519.SH", "510300.SH", "900926.SH", "000001.SH", "000001.SZ", "200012.SZ", "399001.SZ"),
    *("00700.HK", "00005.HK", "HSI.HK"),
    *("AAPL.US", "BRK.B.US", "NDX.US", "DJI.US", "SPX.US", "IXIC.US"),
)


@st.composite
def snapshots(draw, symbol: Symbol) -> Snapshot:
    """Any snapshot of a symbol that the endpoint could send."""
    price = st.decimals("0.01", "999999.99", places=3 if symbol.tick < Decimal("0.01") else 2)
    low, last, high = sorted(draw(st.tuples(price, price, price)))
    traded = draw(st.booleans())
    return Snapshot(
        symbol=symbol,
        at=datetime.fromtimestamp(draw(st.integers(EARLIEST, LATEST)), UTC),
        price=last,
        previous_close=draw(st.none() | price),
        open=draw(st.sampled_from([None, low, last, high])) if traded else None,
        high=high if traded else None,
        low=low if traded else None,
        volume=draw(st.integers(0, 10**15 - 1)) if traded else 0,
        amount=None,
        state=QuoteState.TRADING if traded else QuoteState.UNKNOWN,
        name=draw(st.sampled_from(["Kweichow Moutai", "Apple Inc.", "贵州茅台", ""])),
        source="yahoo",
        delay=0 if symbol.market is Market.US else 900,
    )


MARKETS = st.tuples(*(snapshots(Symbol.parse(symbol)) for symbol in SYMBOLS))


@given(MARKETS)
def test_round_trip(market):
    wanted = {yahoo.key_of(snapshot.symbol): snapshot.symbol for snapshot in market}
    fetched = parse(yahoo.encode(market), wanted, NOW)
    assert fetched.problems == []
    assert fetched.snapshots == list(market)


@given(snapshots(Symbol.parse("AAPL.US")))
def test_the_minute_comes_back(snapshot):
    candles = parse_history(yahoo.encode([snapshot]), snapshot.symbol, NOW)
    if snapshot.open is None:
        assert candles == []
        return
    assert candles == [
        Candle(
            at=snapshot.at.replace(second=0),
            open=snapshot.open,
            high=max(snapshot.open, snapshot.price),
            low=min(snapshot.open, snapshot.price),
            close=snapshot.price,
            volume=snapshot.volume,
        )
    ]


def test_keys_come_back():
    for symbol in map(Symbol.parse, SYMBOLS):
        assert yahoo.key_of(symbol) == code_of(symbol)
        assert yahoo.symbol_of(yahoo.key_of(symbol)) == symbol
    for key in ("", "^", "^FTSE", "600519", "600519.XX", "VOD.L", "贵", "A.B.C"):
        assert yahoo.symbol_of(key) is None


@given(snapshots(Symbol.parse("600519.SH")))
def test_turnover_and_fractions_are_lost(snapshot):
    finer = replace(
        snapshot, amount=Decimal(1), at=snapshot.at.replace(microsecond=500_000), source="other"
    )
    assert yahoo.row(finer) == yahoo.row(snapshot)


@given(
    snapshots(Symbol.parse("600519.SH")),
    st.sampled_from([state for state in QuoteState if state is not QuoteState.TRADING]),
)
def test_whatever_does_not_trade_shows_a_price_alone(snapshot, state):
    [read] = parse(
        yahoo.encode([replace(snapshot, state=state)]), {"600519.SS": snapshot.symbol}, NOW
    ).snapshots
    assert (read.price, read.volume, read.state) == (snapshot.price, 0, QuoteState.UNKNOWN)
    assert (read.open, read.high, read.low) == (None, None, None)


@given(snapshots(Symbol.parse("AAPL.US")))
def test_a_damaged_row_is_a_problem_in_a_reply_that_can_be_read(snapshot):
    body = yahoo.join([yahoo.damaged(yahoo.row(snapshot))])
    fetched = parse(body, {"AAPL": snapshot.symbol}, NOW)
    assert fetched.snapshots == []
    assert fetched.problems == ["AAPL: price NoneType"]


def test_nothing_known():
    assert json.loads(yahoo.join([]))["chart"]["error"]["code"] == "Not Found"
