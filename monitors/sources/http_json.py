"""Any endpoint that answers one symbol's quote as JSON: a file says how to ask and where to look.

`HTTP_JSON_FILE` names it, for example

    {"url": "https://quotes.example/v1/last?symbol={code}",
     "headers": {"Authorization": "Bearer …"},
     "markets": ["US", "HK"],
     "fields": {"price": "data.last", "at": "data.time", "previous_close": "data.days[1].close"},
     "delay": 0, "requests_a_minute": 60}

The address may hold `{symbol}` (00700.HK), `{code}` (00700), `{exchange}` (HK), and each with
`_lower`. A path names members by their keys, and of arrays by their number. `price` and `at` must
be there; `previous_close`, `open`, `high`, `low`, `volume` and `name` may be. Figures are numbers,
or texts of digits; a time is in epoch seconds or milliseconds, or ISO 8601 with an offset.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from aiohttp import ClientSession
from django.conf import settings

from monitors.market import QuoteState, Snapshot
from monitors.sources import _figures, _reply
from monitors.sources._bounds import CLOCK_SKEW, priced
from monitors.sources._http_json_file import SETTING, Configuration, Steps, configuration
from monitors.sources._json import load, shown
from monitors.sources.base import Fetched, Limits, Source, SourceError
from monitors.symbols import Symbol

T = TypeVar("T")

SOURCE = "http_json"

_EPOCH = re.compile("[0-9]{9,13}(?:[.][0-9]{1,9})?").fullmatch
_MILLISECONDS_FROM = 10**11  # in seconds, the year 5138


class HttpJson(Source):
    """The endpoint that the file describes."""

    batch_size = 1
    settings = (SETTING,)

    def __init__(self) -> None:
        self._how = configuration(settings.HTTP_JSON_FILE) if settings.HTTP_JSON_FILE else None
        self.markets = self._how.markets if self._how else frozenset()
        if self._how:
            self.limits = Limits(self._how.requests_a_minute, at_once=4)
            self.delays = (
                dict.fromkeys(self._how.markets, self._how.delay) if self._how.delay else {}
            )

    async def fetch(self, symbols: Sequence[Symbol], http: ClientSession) -> Fetched:
        """Ask for each symbol; 404 means that it is not known."""
        fetched = Fetched()
        assert self._how is not None
        for symbol in symbols:
            try:
                body = await _reply.read(http, self._how.address(symbol), headers=self._how.headers)
            except SourceError as error:
                if error.status == 404:
                    continue
                raise
            one = parse(body, {str(symbol): symbol}, datetime.now(UTC), self._how)
            fetched.snapshots.extend(one.snapshots)
            fetched.problems.extend(one.problems)
        return fetched


def parse(body: bytes, wanted: Mapping[str, Symbol], now: datetime, how: Configuration) -> Fetched:
    """Read a reply to a request for the one symbol that is wanted. Raises SourceError."""
    [(key, symbol)] = wanted.items()
    reply = load(body)
    try:
        return Fetched([_snapshot(reply, symbol, now + CLOCK_SKEW, how)])
    except ValueError as error:
        return Fetched([], [f"{key}: {error}"])


def _snapshot(reply: object, symbol: Symbol, latest: datetime, how: Configuration) -> Snapshot:
    def field(name: str, read: Callable[[object], T], empty: T) -> T:
        """Return what the reply says; `empty` where it need not say it and does not."""
        value = _at(reply, how.fields[name]) if name in how.fields else None
        return empty if value is None else read(value)

    last, at = _price(_at(reply, how.fields["price"])), moment(_at(reply, how.fields["at"]))
    high, low = field("high", _price_or_none, None), field("low", _price_or_none, None)
    if at > latest:
        raise ValueError(f"time {at} is to come")
    return Snapshot(
        symbol=symbol,
        at=at,
        price=priced(last, low, high),
        previous_close=field("previous_close", _price_or_none, None),
        open=field("open", _price_or_none, None),
        high=high,
        low=low,
        volume=field("volume", _shares, 0),
        amount=None,
        # Such a reply tells no auction and no suspension; who configures it knows what it serves.
        state=QuoteState.TRADING,
        name=field("name", lambda value: _figures.shown_name(str(value)), ""),
        source=SOURCE,
        delay=how.delay,
    )


def moment(value: object) -> datetime:
    """Read epoch seconds or milliseconds, or ISO 8601 with an offset. Raises ValueError."""
    text = str(value) if isinstance(value, str) else ""
    try:
        if _EPOCH(text):
            number = Decimal(text)
            seconds = number / 1000 if number >= _MILLISECONDS_FROM else number
            return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(seconds * 10**6))
        at = datetime.fromisoformat(text)
        if at.tzinfo is not None:
            return at.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ValueError(f"time {shown(value)}")


def _price(value: object) -> Decimal:
    if isinstance(value, str) and (number := _figures.price(value)):
        return number
    raise ValueError(f"price {shown(value)}")


def _price_or_none(value: object) -> Decimal | None:
    """Read a price where 0 means that there is none yet."""
    if isinstance(value, str):
        return _figures.price_or_none(value)
    raise ValueError(f"price {shown(value)}")


def _shares(value: object) -> int:
    if isinstance(value, str):
        return _figures.quantity(value)
    raise ValueError(f"volume {shown(value)}")


def _at(value: Any, path: Steps) -> object:
    """Follow a path; None where it leads nowhere."""
    for step in path:
        if isinstance(value, dict) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value
