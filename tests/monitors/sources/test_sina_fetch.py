"""Sina over HTTP."""

import pytest

from monitors.sources.base import Fetched, SourceError
from monitors.sources.sina import Sina, key_of
from monitors.symbols import Symbol
from tests.monitors.sources.sina import APPLE, FUND, TENCENT, read
from tests.standin.server import StandIn

SYMBOLS = [Symbol.parse(symbol) for symbol in ("510300.SH", "00700.HK", "AAPL.US", "BRK.B.US")]


@pytest.fixture
async def server(settings):
    rows = FUND + TENCENT + APPLE + APPLE.replace("gb_aapl", "gb_brk$b")
    async with StandIn(read(rows, *map(str, SYMBOLS)).snapshots) as server:
        settings.SINA_URL = server.url
        yield server


async def test_fetch(server, http):
    unknown = Symbol.parse("603999.SH")
    fetched = await Sina().fetch([*SYMBOLS, unknown], http)
    assert [snapshot.symbol for snapshot in fetched.snapshots] == SYMBOLS
    assert fetched.problems == []
    assert (await Sina().fetch([unknown], http)) == Fetched()
    assert server.by_source["sina"] == 2


async def test_what_cannot_be_written_does_not_void_the_others(server, http):
    odd = [Symbol("ABC1", "US"), Symbol("700", "HK"), Symbol("60051x", "SH")]
    fetched = await Sina().fetch([*odd, *SYMBOLS], http)
    assert [snapshot.symbol for snapshot in fetched.snapshots] == SYMBOLS
    assert not server.asked.keys() & set(odd)


@pytest.mark.parametrize("symbols", [[], [Symbol("ABC1", "US")]])
async def test_nothing_to_ask_for_asks_for_nothing(server, http, symbols):
    assert await Sina().fetch(symbols, http) == Fetched()
    assert not server.requests


async def test_a_voided_batch_over_http(server, http, monkeypatch):
    monkeypatch.setattr("monitors.sources.sina.key_of", lambda symbol: f"{symbol.code}sh")
    with pytest.raises(SourceError, match="voids the batch"):
        await Sina().fetch(SYMBOLS, http)


async def test_without_the_referer(server, http, monkeypatch):
    monkeypatch.setattr("monitors.sources.sina._REFERER", {})
    with pytest.raises(SourceError, match="HTTP 403: Kinsoku jikou desu!") as caught:
        await Sina().fetch(SYMBOLS, http)
    assert caught.value.status == 403


@pytest.mark.parametrize("exchange", ["SH", "HK", "US"])
async def test_a_full_batch_fits_a_url(server, http, exchange):
    letters = "ABCDEFGHIJKLMNOPQRST"
    codes = {
        "SH": [f"{number:06d}" for number in range(510300, 510300 + Sina.batch_size)],
        "HK": [f"ABCDEFGH{one}{two}" for one in letters for two in letters],
        "US": [f"ABC{one}{two}.B" for one in letters for two in letters],
    }[exchange]
    symbols = [Symbol(code, exchange) for code in codes]
    assert len(symbols) == Sina.batch_size
    assert all(map(key_of, symbols))
    fetched = await Sina().fetch(symbols, http)
    assert len(fetched.snapshots) == (exchange == "SH")


async def test_a_day_in_utf_8(server, http):
    server.control({"misbehave": {"kind": "charset", "charset": "utf-8"}})
    fetched = await Sina().fetch(SYMBOLS, http)
    assert [snapshot.name for snapshot in fetched.snapshots][1:] == ["腾讯控股", "苹果", "苹果"]


async def test_what_is_asked_for(answering, point, http):
    server = await answering(FUND.encode("gb18030"))
    point("sina", server.url)
    await Sina().fetch(SYMBOLS, http)
    [request] = server.requests
    assert request.raw_path == "/list=sh510300,rt_hk00700,gb_aapl,gb_brk$b"
    assert request.headers["Referer"] == "https://finance.sina.com.cn"
