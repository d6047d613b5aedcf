"""Alpaca's quotes over HTTP."""

import pytest

from monitors.market import Market
from monitors.sources.alpaca import Alpaca
from monitors.sources.base import Fetched, SourceError
from monitors.symbols import Symbol
from tests.monitors.sources.alpaca import APPLE, BERKSHIRE, KEY, OTHER, SECRET, SYMBOL, read
from tests.standin.server import StandIn

SYMBOLS = [SYMBOL, OTHER]


@pytest.fixture
async def server(settings):
    recording = read({"AAPL": APPLE, "BRK.B": BERKSHIRE}, "AAPL", "BRK.B").snapshots
    async with StandIn(recording) as server:
        settings.ALPACA_URL = server.url
        yield server


def test_what_the_source_declares():
    assert Alpaca.markets == Alpaca.history_markets == {Market.US}
    assert Alpaca.settings == ("ALPACA_KEY", "ALPACA_SECRET")
    assert Alpaca.batch_size == 200
    assert Alpaca.limits.requests_a_minute < 200


@pytest.mark.parametrize("feed", ["iex", "sip"])
def test_real_time_feeds_are_not_late(settings, feed):
    settings.ALPACA_FEED = feed
    assert dict(Alpaca.delays) == {}
    assert Alpaca.delays.get(Market.US, 0) == 0


async def test_the_delayed_feed_is_late(settings, server, http):
    settings.ALPACA_FEED = "delayed_sip"
    assert dict(Alpaca().delays) == {Market.US: 900}
    assert len(Alpaca().delays) == 1
    fetched = await Alpaca().fetch(SYMBOLS, http)
    assert [snapshot.delay for snapshot in fetched.snapshots] == [900, 900]


async def test_fetch(server, http):
    unknown = Symbol.parse("XYZZY.US")
    fetched = await Alpaca().fetch([*SYMBOLS, unknown], http)
    assert [snapshot.symbol for snapshot in fetched.snapshots] == SYMBOLS
    assert [snapshot.delay for snapshot in fetched.snapshots] == [0, 0]
    assert fetched.problems == []
    assert (await Alpaca().fetch([unknown], http)) == Fetched()
    assert server.requests["all"] == 2


async def test_only_what_it_knows_is_asked_for(server, http):
    others = [Symbol.parse(text) for text in ("NDX.US", "600519.SH", "00700.HK", "LONGNAME.US")]
    assert await Alpaca().fetch(others, http) == Fetched()
    assert await Alpaca().fetch([], http) == Fetched()
    assert await Alpaca().history(others[0], http) == []
    assert not server.requests
    assert len((await Alpaca().fetch([*others, *SYMBOLS], http)).snapshots) == 2
    assert set(server.asked) == set(SYMBOLS)


async def test_what_is_asked(answering, point, settings, http):
    server = await answering(b"{}")
    point("alpaca", server.url)
    settings.ALPACA_FEED = "sip"
    await Alpaca().fetch(SYMBOLS, http)
    [request] = server.requests
    assert request.raw_path == "/v2/stocks/snapshots?symbols=AAPL,BRK.B&feed=sip"
    assert request.headers["APCA-API-KEY-ID"] == KEY
    assert request.headers["APCA-API-SECRET-KEY"] == SECRET


async def test_a_full_batch_fits_a_url(server, http):
    codes = [f"{a}{b}{c}QQ.{c}" for a in "ABCDEFGH" for b in "ABCDE" for c in "ABCDE"]
    symbols = [Symbol.parse(f"{code}.US") for code in codes]
    assert len(symbols) == Alpaca.batch_size
    assert await Alpaca().fetch(symbols, http) == Fetched()
    assert len(server.asked) == 200


@pytest.mark.parametrize("missing", ["ALPACA_KEY", "ALPACA_SECRET"])
async def test_the_stand_in_wants_both_halves_of_a_key(server, settings, http, missing):
    setattr(settings, missing, "")
    with pytest.raises(SourceError, match="the key is refused for the feed iex") as refused:
        await Alpaca().fetch(SYMBOLS, http)
    assert refused.value.status == 403


async def test_the_stand_in_refuses_a_whole_batch_for_one_symbol(server, http):
    headers = {"APCA-API-KEY-ID": KEY, "APCA-API-SECRET-KEY": SECRET}
    for query in ("symbols=AAPL,aapl", "symbols=", "symbols=AAPL&feed=otc"):
        async with http.get(f"{server.url}/v2/stocks/snapshots?{query}", headers=headers) as reply:
            assert reply.status == 400
            assert "invalid" in (await reply.json())["message"]


async def test_a_bad_symbol_is_named(answering, point, http):
    server = await answering(b'{"message":"invalid symbol: AAPL"}', status=400)
    point("alpaca", server.url)
    with pytest.raises(SourceError, match=r"HTTP 400: .*invalid symbol: AAPL"):
        await Alpaca().fetch(SYMBOLS, http)
