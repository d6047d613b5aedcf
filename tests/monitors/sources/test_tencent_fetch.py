"""Tencent over HTTP."""

import pytest

from monitors.sources.base import Fetched
from monitors.sources.tencent import Tencent
from monitors.symbols import Symbol
from tests.monitors.sources.tencent import APPLE, PUFA, TENCENT, read
from tests.standin.server import StandIn

SYMBOLS = [Symbol.parse("600000.SH"), Symbol.parse("00700.HK"), Symbol.parse("AAPL.US")]


@pytest.fixture
async def server(settings):
    recording = read(PUFA + TENCENT + APPLE, *map(str, SYMBOLS)).snapshots
    async with StandIn(recording) as server:
        settings.TENCENT_URL = server.url
        yield server


async def test_fetch(server, http):
    unknown = Symbol.parse("603999.SH")
    fetched = await Tencent().fetch([*SYMBOLS, unknown], http)
    assert [snapshot.symbol for snapshot in fetched.snapshots] == SYMBOLS
    assert fetched.problems == []
    assert (await Tencent().fetch([unknown], http)) == Fetched()
    assert server.requests == {"all": 2}


async def test_a_full_batch_fits_a_url(server, http):
    symbols = [Symbol(f"{number:06d}", "SH") for number in range(600000, 600000 + 800)]
    assert len(symbols) == Tencent.batch_size
    fetched = await Tencent().fetch(symbols, http)
    assert len(fetched.snapshots) == 1
