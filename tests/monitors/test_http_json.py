"""The source of one's own: a file says how to ask, and a reply is read by its paths."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from aiohttp import ClientSession, web
from hypothesis import given
from hypothesis import strategies as st

from monitors import kinds
from monitors.market import Market, QuoteState
from monitors.sources._http_json_file import Configuration
from monitors.sources.base import ConfigurationError, Limits, SourceError
from monitors.sources.http_json import HttpJson, moment, parse
from monitors.symbols import Symbol

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
APPLE, TENCENT = Symbol.parse("AAPL"), Symbol.parse("00700.HK")
FILE = {
    "url": "https://quotes.example/{exchange_lower}/{code}?full={symbol}",
    "headers": {"Authorization": "Bearer secret"},
    "markets": ["US", "HK"],
    "fields": {
        "price": "data.last",
        "at": "data.time",
        "previous_close": "data.days[1].close",
        "open": "data.days[0].open",
        "high": "data.days[0].high",
        "low": "data.days[0].low",
        "volume": "data.volume",
        "name": "data.name",
    },
    "delay": 900,
    "requests_a_minute": 30,
}
REPLY = {
    "data": {
        "last": 305.59,
        "time": 1795485600,
        "volume": 38169263,
        "name": "Apple\0 Inc.",
        "days": [{"open": "306.21", "high": 307.66, "low": 302.94}, {"close": 305.93}],
    }
}


def how(**changes: object) -> Configuration:
    return Configuration.read(json.dumps(FILE | changes))


def read(reply: object, **changes: object):
    body = reply if isinstance(reply, bytes) else json.dumps(reply).encode()
    return parse(body, {"AAPL.US": APPLE}, NOW, how(**changes))


def changed(**data: object) -> dict[str, object]:
    return {"data": REPLY["data"] | data}


@pytest.fixture
def file(tmp_path, settings):
    """Write the file, with changes, and name it in the settings."""

    def write(**changes: object) -> None:
        path = tmp_path / f"source-{len(list(tmp_path.iterdir()))}.json"
        path.write_text(json.dumps(FILE | changes))
        settings.HTTP_JSON_FILE = str(path)

    return write


def test_a_reply_is_read_by_its_paths():
    [snapshot] = read(REPLY).snapshots
    assert (snapshot.price, snapshot.previous_close) == (Decimal("305.59"), Decimal("305.93"))
    assert (snapshot.open, snapshot.high, snapshot.low) == (
        Decimal("306.21"),
        Decimal("307.66"),
        Decimal("302.94"),
    )
    assert snapshot.at == datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    assert (snapshot.volume, snapshot.name) == (38169263, "Apple  Inc.")
    assert (snapshot.state, snapshot.delay) == (QuoteState.TRADING, 900)


def test_what_need_not_be_there_may_be_missing():
    reply = {"data": {"last": "305.59", "time": 1795485600}}
    [snapshot] = read(reply).snapshots
    assert (snapshot.open, snapshot.high, snapshot.volume, snapshot.name) == (None, None, 0, "")


@pytest.mark.parametrize(
    ("value", "read_as"),
    [
        (1795485600, NOW.replace(hour=2)),
        (1795485600.25, NOW.replace(hour=2, microsecond=250_000)),
        (1795485600000, NOW.replace(hour=2)),
        ("1795485600", NOW.replace(hour=2)),
        ("2026-11-24T10:00:00+08:00", NOW.replace(hour=2)),
        ("2026-11-24T02:00:00Z", NOW.replace(hour=2)),
    ],
)
def test_times(value, read_as):
    [snapshot] = read(changed(time=value)).snapshots
    assert snapshot.at == read_as


@pytest.mark.parametrize("text", ["", "now", "2026-11-24T10:00:00", "12", "9" * 40, "1e9"])
def test_what_is_no_time(text):
    with pytest.raises(ValueError, match=r"^time "):
        moment(text)


@pytest.mark.parametrize(
    "data",
    [
        {"last": 0},
        {"last": -1},
        {"last": "NaN"},
        {"last": 1e30},
        {"last": None},
        {"last": True},
        {"last": [305.59]},
        {"last": 308},
        {"last": 302},
        {"time": None},
        {"time": 1795497600},
        {"volume": -5},
        {"volume": "many"},
        {"days": [{"open": {}, "high": 307.66, "low": 302.94}]},
    ],
    ids=str,
)
def test_an_impossible_figure_is_a_problem_and_no_quote(data):
    fetched = read(changed(**data))
    assert fetched.snapshots == []
    [problem] = fetched.problems
    assert problem.startswith("AAPL.US: ")


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"[" * 9000, b'{"a": 1, "a": 2}', b"\xff"])
def test_a_reply_that_is_no_object_is_a_source_error(body):
    with pytest.raises(SourceError):
        read(body)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([*REPLY["data"]]), ANYTHING), st.binary(max_size=4))
def test_whatever_arrives_is_a_quote_that_can_be_or_none(data, noise):
    for body in (json.dumps(changed(**data)).encode(), json.dumps(REPLY).encode() + noise):
        try:
            fetched = read(body)
        except SourceError:
            continue
        for snapshot in fetched.snapshots:
            assert 0 < snapshot.price < 10**9
            assert snapshot.low is None or snapshot.low <= snapshot.price
            assert snapshot.high is None or snapshot.price <= snapshot.high


@pytest.mark.parametrize(
    ("changes", "mend"),
    [
        ({"url": "quotes.example/{code}"}, "url: write an address"),
        ({"url": "https://quotes.example/"}, "url: name the stock by {code}, "),
        ({"url": "https://quotes.example/{code.__class__}"}, "url: name the stock by"),
        ({"url": "https://quotes.example/{"}, "url: "),
        ({"url": 5}, "url: "),
        ({"headers": {"a": 1}}, "headers: write an object of texts"),
        ({"markets": []}, "markets: write a list of CN, HK, US"),
        ({"markets": ["MARS"]}, "markets: write a list of CN, HK, US"),
        ({"fields": {"price": "last"}}, "fields: say at least where price and at are"),
        ({"fields": FILE["fields"] | {"bid": "b"}}, "fields.bid: not known, write at, "),
        ({"fields": FILE["fields"] | {"open": "a..b"}}, "fields.open: write a path such as"),
        ({"fields": FILE["fields"] | {"open": "a[b]"}}, "fields.open: write a path such as"),
        ({"delay": -1}, "delay: write a whole number from 0"),
        ({"requests_a_minute": 0}, "requests_a_minute: write a whole number from 1"),
        ({"interval": 5}, "must be one object without interval: "),
    ],
)
def test_a_file_that_will_not_do_says_why(changes, mend):
    with pytest.raises(ConfigurationError) as refused:
        how(**changes)
    assert str(refused.value).startswith(mend)
    assert refused.value.setting == "HTTP_JSON_FILE"


@pytest.mark.parametrize("text", ["", "[]", "{"])
def test_a_file_that_is_no_object_says_so(text):
    with pytest.raises(ConfigurationError):
        Configuration.read(text)


def test_a_file_that_is_not_there_says_so(settings, tmp_path):
    settings.HTTP_JSON_FILE = str(tmp_path / "none.json")
    with pytest.raises(ConfigurationError, match="cannot be read"):
        HttpJson()


def test_the_file_says_what_the_source_can(file):
    file()
    source = HttpJson()
    assert source.markets == {Market.US, Market.HK}
    assert source.limits == Limits(requests_a_minute=30, at_once=4)
    assert source.delays == {Market.US: 900, Market.HK: 900}
    file(delay=0)
    assert HttpJson().delays == {}


def test_it_is_one_source_among_others(file, settings):
    file(markets=["US"])
    settings.QUOTE_SOURCES = ["http_json", "tencent"]
    assert list(kinds.preferred_sources(Market.US)) == ["tencent", "http_json"], "it is late"
    assert list(kinds.preferred_sources(Market.HK)) == ["tencent"]


async def test_it_asks_as_the_file_says(file):
    asked = []

    async def respond(request: web.Request) -> web.Response:
        asked.append((request.path_qs, request.headers["Authorization"]))
        return web.json_response(REPLY) if "AAPL" in request.path else web.Response(status=404)

    app = web.Application()
    app.router.add_get("/{any:.*}", respond)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    file(
        url=f"http://127.0.0.1:{runner.addresses[0][1]}/{{exchange_lower}}/{{code}}?full={{symbol}}"
    )
    async with ClientSession() as http:
        fetched = await HttpJson().fetch([APPLE, TENCENT], http)
    await runner.cleanup()
    assert [snapshot.symbol for snapshot in fetched.snapshots] == [APPLE]
    assert fetched.problems == []
    assert asked == [
        ("/us/AAPL?full=AAPL.US", "Bearer secret"),
        ("/hk/00700?full=00700.HK", "Bearer secret"),
    ]
