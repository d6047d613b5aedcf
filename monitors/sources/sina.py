"""Sina's public quotes: mainland China, Hong Kong in real time, and the United States.

`GET {SINA_URL}/list=sh600519,rt_hk00700,gb_aapl` answers one `var hq_str_<key>="a,b,…";` a symbol,
in GB18030, on some days in UTF-8. Field numbers as several independent open-source clients read
them and as recorded replies show (tests/data/responses). A symbol it does not know has an empty
row; a key that is not of the right form voids the whole reply.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta, timezone
from decimal import Decimal
from functools import lru_cache

from aiohttp import ClientSession
from django.conf import settings

from monitors.market import Market, QuoteState, Snapshot
from monitors.sources import _reply
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

SOURCE = "sina"
LARGEST_VOLUME = 10**15
LARGEST_AMOUNT = 10**18
CLOCK_SKEW = timedelta(minutes=10)

_REFERER = {"Referer": "https://finance.sina.com.cn"}  # without it the endpoint answers 403
_REFUSED = "sys_auth"
_CODE = {
    Market.CN: re.compile("[0-9]{6}").fullmatch,
    Market.HK: re.compile("[0-9]{5}|[A-Z][A-Z0-9]{1,9}").fullmatch,
    Market.US: re.compile(r"[A-Z]{1,5}(?:\.[A-Z])?").fullmatch,
}
_US_INDEXES = frozenset({"DJI", "IXIC", "INX", "NDX"})

_ROW = re.compile(r'var hq_str_([A-Za-z0-9_.$]{1,24})="([^"]*)"')

_FEWEST_FIELDS = {Market.CN: 33, Market.HK: 19, Market.US: 27}
_NAME = {Market.CN: 0, Market.HK: 1, Market.US: 0}
# Price, previous close, open, high, low.
_PRICES = {Market.CN: (3, 2, 1, 4, 5), Market.HK: (6, 3, 2, 4, 5), Market.US: (1, 26, 5, 6, 7)}
_VOLUME = {Market.CN: 8, Market.HK: 12, Market.US: 10}
_AMOUNT = {Market.CN: 9, Market.HK: 11}
_CHANGE, _PERCENT = {Market.HK: 7, Market.US: 4}, {Market.HK: 8, Market.US: 2}
_DATE, _TIME = {Market.CN: 30, Market.HK: 17}, {Market.CN: 31, Market.HK: 18}
_BID, _ASK, _BID_AGAIN, _ASK_AGAIN, _STATUS = 6, 7, 11, 21, 32
_BEIJING_TIME, _NEW_YORK_TIME = 3, 25

_NORMAL = "00"
# As the endpoint's own quote page words them; "no record" and "not listed yet" have no price.
_STATES = {
    **dict.fromkeys(("01", "02", "03", "04", "05", "07"), QuoteState.SUSPENDED),
    "-3": QuoteState.DELISTED,
}
_CONTINUOUS_TRADING = time(9, 30)

_IS_STATUS = re.compile("-?[0-9]{1,2}").fullmatch
_IS_NEW_YORK_TIME = re.compile(
    r"([A-Z][a-z]{2}) ([0-9]{2}) (0[1-9]|1[0-2]):([0-5][0-9])([AP]M) (E[DS]T)"
).fullmatch
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_OFFSETS = {"EDT": timezone(timedelta(hours=-4)), "EST": timezone(timedelta(hours=-5))}
_OLDEST = timedelta(days=180)

# How far the figures of a row may be apart that say the same: what rounding each of them makes.
_STEP = {Market.HK: Decimal("0.001"), Market.US: Decimal("0.0001")}
_STEP_OF_US_INDEXES = Decimal("0.01")  # their prices are single-precision floats
_STEP_OF_PERCENTAGES = Decimal("0.006")


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
            return f"gb_{'$' if code in _US_INDEXES else ''}{code.lower().replace('.', '$')}"


def parse(body: bytes, wanted: Mapping[str, Symbol], now: datetime) -> Fetched:
    """Read a reply. `wanted` maps the keys that were asked for to their symbols.

    A row that is cut, contradicts itself or shows an impossible figure becomes a problem, never a
    snapshot; one that has no price yet is absent. Raises SourceError where nothing looks like a
    row, and where the endpoint refused the batch.
    """
    fetched = Fetched()
    latest = now + CLOCK_SKEW
    seen: set[str] = set()
    rows = 0
    for key, content in quoted_rows(body, _ROW):
        rows += key is not None
        if key == _REFUSED:
            raise SourceError(f"{_REFUSED} {content[:20]!r}: a malformed symbol voids the batch")
        if key is None:
            fetched.problems.append(f"no row: {content[:20]!r}")
        elif not content:
            continue  # an unknown symbol
        elif key not in wanted or key in seen:
            fetched.problems.append(f"{key}: {'sent twice' if key in seen else 'not asked for'}")
        else:
            seen.add(key)
            try:
                if snapshot := _snapshot(content.split(","), wanted[key], latest):
                    fetched.snapshots.append(snapshot)
            except ValueError as error:
                fetched.problems.append(f"{key}: {error}")
    if not rows:
        raise SourceError("no quotes in the reply" if body.strip() else "empty reply")
    return fetched


def _snapshot(fields: list[str], symbol: Symbol, latest: datetime) -> Snapshot | None:
    """Read one row, None where there is no price yet. Raises ValueError, which says what is odd."""
    market = symbol.market
    if len(fields) < _FEWEST_FIELDS[market]:
        raise ValueError(f"{len(fields)} fields")
    at = _at(fields, market)
    if at > latest:
        raise ValueError(f"time {at:%Y-%m-%d %H:%M:%S} is to come")
    last, previous, opened, high, low = (price_or_none(fields[place]) for place in _PRICES[market])
    volume, amount = _shares(fields[_VOLUME[market]], symbol), _amount(fields, symbol)
    untraded = opened is None and not volume
    state = QuoteState.AUCTION if untraded else QuoteState.TRADING
    if market is Market.CN:
        _check_cn(fields, last, (opened, high, low), untraded=untraded)
        state = _state_cn(fields, at, state, priced=last is not None)
    else:
        _check_change(fields, symbol, last, previous)
    if untraded and not last:
        if previous is None or state not in {QuoteState.SUSPENDED, QuoteState.DELISTED}:
            return None
        last = previous
    if not last or (high is not None and last > high) or (low is not None and last < low):
        raise ValueError(f"price {last} of {low} to {high}")
    return Snapshot(
        symbol=symbol,
        at=at,
        price=last,
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


def _at(fields: list[str], market: Market) -> datetime:
    """Return the time stamp of the regular session's price."""
    if market is Market.US:
        return _new_york_moment(fields[_NEW_YORK_TIME], fields[_BEIJING_TIME])
    return moment(f"{fields[_DATE[market]]} {fields[_TIME[market]]}", market)


@lru_cache(maxsize=8192)
def _new_york_moment(text: str, updated: str) -> datetime:
    """Read `Aug 17 04:00PM EDT`. The year is that of the row's update, told in Beijing time.

    A day that the update has not come to is last year's. Half a year between the two is a
    contradiction, and so is a zone that the day does not have.
    """
    match = _IS_NEW_YORK_TIME(text)
    if not match or match[1] not in _MONTHS:
        raise ValueError(f"time {text[:20]!r}")
    month, day, hour = _MONTHS.index(match[1]) + 1, int(match[2]), int(match[3]) % 12
    until = moment(updated, Market.CN) + CLOCK_SKEW
    for year in (until.year, until.year - 1):
        try:
            local = datetime(year, month, day, hour, int(match[4]), tzinfo=_OFFSETS[match[6]])
        except ValueError:
            continue  # 29 February, or no day of any year
        at = (local + timedelta(hours=12 if match[5] == "PM" else 0)).astimezone(UTC)
        if until - _OLDEST < at <= until and f"{at.astimezone(Market.US.timezone):%Z}" == match[6]:
            return at
    raise ValueError(f"time {text[:20]!r} in a row of {updated[:20]!r}")


def _shares(text: str, symbol: Symbol) -> int:
    """Read a volume. Shanghai's indexes state it in lots of 100, all others in shares."""
    shares = quantity(text) * (100 if symbol.exchange == "SH" and symbol.is_index else 1)
    if shares >= LARGEST_VOLUME:
        raise ValueError(f"volume {text[:20]!r}")
    return shares


def _amount(fields: list[str], symbol: Symbol) -> Decimal | None:
    """Read the turnover. Hong Kong's indexes state it in thousands, US rows not always."""
    if symbol.market is Market.US:
        return None
    amount = money(fields[_AMOUNT[symbol.market]])
    if amount and symbol.market is Market.HK and symbol.is_index:
        amount *= 1000
    if amount and amount >= LARGEST_AMOUNT:
        raise ValueError(f"amount {amount}")
    return amount


def _check_cn(
    fields: list[str],
    last: Decimal | None,
    day: tuple[Decimal | None, Decimal | None, Decimal | None],
    *,
    untraded: bool,
) -> None:
    """Refuse a mainland row that contradicts itself. `day` is its open, high and low."""
    opened, high, low = day
    if opened and high and low:
        whole = low <= opened <= high
    else:
        whole = untraded and not (high or low or money(fields[_AMOUNT[Market.CN]]))
    if not whole:
        raise ValueError(f"open {opened} of {low} to {high}")
    bid, ask = price(fields[_BID]), price(fields[_ASK])
    for best, again in ((bid, fields[_BID_AGAIN]), (ask, fields[_ASK_AGAIN])):
        if price(again) not in {best, 0}:  # some feeds have no book beside the best
            raise ValueError(f"best {best} and {again}")
    if untraded and last and bid == ask and bid not in {last, 0}:
        raise ValueError(f"price {last} in an auction at {bid}")


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
    if price(fields[_BID]) or price(fields[_ASK]):
        return by_trades
    if status != _NORMAL:
        return _STATES.get(status, QuoteState.UNKNOWN)
    is_empty = by_trades is QuoteState.AUCTION and not priced
    if is_empty and at.astimezone(Market.CN.timezone).time() >= _CONTINUOUS_TRADING:
        return QuoteState.SUSPENDED
    return by_trades


def _check_change(
    fields: list[str], symbol: Symbol, last: Decimal | None, previous: Decimal | None
) -> None:
    """Refuse a row whose change and percentage do not bear out its prices."""
    market = symbol.market
    moved, percent = change(fields[_CHANGE[market]]), change(fields[_PERCENT[market]])
    if not last:
        return
    if not previous:  # new to the market
        agree = moved in {0, last}
    else:
        dusty = market is Market.US and symbol.code in _US_INDEXES
        step, difference = _STEP_OF_US_INDEXES if dusty else _STEP[market], last - previous
        off = abs(100 * difference - percent * previous)
        agree = abs(difference - moved) <= step
        agree = agree and off <= _STEP_OF_PERCENTAGES * previous + 100 * step
    if not agree:
        raise ValueError(f"price {last} from {previous} by {moved} ({percent} %)")
