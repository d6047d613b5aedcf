"""What holds for every source that speaks HTTP, on good days and bad ones."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from aiohttp import ClientSession, ClientTimeout, web

from monitors.kinds import source_kinds
from monitors.market import Market, QuoteState, Snapshot
from monitors.sources import _reply
from monitors.sources.base import Fetched, Source, SourceError
from monitors.symbols import Symbol
from tests.fuzz import http_sources
from tests.standin.server import StandIn

MOUTAI = Snapshot(
    symbol=Symbol.parse("600519.SH"),
    at=datetime(2026, 8, 18, 6, 30, tzinfo=UTC),
    price=Decimal("1305.00"),
    previous_close=Decimal("1300.00"),
    open=Decimal("1301.00"),
    high=Decimal("1310.00"),
    low=Decimal("1300.50"),
    volume=1_000_000,
    amount=Decimal(1_305_000_000),
    state=QuoteState.TRADING,
    name="贵州茅台",
    source="",
)
OTHERS = ("000001.SZ", "00700.HK", "00005.HK", "AAPL.US", "MSFT.US")
RECORDING = [MOUTAI, *(replace(MOUTAI, symbol=Symbol.parse(symbol)) for symbol in OTHERS)]
NO_QUOTES = "no JSON|no quotes in the reply|neither GB18030"


@dataclass
class Asked:
    """A source, what it is asked for, and the server that it asks."""

    source: Source
    symbols: list[Symbol]
    server: StandIn

    async def fetch(self, http: ClientSession) -> Fetched:
        return await self.source.fetch(self.symbols, http)


def served(source: Source) -> list[Symbol]:
    """As much of the recording as a request of the source may ask for."""
    symbols = [one.symbol for one in RECORDING if one.symbol.market in source.markets]
    return symbols[: source.batch_size]


@pytest.fixture(params=http_sources())
async def asked(request: pytest.FixtureRequest, point: Callable[[str, str], None]):
    async with StandIn(RECORDING) as server:
        point(request.param, server.url)
        source = source_kinds()[request.param]()
        yield Asked(source, served(source), server)


async def test_what_it_is_asked_for_comes(asked, http):
    fetched = await asked.fetch(http)
    assert {snapshot.symbol for snapshot in fetched.snapshots} == set(asked.symbols)
    assert fetched.problems == []
    assert {snapshot.price for snapshot in fetched.snapshots} == {MOUTAI.price}
    assert {snapshot.at for snapshot in fetched.snapshots} == {MOUTAI.at}


async def test_a_source_that_tells_more_in_its_quotes_tells_it_of_each(asked, http):
    fetched = await asked.fetch(http)
    assert (fetched.references is not None) == asked.source.tells_reference_in_quotes
    if fetched.references is not None:
        assert {told.symbol for told in fetched.references()} == set(asked.symbols)


async def test_nothing_wanted_asks_for_nothing(asked, http):
    assert await asked.source.fetch([], http) == Fetched()
    assert not asked.server.requests


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        *(({"kind": "status", "status": s}, f"HTTP {s}") for s in (400, 401, 403, 418, 456, 503)),
        ({"kind": "status", "status": 429, "headers": {"Retry-After": "7"}}, "HTTP 429"),
        ({"kind": "status", "status": 302, "headers": {"Location": "/control"}}, "HTTP 302"),
        ({"kind": "timeout"}, "timeout"),
        ({"kind": "drip", "seconds": 30}, "timeout"),
        ({"kind": "empty"}, "empty reply"),
        ({"kind": "html"}, NO_QUOTES),
        ({"kind": "broken"}, "ClientPayloadError"),
        ({"kind": "charset"}, NO_QUOTES),
        ({"kind": "garbage"}, NO_QUOTES),
        ({"kind": "cut", "share": 0.1}, NO_QUOTES),
    ],
    ids=str,
)
async def test_a_useless_reply_is_a_source_error(asked, http, fault, message, monkeypatch):
    if message == "timeout":
        monkeypatch.setattr(_reply, "TIMEOUT", ClientTimeout(total=0.2))
    asked.server.control({"misbehave": fault | {"requests": 1}})
    with pytest.raises(SourceError, match=message) as refused:
        await asked.fetch(http)
    assert refused.value.status == fault.get("status")
    assert refused.value.retry_after == (7 if fault.get("status") == 429 else None)
    monkeypatch.undo()
    assert (await asked.fetch(http)).snapshots, "the next reply is read again"


async def test_a_reply_of_damaged_rows_has_no_quotes(asked, http):
    asked.server.control({"misbehave": {"kind": "damaged"}})
    if asked.source.batch_size > 1:
        with pytest.raises(SourceError, match="no readable row"):
            await asked.fetch(http)
        return
    fetched = await asked.fetch(http)
    assert fetched.snapshots == []
    assert len(fetched.problems) == 1


async def test_the_good_rows_of_a_damaged_reply_count(asked, http):
    damaged, *good = asked.symbols
    asked.server.control({"misbehave": {"kind": "damaged", "symbols": [str(damaged)]}})
    fetched = await asked.fetch(http)
    assert {snapshot.symbol for snapshot in fetched.snapshots} == set(good)
    [problem] = fetched.problems
    assert damaged.code in problem


Ask = Callable[[Source, list[Symbol], ClientSession], Awaitable[object]]
ASKS: dict[str, tuple[str, Ask]] = {
    "fetch": ("fetch", lambda source, symbols, http: source.fetch(symbols, http)),
    "history": ("history_markets", lambda source, symbols, http: source.history(symbols[0], http)),
    "days": ("day_markets", lambda source, symbols, http: source.days(symbols[0], http)),
    "reference": (
        "reference_markets",
        lambda source, symbols, http: source.reference(symbols, http),
    ),
    "listing": (
        "listed_markets",
        lambda source, symbols, http: source.listing(symbols[0].market, 1, http),
    ),
    "search": ("can_search", lambda source, _symbols, http: source.search("gzmt", http)),
}
"""What a source may be asked for: where it declares that it can, and how it is asked."""


def asks(names: Iterable[str], *, declared: bool) -> list[tuple[str, str]]:
    """Each source with each thing that it can be asked for, or with each that it cannot."""
    return [
        (name, what)
        for name in names
        for what, (attribute, _) in ASKS.items()
        if bool(getattr(source_kinds()[name], attribute)) == declared
    ]


@pytest.mark.parametrize(("name", "what"), asks(source_kinds(), declared=True))
def test_what_a_source_declares_it_can(name, what):
    assert getattr(source_kinds()[name], what) is not getattr(Source, what)


@pytest.mark.parametrize(("name", "what"), asks(source_kinds(), declared=False))
async def test_what_a_source_does_not_declare_it_refuses(name, what, http):
    with pytest.raises(SourceError, match=r"^it "):
        await ASKS[what][1](source_kinds()[name](), [MOUTAI.symbol], http)


@pytest.fixture(params=asks(http_sources(), declared=True), ids="-".join)
def ask(request: pytest.FixtureRequest, point: Callable[[str, str], None], http: ClientSession):
    """Ask a source for something at an address."""
    name, what = request.param

    async def at(url: str) -> object:
        point(name, url)
        source = source_kinds()[name]()
        return await ASKS[what][1](source, served(source), http)

    return at


async def test_a_server_that_is_not_there(ask, unused_tcp_port):
    with pytest.raises(SourceError, match="ClientConnectorError"):
        await ask(f"http://127.0.0.1:{unused_tcp_port}")


@pytest.mark.parametrize("status", [302, 403, 429, 503])
async def test_a_status_is_told(ask, answering, status):
    server = await answering(status=status, headers={"Location": "/elsewhere"})
    with pytest.raises(SourceError, match=f"HTTP {status}") as refused:
        await ask(server.url)
    assert refused.value.status == status
    assert len(server.requests) == 1, "a redirect is not followed"


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff\xfe", b"[]", b"[" * 9000], ids=repr)
async def test_a_body_that_is_none(ask, answering, body):
    server = await answering(body)
    with pytest.raises(SourceError):
        await ask(server.url)


async def test_a_body_is_bounded_after_decompression(ask, answering):
    def respond(_request: web.Request) -> web.Response:
        response = web.Response(body=b" " * (_reply.LARGEST_REPLY + 1))
        response.enable_compression(web.ContentCoding.gzip)
        return response

    server = await answering(respond)
    with pytest.raises(SourceError, match="larger than"):
        await ask(server.url)


def test_each_market_is_in_the_recording():
    assert {snapshot.symbol.market for snapshot in RECORDING} == set(Market)
