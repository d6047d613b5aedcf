"""Tencent's public quotes: mainland China, Hong Kong (15 minutes late) and the United States.

`GET {TENCENT_URL}/q=sh600519,hk00700,usAAPL` answers one `v_<key>="a~b~…";` a symbol, in GBK.
Field numbers as several independent open-source clients read them and as recorded replies show
(tests/data/responses). The count of fields drifts, so they are read by index with a lower bound.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from aiohttp import ClientSession
from django.conf import settings

from monitors.market import Market, QuoteState, Reference, Snapshot
from monitors.sources import _reply, _tencent_search
from monitors.sources._bounds import CLOCK_SKEW, counted, priced
from monitors.sources._figures import (
    change,
    money,
    price,
    price_or_none,
    quantity,
    shown_name,
)
from monitors.sources._quoted_rows import read_rows
from monitors.sources._tencent_reference import parse_reference
from monitors.sources._tencent_row import (
    NAME,
    PREVIOUS,
    ROW,
    STATUS,
    code_of,
    fields_of,
    is_of_no_symbol,
    stamped,
    state_of,
)
from monitors.sources.base import Fetched, Limits, Source, SourceError
from monitors.symbols import Symbol

SOURCE = "tencent"
HONG_KONG_DELAY = 900

_PRICE, _OPEN, _VOLUME = 3, 5, 6
_CHANGE, _HIGH, _LOW = 31, 33, 34
_PRICE_AGAIN, _AMOUNT = 35, 37
_FIELDS_READ = STATUS + 1
_CENT = Decimal("0.01")


class Tencent(Source):
    """The endpoints at settings.TENCENT_URL and settings.TENCENT_SEARCH_URL."""

    markets = frozenset(Market)
    batch_size = 800  # about 900 codes make 8 KB of URL, above which it answers 414
    limits = Limits(requests_a_minute=600, at_once=8)
    delays = {Market.HK: HONG_KONG_DELAY}
    has_book = True
    reference_markets = frozenset(Market)
    tells_reference_in_quotes = True
    can_search = True

    async def fetch(self, symbols: Sequence[Symbol], http: ClientSession) -> Fetched:
        """Ask for all symbols in one request."""
        if not symbols:
            return Fetched()
        wanted = {code_of(symbol): symbol for symbol in symbols}
        body = await _ask(wanted, http)
        now = datetime.now(UTC)
        fetched = parse(body, wanted, now)
        if fetched.problems and not fetched.snapshots:
            raise SourceError(f"no readable row ({fetched.problems[0]})")
        return replace(fetched, references=lambda: parse_reference(body, wanted, now))

    async def reference(self, symbols: Sequence[Symbol], http: ClientSession) -> list[Reference]:
        """Ask for all symbols in one request."""
        wanted = {code_of(symbol): symbol for symbol in symbols}
        body = await _ask(wanted, http)
        return parse_reference(body, wanted, datetime.now(UTC))

    async def search(self, text: str, http: ClientSession) -> list[Reference]:
        """Ask what the input box of its pages would offer."""
        url = f"{settings.TENCENT_SEARCH_URL}/s3/?{_tencent_search.query(text)}"
        return _tencent_search.parse(await _reply.read(http, url))


async def _ask(codes: Iterable[str], http: ClientSession) -> bytes:
    return await _reply.read(http, f"{settings.TENCENT_URL}/q={','.join(codes)}")


def parse(body: bytes, wanted: Mapping[str, Symbol], now: datetime) -> Fetched:
    """Read a reply. `wanted` maps the keys that were asked for to their symbols.

    A row that is cut, belongs to another symbol, contradicts itself or shows an impossible figure
    becomes a problem, never a snapshot. Raises SourceError where nothing looks like a row.
    """
    latest = now + CLOCK_SKEW

    def read(content: str, symbol: Symbol) -> Snapshot:
        return _snapshot(content, symbol, latest)

    return Fetched(*read_rows(body, ROW, wanted, read, is_of_no_symbol))


def _snapshot(content: str, symbol: Symbol, latest: datetime) -> Snapshot:
    """Read one row. Raises ValueError, whose message names what is wrong with it."""
    fields = fields_of(content, symbol, _FIELDS_READ)
    market = symbol.market
    previous, opened = price_or_none(fields[PREVIOUS]), price_or_none(fields[_OPEN])
    volume = _shares(fields[_VOLUME], symbol)
    high, low = price_or_none(fields[_HIGH]), price_or_none(fields[_LOW])
    last = priced(price(fields[_PRICE]), low, high)
    at = stamped(fields, symbol, latest)
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
        state=_state(fields[STATUS], untraded=opened is None and not volume),
        name=shown_name(fields[NAME]),
        source=SOURCE,
        delay=Tencent.delays.get(market, 0),
    )


def _shares(text: str, symbol: Symbol) -> int:
    """Mainland volumes are in lots of 100, but those of the STAR board are in shares."""
    number = quantity(text)
    in_lots = symbol.market is Market.CN and not (
        symbol.exchange == "SH" and symbol.code.startswith(("688", "689"))
    )
    return counted(number * 100 if in_lots else number)


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
    """Tell what the row shows: until somebody has traded, a normal one is in its auction."""
    state = state_of(status)
    return QuoteState.AUCTION if untraded and state is QuoteState.TRADING else state
