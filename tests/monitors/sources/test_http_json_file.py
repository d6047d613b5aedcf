"""The file that tells `http_json` how to ask: what it may say, and what comes of it."""

import json

import pytest
from aiohttp import web

from monitors import kinds
from monitors.market import Market
from monitors.sources._http_json_file import Configuration
from monitors.sources.base import ConfigurationError, Limits
from monitors.sources.http_json import HttpJson
from tests.monitors.sources.http_json import APPLE, FILE, REPLY, TENCENT, how


@pytest.fixture
def file(tmp_path, settings):
    """Write the file, with changes, and name it in the settings."""

    def write(**changes: object) -> None:
        path = tmp_path / f"source-{len(list(tmp_path.iterdir()))}.json"
        path.write_text(json.dumps(FILE | changes))
        settings.HTTP_JSON_FILE = str(path)

    return write


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


async def test_it_asks_as_the_file_says(file, answering, http):
    def respond(request: web.Request) -> web.Response:
        return web.json_response(REPLY) if "AAPL" in request.path else web.Response(status=404)

    server = await answering(respond)
    file(url=f"{server.url}/{{exchange_lower}}/{{code}}?full={{symbol}}")
    fetched = await HttpJson().fetch([APPLE, TENCENT], http)
    assert [snapshot.symbol for snapshot in fetched.snapshots] == [APPLE]
    assert fetched.problems == []
    asked = [(one.path_qs, one.headers["Authorization"]) for one in server.requests]
    assert asked == [
        ("/us/AAPL?full=AAPL.US", "Bearer secret"),
        ("/hk/00700?full=00700.HK", "Bearer secret"),
    ]
