"""What the stand-in writes, the source reads: for every snapshot that the format can carry."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from monitors.market import Market, QuoteState, Snapshot
from monitors.sources._tencent_row import code_of
from monitors.sources.tencent import parse
from monitors.symbols import Symbol
from tests.standin import tencent

NOW = datetime(2027, 1, 1, tzinfo=UTC)
EARLIEST, LATEST = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (2000, 2027))
SYMBOLS = (
    *("600519.SH", "688981.SH", "510300.SH", "000001.SH", "000001.SZ", "430047.BJ"),
    *("00700.HK", "HSI.HK", "AAPL.US", "BRK.B.US"),
)


@st.composite
def snapshots(draw, symbol: Symbol) -> Snapshot:
    """Any snapshot of a symbol that a real source could send."""
    price = st.decimals("0.01", "999999.99", places=3 if symbol.tick < Decimal("0.01") else 2)
    low, last, high = sorted(draw(st.tuples(price, price, price)))
    state = draw(st.sampled_from(QuoteState))
    traded = state is QuoteState.TRADING
    lots = draw(st.integers(1, 10**10))
    return Snapshot(
        symbol=symbol,
        at=datetime.fromtimestamp(draw(st.integers(EARLIEST, LATEST)), UTC),
        price=last,
        previous_close=draw(st.none() | price),
        open=draw(price) if traded else None,
        high=high if traded else None,
        low=low if traded else None,
        volume=lots * 100 if traded else 0,
        amount=draw(st.none() | st.integers(0, 10**15).map(Decimal)),
        state=state,
        name=draw(st.sampled_from(["贵州茅台", "*ST萃华", "Apple Inc.", "万  科Ａ", ""])),
        source="tencent",
        delay=900 if symbol.market is Market.HK else 0,
    )


MARKETS = st.tuples(*(snapshots(Symbol.parse(symbol)) for symbol in SYMBOLS))


@given(MARKETS)
def test_round_trip(market):
    wanted = {code_of(snapshot.symbol): snapshot.symbol for snapshot in market}
    fetched = parse(tencent.encode(market), wanted, NOW)
    assert fetched.snapshots == list(market)
    assert fetched.problems == []


def test_codes_come_back():
    for symbol in map(Symbol.parse, SYMBOLS):
        assert tencent.symbol_of(code_of(symbol)) == symbol
    for code in ("", "sh", "sh6005", "xx600519", "600519", "us", "us贵"):
        assert tencent.symbol_of(code) is None


@given(snapshots(Symbol.parse("600519.SH")), st.integers(1, 99))
def test_odd_lots_and_fractions_are_lost(snapshot, odd):
    finer = replace(
        snapshot,
        volume=snapshot.volume + odd,
        at=snapshot.at.replace(microsecond=500_000),
    )
    assert tencent.row(finer) == tencent.row(snapshot)
