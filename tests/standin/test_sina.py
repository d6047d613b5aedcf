"""What the stand-in writes, the source reads: for every snapshot that the format can carry."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from aiohttp import ClientSession
from hypothesis import given
from hypothesis import strategies as st

from monitors.market import Market, QuoteState, Snapshot
from monitors.sources.sina import key_of, parse
from monitors.symbols import Symbol
from tests.standin import sina
from tests.standin.server import StandIn

NOW = datetime(2027, 1, 1, tzinfo=UTC)
MIDNIGHT = datetime(2010, 1, 1, 16, tzinfo=UTC)  # in China; the United States' zones are from 2007
SYMBOLS = (
    *("600519.SH", "688981.SH", "510300.SH", "000001.SH", "000001.SZ", "399001.SZ", "430047.BJ"),
    *("00700.HK", "HSI.HK", "AAPL.US", "BRK.B.US", "DJI.US"),
)
ELSEWHERE = (QuoteState.TRADING, QuoteState.AUCTION)
WITHOUT_PRICE = (QuoteState.SUSPENDED, QuoteState.DELISTED)
# Empty rows of the morning are nobody's: what is suspended shows from half past nine.
SECONDS = {QuoteState.SUSPENDED: (9 * 3600 + 1800, 86_399)}


@st.composite
def snapshots(draw, symbol: Symbol) -> Snapshot:
    """Any snapshot of a symbol that a real source could send."""
    # Beyond these the change would come to a thousand million per cent.
    price = st.decimals("0.01", "99999.99", places=3 if symbol.tick < Decimal("0.01") else 2)
    low, first, last, high = sorted(draw(st.tuples(price, price, price, price)))
    cn, us = symbol.market is Market.CN, symbol.market is Market.US
    state = draw(st.sampled_from(QuoteState if cn else ELSEWHERE))
    traded = state is QuoteState.TRADING
    previous = draw(price) if state in WITHOUT_PRICE else draw(st.none() | price)
    seconds = draw(st.integers(*SECONDS.get(state, (0, 86_399))))
    at = MIDNIGHT + timedelta(days=draw(st.integers(0, 365 * 16)), seconds=seconds)
    amount = draw(st.none() | st.integers(0, 10**14).map(lambda each: Decimal(each * 1000)))
    return Snapshot(
        symbol=symbol,
        at=at.replace(second=0) if us else at,
        price=previous if state in WITHOUT_PRICE else last,
        previous_close=previous,
        open=first if traded else None,
        high=high if traded else None,
        low=low if traded else None,
        volume=draw(st.integers(1, 10**10)) * 100 if traded else 0,
        amount=None if us else amount if traded else Decimal(0),
        state=state,
        name=draw(st.sampled_from(["贵州茅台", "*ST萃华", "Apple Inc.", "万  科Ａ", "㐂", ""])),
        source="sina",
    )


MARKETS = st.tuples(*(snapshots(Symbol.parse(symbol)) for symbol in SYMBOLS))


@given(MARKETS)
def test_round_trip(market):
    wanted = {sina.key_of(snapshot.symbol): snapshot.symbol for snapshot in market}
    fetched = parse(sina.encode(market), wanted, NOW)
    assert fetched.problems == []
    assert fetched.snapshots == list(market)


def test_keys_come_back():
    for symbol in map(Symbol.parse, SYMBOLS):
        assert sina.key_of(symbol) == key_of(symbol)
        assert sina.symbol_of(sina.key_of(symbol)) == symbol
    for key in ("", "sh", "sh6005", "600519sh", "xx600519", "gb_", "gb_AAPL", "gb_贵", "rt_hk700"):
        assert sina.symbol_of(key) is None


@given(snapshots(Symbol.parse("000001.SH")), st.integers(1, 99))
def test_odd_lots_and_fractions_are_lost(snapshot, odd):
    finer = replace(
        snapshot,
        volume=snapshot.volume + odd,
        at=snapshot.at.replace(microsecond=500_000),
    )
    assert sina.row(finer) == sina.row(snapshot)


def test_nothing_known_is_an_empty_row():
    assert parse(sina.join([]), {}, NOW).problems == []


# -- Over HTTP ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("referer", "keys", "status", "body"),
    [
        ("", "sh600519", 403, b"Kinsoku jikou desu!"),
        ("https://example.com", "sh600519", 403, b"Kinsoku jikou desu!"),
        (sina.REFERER, "sh600519", 200, b'var hq_str_sh999999="";\n'),
        (sina.REFERER, "sh600519,61666", 200, b'var hq_str_sys_auth="FAILED";'),
        (sina.REFERER, "sh600519,", 200, b'var hq_str_sys_auth="FAILED";'),
        (sina.REFERER, ",".join(["sh600519"] * 1000), 414, b""),
    ],
    ids=["no referer", "another referer", "unknown", "malformed", "empty", "long"],
)
async def test_requests_it_does_not_like(referer, keys, status, body):
    headers = {"Referer": referer} if referer else {}
    async with (
        StandIn() as server,
        ClientSession(headers=headers) as http,
        http.get(f"{server.url}/list={keys}") as response,
    ):
        assert response.status == status
        assert body in await response.read()
