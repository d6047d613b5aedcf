"""A file that tells `http_json` how to ask, and a reply to what it asks."""

import json
from datetime import UTC, datetime

from monitors.sources._http_json_file import Configuration
from monitors.sources.http_json import parse
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
