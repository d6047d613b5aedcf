"""Tencent's public quotes: mainland China, Hong Kong (15 minutes late) and the United States.

`GET {TENCENT_URL}/q=sh600519,hk00700,usAAPL` answers one `v_<key>="a~b~…";` a symbol, in GBK.
Field numbers as several independent open-source clients read them and as recorded replies show
(tests/data/responses). The count of fields drifts, so they are read by index with a lower bound.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from aiohttp import ClientSession
from django.conf import settings

from monitors.market import Market, QuoteState, Reference, Snapshot
from monitors.sources import _reply, _tencent_search
from monitors.sources._figures import (
    change,
    moment,
    money,
    price,
    price_or_none,
    quantity,
    shown_name,
)
from monitors.sources._quoted_rows import quoted_rows
from monitors.sources.base import Fetched, Limits, Source, SourceError
from monitors.symbols import Symbol

SOURCE = "tencent"
HONG_KONG_DELAY = 900
LARGEST_VOLUME = 10**15
CLOCK_SKEW = timedelta(minutes=10)

_NAME, _CODE, _PRICE, _PREVIOUS, _OPEN, _VOLUME = range(1, 7)
_TIME, _CHANGE, _HIGH, _LOW = 30, 31, 33, 34
_PRICE_AGAIN, _VOLUME_AGAIN, _AMOUNT, _STATUS = 35, 36, 37, 40
_FEWEST_FIELDS = 41
_CENT = Decimal("0.01")
_NO_MATCH = "pv_none_match"

_MARKET_NUMBERS = {"SH": "1", "SZ": "51", "BJ": "62", "HK": "100", "US": "200"}
_STATES = {"S": QuoteState.SUSPENDED, "D": QuoteState.DELISTED}

_ROW = re.compile(r'v_([A-Za-z0-9_.]{1,20})="([^"]*)"')


class Tencent(Source):
    """The endpoints at settings.TENCENT_URL and settings.TENCENT_SEARCH_URL."""

    markets = frozenset(Market)
    batch_size = 800  # about 900 codes make 8 KB of URL, above which it answers 414
    limits = Limits(requests_a_minute=600, at_once=8)
    delays = {Market.HK: HONG_KONG_DELAY}
    has_book = True
    can_search = True

    async def fetch(self, symbols: Sequence[Symbol], http: ClientSession) -> Fetched:
        """Ask for all symbols in one request."""
        if not symbols:
            return Fetched()
        wanted = {code_of(symbol): symbol for symbol in symbols}
        body = await _reply.read(http, f"{settings.TENCENT_URL}/q={','.join(wanted)}")
        fetched = parse(body, wanted, datetime.now(UTC))
        if fetched.problems and not fetched.snapshots:
            raise SourceError(f"no readable row ({fetched.problems[0]})")
        return fetched

    async def search(self, text: str, http: ClientSession) -> list[Reference]:
        """Ask what the input box of its pages would offer."""
        url = f"{settings.TENCENT_SEARCH_URL}/s3/?{_tencent_search.query(text)}"
        return _tencent_search.parse(await _reply.read(http, url))


def code_of(symbol: Symbol) -> str:
    """Return the symbol as the endpoint writes it: sh600519, hk00700, usBRK.B."""
    return symbol.exchange.lower() + symbol.code


def parse(body: bytes, wanted: Mapping[str, Symbol], now: datetime) -> Fetched:
    """Read a reply. `wanted` maps the keys that were asked for to their symbols.

    A row that is cut, belongs to another symbol, contradicts itself or shows an impossible figure
    becomes a problem, never a snapshot. Raises SourceError where nothing looks like a row.
    """
    fetched = Fetched()
    latest = now + CLOCK_SKEW
    seen: set[str] = set()
    rows = 0
    for key, content in quoted_rows(body, _ROW):
        rows += key is not None
        if key == _NO_MATCH:
            continue
        if key is None:
            fetched.problems.append(f"no row: {content[:20]!r}")
        elif key not in wanted or key in seen:
            fetched.problems.append(f"{key}: {'sent twice' if key in seen else 'not asked for'}")
        else:
            seen.add(key)
            try:
                fetched.snapshots.append(_snapshot(content, wanted[key], latest))
            except ValueError as error:
                fetched.problems.append(f"{key}: {error}")
    if not rows:
        raise SourceError("no quotes in the reply" if body.strip() else "empty reply")
    return fetched


def _snapshot(content: str, symbol: Symbol, latest: datetime) -> Snapshot:
    """Read one row. Raises ValueError, whose message names what is wrong with it."""
    fields = content.split("~", _FEWEST_FIELDS)
    if len(fields) < _FEWEST_FIELDS:
        raise ValueError(f"{len(fields)} fields")
    if fields[0] != _MARKET_NUMBERS[symbol.exchange] or not _is_code(fields[_CODE], symbol):
        raise ValueError(f"holds {fields[_CODE][:20]!r} of market {fields[0][:5]!r}")
    market = symbol.market
    previous, opened = price_or_none(fields[_PREVIOUS]), price_or_none(fields[_OPEN])
    volume = _shares(fields[_VOLUME], symbol)
    last, high, low = (
        price(fields[_PRICE]),
        price_or_none(fields[_HIGH]),
        price_or_none(fields[_LOW]),
    )
    if not last or (high is not None and last > high) or (low is not None and last < low):
        raise ValueError(f"price {last} of {low} to {high}")
    at = moment(fields[_TIME], market)
    if at > latest:
        raise ValueError(f"time {fields[_TIME]} is to come")
    return Snapshot(
        symbol=symbol,
        at=at,
        price=last,
        previous_close=previous,
        open=opened,
        high=high,
        low=low,
        volume=volume,
        amount=_amount(fields, last, previous, market),
        state=_state(fields[_STATUS], untraded=opened is None and not volume),
        name=shown_name(fields[_NAME]),
        source=SOURCE,
        delay=Tencent.delays.get(market, 0),
    )


def _is_code(text: str, symbol: Symbol) -> bool:
    """Whether field 2 names the symbol; US codes carry their exchange (AAPL.OQ), indexes a dot."""
    if text == symbol.code:
        return True
    if symbol.exchange != "US":
        return False
    ticker, _dot, venue = text.rpartition(".")
    return (ticker == symbol.code and venue.isalpha()) or text == f".{symbol.code}"


def _shares(text: str, symbol: Symbol) -> int:
    """Mainland volumes are in lots of 100, but those of the STAR board are in shares."""
    number = quantity(text)
    in_lots = symbol.market is Market.CN and not (
        symbol.exchange == "SH" and symbol.code.startswith(("688", "689"))
    )
    shares = number * 100 if in_lots else number
    if shares >= LARGEST_VOLUME:
        raise ValueError(f"volume {text[:20]!r}")
    return shares


def _amount(
    fields: list[str], last: Decimal, previous: Decimal | None, market: Market
) -> Decimal | None:
    """Return the turnover, once the row has borne out its price and volume elsewhere.

    A row with a damaged, lost or doubled field gives itself away there. Mainland rows repeat both
    in `9.70/1150269/1106982193`, whose third part is the exact amount; Hong Kong's repeat them in
    fields of their own; those of the US repeat the volume, and the price by its change.
    """
    again, volume, amount = fields[_PRICE_AGAIN : _AMOUNT + 1]
    if market is Market.CN:
        parts = again.split("/")
        if len(parts) != 3:
            raise ValueError(f"no price/volume/amount: {again[:20]!r}")
        again, volume, amount = parts
    if market is not Market.US:
        if again != fields[_PRICE] and price(again) != last:
            raise ValueError(f"price {last} and {again}")
    elif previous and abs(last - previous - change(fields[_CHANGE])) >= _CENT:
        raise ValueError(f"price {last} from {previous} by {fields[_CHANGE]}")
    if volume != fields[_VOLUME] and quantity(volume) != quantity(fields[_VOLUME]):
        raise ValueError(f"volume {fields[_VOLUME]} and {volume}")
    return money(amount)


def _state(status: str, *, untraded: bool) -> QuoteState:
    """Tell what the row shows; a status letter that nobody has described is not trading."""
    if status:
        if len(status) > 1 or not "A" <= status <= "Z":
            raise ValueError(f"status {status[:20]!r}")
        return _STATES.get(status, QuoteState.UNKNOWN)
    return QuoteState.AUCTION if untraded else QuoteState.TRADING
