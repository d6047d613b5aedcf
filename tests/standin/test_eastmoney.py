"""What the stand-in writes, the source reads: for every snapshot that the format can carry."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from monitors.market import QuoteState, Snapshot
from monitors.sources._eastmoney_reply import secids_of
from monitors.sources.eastmoney import parse
from monitors.symbols import Symbol
from tests.standin import eastmoney

NOW = datetime(2027, 1, 1, tzinfo=UTC)
EARLIEST, LATEST = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (2000, 2027))
SYMBOLS = (
    *("600519.SH", "688981.SH", "689009.SH", "510300.SH", "000001.SH", "000001.SZ", "430047.BJ"),
    *("00700.HK", "HSI.HK", "AAPL.US", "BRK.B.US", "SPY.US", "DJI.US", "NDX.US", "IXIC.US"),
)
CARRIED = (QuoteState.TRADING, QuoteState.AUCTION)


@st.composite
def snapshots(draw, symbol: Symbol, states=CARRIED) -> Snapshot:
    """Any snapshot of a symbol that a real source could send."""
    # The STAR board's volume is believed where the amount bears it out: no price is a hundredfold.
    least, most = ("10", "99.99") if symbol.code.startswith("68") else ("0.01", "99999.99")
    price = st.decimals(least, most, places=3 if symbol.tick < Decimal("0.01") else 2)
    low, last, high = sorted(draw(st.tuples(price, price, price)))
    state = draw(st.sampled_from(states))
    traded = state is QuoteState.TRADING
    shares = draw(st.integers(10, 10**10)) * 100 if traded else 0
    return Snapshot(
        symbol=symbol,
        at=datetime.fromtimestamp(draw(st.integers(EARLIEST, LATEST)), UTC),
        price=last,
        previous_close=draw(st.none() | price),
        open=draw(price) if traded else None,
        high=high if traded else None,
        low=low if traded else None,
        volume=shares,
        amount=shares * last if traded else None,
        state=state,
        name=draw(st.sampled_from(["贵州茅台", "*ST萃华", 'A "B" \\ C', "万  科Ａ", ""])),
        source="eastmoney",
    )


MARKETS = st.tuples(*(snapshots(Symbol.parse(symbol)) for symbol in SYMBOLS))
WANTED = {secid: symbol for symbol in map(Symbol.parse, SYMBOLS) for secid in secids_of(symbol)}


@given(MARKETS)
def test_round_trip(market):
    fetched = parse(eastmoney.encode(market), WANTED, NOW)
    assert fetched.problems == []
    assert fetched.snapshots == list(market)


@given(snapshots(Symbol.parse("600519.SH"), [s for s in QuoteState if s not in CARRIED]))
def test_what_does_not_trade_has_no_price(snapshot):
    [row] = json.loads(eastmoney.encode([snapshot]))["data"]["diff"]
    assert row["f2"] == row["f5"] == "-"
    fetched = parse(eastmoney.encode([snapshot]), WANTED, NOW)
    assert (fetched.snapshots, fetched.problems) == ([], [])


def test_keys_come_back():
    for symbol in map(Symbol.parse, SYMBOLS):
        secid = eastmoney.secid_of(symbol)
        assert secid in secids_of(symbol)
        assert eastmoney.symbol_of(secid) == symbol
    for secid in ("", "1", "1.", "1.6005", "7.600519", "600519", "116.HSI", "105.", "105.贵"):
        assert eastmoney.symbol_of(secid) is None


def test_a_us_ticker_is_known_on_one_market_only():
    for symbol in map(Symbol.parse, ("AAPL.US", "BRK.B.US", "SPY.US", "IBM.US")):
        known = [secid for secid in secids_of(symbol) if eastmoney.symbol_of(secid)]
        assert known == [eastmoney.secid_of(symbol)]


@given(snapshots(Symbol.parse("600519.SH"), [QuoteState.TRADING]), st.integers(1, 99))
def test_odd_lots_and_fractions_are_lost(snapshot, odd):
    finer = replace(
        snapshot,
        volume=snapshot.volume + odd,
        at=snapshot.at.replace(microsecond=500_000),
    )
    assert eastmoney.row(finer) == eastmoney.row(snapshot)
