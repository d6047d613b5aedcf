"""Yahoo over HTTP."""

import pytest

from monitors.sources.base import Fetched, SourceError
from monitors.sources.yahoo import Yahoo
from monitors.symbols import Symbol
from tests.monitors.sources.yahoo import (
    APPLE,
    MOUTAI,
    TENCENT,
    TODAY,
    candle,
    changed,
    read,
    recorded,
)
from tests.standin.server import StandIn

QUOTES = [
    *read(TODAY).snapshots,
    *read(changed(symbol="600519.SS", currency="CNY"), MOUTAI).snapshots,
    *read(changed(symbol="^HSI", currency="HKD"), Symbol.parse("HSI.HK")).snapshots,
]


@pytest.fixture
async def server(settings):
    async with StandIn(QUOTES) as server:
        settings.YAHOO_URL = server.url
        yield server


@pytest.mark.parametrize("quote", QUOTES, ids=lambda quote: str(quote.symbol))
async def test_fetch(server, http, quote):
    assert await Yahoo().fetch([quote.symbol], http) == Fetched([quote])
    assert (server.requests["all"], server.by_source["yahoo"]) == (1, 1)


async def test_what_is_not_known_or_cannot_be(server, http):
    assert await Yahoo().fetch([TENCENT], http) == Fetched()
    assert await Yahoo().history(TENCENT, http) == []
    assert server.by_source["yahoo"] == 2
    for symbol in ("430047.BJ", "HSTECH.HK"):
        assert await Yahoo().fetch([Symbol.parse(symbol)], http) == Fetched()
        assert await Yahoo().history(Symbol.parse(symbol), http) == []
    assert await Yahoo().fetch([], http) == Fetched()
    assert server.by_source["yahoo"] == 2


async def test_history(server, http):
    assert await Yahoo().history(APPLE, http) == [
        candle(3, "305.20", "305.59", "305.20", "305.59", 8731307)
    ]


async def test_a_damaged_quote_is_a_problem(server, http):
    server.control({"misbehave": {"kind": "damaged"}})
    assert await Yahoo().fetch([APPLE], http) == Fetched([], ["AAPL: price NoneType"])


async def test_asked_too_often(answering, point, http):
    server = await answering(recorded("429.txt"), status=429, headers={"Retry-After": "60"})
    point("yahoo", server.url)
    with pytest.raises(SourceError, match="HTTP 429: Edge: Too Many Requests") as error:
        await Yahoo().fetch([APPLE], http)
    assert (error.value.status, error.value.retry_after) == (429, 60.0)


@pytest.mark.parametrize(
    ("status", "body", "known"),
    [
        (404, recorded("chart-unknown-404.txt"), False),
        (404, b'{"chart": {"result": null, "error": {"code": "Not Found"}}}', False),
        (404, b"<html>Not Found</html>", None),
        (404, b'{"code": "Not Found"}', None),
        (404, b'{"chart":{"result":null,"error":{"code":"Bad Request"}}}', None),
        (401, recorded("v7quote-401-invalid-crumb.txt"), None),
        (500, recorded("chart-unknown-404.txt"), None),
    ],
)
async def test_whether_a_404_is_of_an_unknown_symbol(answering, point, http, status, body, known):
    server = await answering(body, status=status)
    point("yahoo", server.url)
    if known is False:
        assert await Yahoo().fetch([APPLE], http) == Fetched()
        assert await Yahoo().history(APPLE, http) == []
    else:
        with pytest.raises(SourceError) as error:
            await Yahoo().fetch([APPLE], http)
        assert error.value.status == status
        with pytest.raises(SourceError):
            await Yahoo().history(APPLE, http)


async def test_what_is_asked(answering, point, http):
    server = await answering(recorded("chart-unknown-404.txt"))
    point("yahoo", server.url)
    for symbol in ("BRK.B.US", "NDX.US"):
        await Yahoo().fetch([Symbol.parse(symbol)], http)
    await Yahoo().history(TENCENT, http)
    assert [request.raw_path for request in server.requests] == [
        "/v8/finance/chart/BRK-B?interval=1m&range=1d",
        "/v8/finance/chart/%5ENDX?interval=1m&range=1d",
        "/v8/finance/chart/0700.HK?interval=1m&range=1d",
    ]
    assert {request.headers["User-Agent"] for request in server.requests} == {"Mozilla/5.0"}


async def test_a_client_that_is_no_browser_is_refused_by_the_stand_in(server, http):
    url = f"{server.url}/v8/finance/chart/AAPL"
    async with http.get(url) as response:
        assert response.status == 429
    async with http.get(url, headers={"User-Agent": "Mozilla/5.0"}) as response:
        assert response.status == 422
