"""Sina's public quotes: mainland China, Hong Kong in real time, and the United States.

`GET {SINA_URL}/list=sh600519,rt_hk00700,gb_aapl` answers one `var hq_str_<key>="a,b,…";` a symbol,
in GB18030, on some days in UTF-8. Field numbers as several independent open-source clients read
them and as recorded replies show (tests/data/responses). A symbol it does not know has an empty
row; a key that is not of the right form voids the whole reply.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from decimal import Decimal

from aiohttp import ClientSession
from django.conf import settings

from monitors.market import Market, QuoteState, Snapshot
from monitors.sources import _reply
from monitors.sources._bounds import CLOCK_SKEW, counted, priced
from monitors.sources._figures import (
    money,
    price,
    price_or_none,
    quantity,
    shown_name,
)
from monitors.sources._quoted_rows import read_rows
from monitors.sources._sina_checks import AMOUNT, ASK, BID, US_INDEXES, check_change, check_mainland
from monitors.sources._sina_times import stamped
from monitors.sources.base import Fetched, Limits, Source, SourceError
from monitors.symbols import Symbol

SOURCE = "sina"
LARGEST_AMOUNT = 10**18

_REFERER = {"Referer": "https://finance.sina.com.cn"}  # without it the endpoint answers 403
_REFUSED = "sys_auth"
_CODE = {
    Market.CN: re.compile("[0-9]{6}").fullmatch,
    Market.HK: re.compile("[0-9]{5}|[A-Z][A-Z0-9]{1,9}").fullmatch,
    Market.US: re.compile(r"[A-Z]{1,5}(?:\.[A-Z])?").fullmatch,
}

_ROW = re.compile(r'var hq_str_([A-Za-z0-9_.$]{1,24})="([^"]*)"')

_FEWEST_FIELDS = {Market.CN: 33, Market.HK: 19, Market.US: 27}
_NAME = {Market.CN: 0, Market.HK: 1, Market.US: 0}
# Price, previous close, open, high, low.
_PRICES = {Market.CN: (3, 2, 1, 4, 5), Market.HK: (6, 3, 2, 4, 5), Market.US: (1, 26, 5, 6, 7)}
_VOLUME = {Market.CN: 8, Market.HK: 12, Market.US: 10}
_STATUS = 32

_NORMAL = "00"
# As the endpoint's own quote page words them; "no record" and "not listed yet" have no price.
_STATES = {
    **dict.fromkeys(("01", "02", "03", "04", "05", "07"), QuoteState.SUSPENDED),
    "-3": QuoteState.DELISTED,
}
_CONTINUOUS_TRADING = time(9, 30)

_IS_STATUS = re.compile("-?[0-9]{1,2}").fullmatch


class Sina(Source):
    """The endpoint at settings.SINA_URL."""

    markets = frozenset(Market)
    batch_size = 400  # of the longest keys; 8 KB of URL would hold twice as many short ones
    limits = Limits(requests_a_minute=120, at_once=4)  # who asks too often is banned for a time
    has_book = True

    async def fetch(self, symbols: Sequence[Symbol], http: ClientSession) -> Fetched:
        """Ask in one request for all symbols that the endpoint can name."""
        wanted = {key: symbol for symbol in symbols if (key := key_of(symbol))}
        if not wanted:
            return Fetched()
        url = f"{settings.SINA_URL}/list={','.join(wanted)}"
        body = await _reply.read(http, url, headers=_REFERER)
        fetched = parse(body, wanted, datetime.now(UTC))
        if fetched.problems and not fetched.snapshots:
            raise SourceError(f"no readable row ({fetched.problems[0]})")
        return fetched


def key_of(symbol: Symbol) -> str | None:
    """Return the symbol as the endpoint writes it: sh600519, rt_hk00700, gb_brk$b, gb_$dji.

    None for one that it cannot write: a single odd key would void the replies of all others.
    """
    code = symbol.code
    if not _CODE[symbol.market](code):
        return None
    match symbol.market:
        case Market.CN:
            return symbol.exchange.lower() + code
        case Market.HK:
            return f"rt_hk{code}"
        case Market.US:
            return f"gb_{'$' if code in US_INDEXES else ''}{code.lower().replace('.', '$')}"


def parse(body: bytes, wanted: Mapping[str, Symbol], now: datetime) -> Fetched:
    """Read a reply. `wanted` maps the keys that were asked for to their symbols.

    A row that is cut, contradicts itself or shows an impossible figure becomes a problem, never a
    snapshot; one that has no price yet is absent. Raises SourceError where nothing looks like a
    row, and where the endpoint refused the batch.
    """
    latest = now + CLOCK_SKEW

    def read(content: str, symbol: Symbol) -> Snapshot | None:
        return _snapshot(content.split(","), symbol, latest)

    return Fetched(*read_rows(body, _ROW, wanted, read, _is_unknown))


def _is_unknown(key: str, content: str) -> bool:
    """Whether a row is empty, as one of an unknown symbol. Raises SourceError for a refusal."""
    if key == _REFUSED:
        raise SourceError(f"{_REFUSED} {content[:20]!r}: a malformed symbol voids the batch")
    return not content


def _snapshot(fields: list[str], symbol: Symbol, latest: datetime) -> Snapshot | None:
    """Read one row, None where there is no price yet. Raises ValueError, which says what is odd."""
    market = symbol.market
    if len(fields) < _FEWEST_FIELDS[market]:
        raise ValueError(f"{len(fields)} fields")
    at = stamped(fields, market)
    if at > latest:
        raise ValueError(f"time {at:%Y-%m-%d %H:%M:%S} is to come")
    last, previous, opened, high, low = (price_or_none(fields[place]) for place in _PRICES[market])
    volume, amount = _shares(fields[_VOLUME[market]], symbol), _amount(fields, symbol)
    untraded = opened is None and not volume
    state = QuoteState.AUCTION if untraded else QuoteState.TRADING
    if market is Market.CN:
        check_mainland(fields, last, (opened, high, low), untraded=untraded)
        state = _state_cn(fields, at, state, priced=last is not None)
    else:
        check_change(fields, symbol, last, previous)
    if untraded and not last:
        if previous is None or state not in {QuoteState.SUSPENDED, QuoteState.DELISTED}:
            return None
        last = previous
    return Snapshot(
        symbol=symbol,
        at=at,
        price=priced(last, low, high),
        previous_close=previous,
        open=opened,
        high=high,
        low=low,
        volume=volume,
        amount=amount,
        state=state,
        name=shown_name(fields[_NAME[market]]),
        source=SOURCE,
    )


def _shares(text: str, symbol: Symbol) -> int:
    """Read a volume. Shanghai's indexes state it in lots of 100, all others in shares."""
    return counted(quantity(text) * (100 if symbol.exchange == "SH" and symbol.is_index else 1))


def _amount(fields: list[str], symbol: Symbol) -> Decimal | None:
    """Read the turnover. Hong Kong's indexes state it in thousands, US rows not always."""
    if symbol.market is Market.US:
        return None
    amount = money(fields[AMOUNT[symbol.market]])
    if amount and symbol.market is Market.HK and symbol.is_index:
        amount *= 1000
    if amount and amount >= LARGEST_AMOUNT:
        raise ValueError(f"amount {amount}")
    return amount


def _state_cn(
    fields: list[str], at: datetime, by_trades: QuoteState, *, priced: bool
) -> QuoteState:
    """Tell what a mainland row shows, whose status means nothing once there is a bid or an ask.

    Suspended rows are often marked as normal. What gives them away is that they are still empty
    when trading is under way; before that everybody's are.
    """
    status = fields[_STATUS]
    if not _IS_STATUS(status):
        raise ValueError(f"status {status[:20]!r}")
    if price(fields[BID]) or price(fields[ASK]):
        return by_trades
    if status != _NORMAL:
        return _STATES.get(status, QuoteState.UNKNOWN)
    is_empty = by_trades is QuoteState.AUCTION and not priced
    if is_empty and at.astimezone(Market.CN.timezone).time() >= _CONTINUOUS_TRADING:
        return QuoteState.SUSPENDED
    return by_trades
