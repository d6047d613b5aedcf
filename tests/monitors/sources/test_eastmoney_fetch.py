"""Eastmoney's quotes over HTTP."""

import pytest

from monitors.sources.base import Fetched
from monitors.sources.eastmoney import Eastmoney, parse
from monitors.symbols import Symbol
from tests.monitors.sources.eastmoney import NOW, completed, wanted_by
from tests.standin.server import StandIn

SYMBOLS = [Symbol.parse(text) for text in ("510300.SH", "00700.HK", "AAPL.US")]


@pytest.fixture
async def server(settings):
    recording = parse(completed(), wanted_by(*map(str, SYMBOLS)), NOW).snapshots
    assert len(recording) == 3
    async with StandIn(recording) as server:
        settings.EASTMONEY_URL = server.url
        yield server


def by_symbol(fetched: Fetched) -> list[Symbol]:
    return sorted((snapshot.symbol for snapshot in fetched.snapshots), key=SYMBOLS.index)


async def test_fetch(server, http):
    unknown = Symbol.parse("603999.SH")
    fetched = await Eastmoney().fetch([*SYMBOLS, unknown], http)
    assert by_symbol(fetched) == SYMBOLS
    assert fetched.problems == []
    assert (await Eastmoney().fetch([unknown], http)) == Fetched()
    assert server.requests["all"] == 2
    assert server.asked[SYMBOLS[2]] == 1


async def test_nothing_that_it_serves_asks_for_nothing(server, http):
    assert await Eastmoney().fetch([], http) == Fetched()
    assert await Eastmoney().fetch([Symbol.parse("HSCEI.HK")], http) == Fetched()
    assert not server.requests


async def test_a_full_batch_fits_a_url(server, http):
    symbols = [SYMBOLS[2], *(Symbol(f"ABCDEFGH{n:02}.A", "US") for n in range(99))]
    assert len(symbols) == Eastmoney.batch_size
    fetched = await Eastmoney().fetch(symbols, http)
    assert len(fetched.snapshots) == 1
