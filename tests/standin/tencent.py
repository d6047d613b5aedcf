"""Tencent's wire format, as the recorded replies show it: what monitors.sources.tencent reads."""

from collections.abc import Iterable
from decimal import Decimal

from aiohttp import web

from monitors.market import Market, QuoteState, Snapshot
from monitors.market.boards import usual_limits
from monitors.symbols import Symbol, SymbolError

ROUTE = "/{query:q=.*}"
CONTENT_TYPE = "text/html"
CHARSET = "gbk"
LONGEST_URL = 8190
NONE_MATCH = 'v_pv_none_match="1";\n'

_MARKET_NUMBERS = {"SH": "1", "SZ": "51", "BJ": "62", "HK": "100", "US": "200"}
_FIELDS = {Market.CN: 88, Market.HK: 78, Market.US: 71}
_TIMES = {Market.CN: "%Y%m%d%H%M%S", Market.HK: "%Y/%m/%d %H:%M:%S", Market.US: "%Y-%m-%d %H:%M:%S"}
_LETTERS = {QuoteState.SUSPENDED: "S", QuoteState.DELISTED: "D", QuoteState.UNKNOWN: "U"}
_EXCHANGES = {"sh": "SH", "sz": "SZ", "bj": "BJ", "hk": "HK", "us": "US"}


def symbol_of(code: str) -> Symbol | None:
    """The symbol that a client asks for with `sh600519`, `hk00700` or `usAAPL`."""
    exchange = _EXCHANGES.get(code[:2])
    try:
        return Symbol.parse(f"{code[2:]}.{exchange}") if exchange else None
    except SymbolError:
        return None


def symbols_of(request: web.Request) -> list[Symbol]:
    """What `/q=sh600519,hk00700` names."""
    codes = request.match_info["query"].removeprefix("q=").split(",")
    return [symbol for symbol in map(symbol_of, codes) if symbol is not None]


def refusal(request: web.Request) -> web.Response | None:
    """An address that is too long."""
    return web.Response(status=414) if len(request.raw_path) > LONGEST_URL else None


def encode(snapshots: Iterable[Snapshot]) -> bytes:
    """A reply with one row a snapshot."""
    return join(map(row, snapshots))


def join(rows: Iterable[str]) -> bytes:
    """A reply of these rows, as bytes."""
    return ("".join(rows) or NONE_MATCH).encode(CHARSET, errors="replace")


def damaged(row: str) -> str:
    """The first third of a row."""
    return row[: len(row) // 3].rstrip('"') + '";\n'


def row(snapshot: Snapshot) -> str:
    """One row. What the format cannot carry is lost: odd lots, fractions of a second or a yuan."""
    symbol, market = snapshot.symbol, snapshot.symbol.market
    fields = [""] * _FIELDS[market]
    price, volume = f"{snapshot.price:f}", _volume(snapshot)
    fields[0] = _MARKET_NUMBERS[symbol.exchange]
    fields[1] = snapshot.name
    fields[2] = f"{symbol.code}.OQ" if market is Market.US else symbol.code
    fields[3:7] = [price, _price(snapshot.previous_close), _price(snapshot.open), volume]
    fields[7:30] = ["0"] * 23
    fields[30] = snapshot.at.astimezone(market.timezone).strftime(_TIMES[market])
    if snapshot.previous_close:
        change = snapshot.price - snapshot.previous_close
        fields[31:33] = [f"{change:f}", f"{change * 100 / snapshot.previous_close:.2f}"]
    fields[33:35] = [_price(snapshot.high), _price(snapshot.low)]
    amount = "" if snapshot.amount is None else f"{snapshot.amount:f}"
    if market is Market.CN:
        amount = amount.partition(".")[0]
        fields[35:38] = [f"{price}/{volume}/{amount}", volume, amount[:-4] or "0"]
    else:
        fields[35:38] = [price if market is Market.HK else "USD", volume, amount]
    fields[40] = _LETTERS.get(snapshot.state, "")
    for place, text in _reference(snapshot).items():
        fields[place] = text
    return f'v_{symbol.exchange.lower()}{symbol.code}="{"~".join(fields)}";\n'


def _reference(snapshot: Snapshot) -> dict[int, str]:
    """What a row says beside the price: English name, kind, lot, and the usual limits."""
    kind = "ZS" if snapshot.symbol.is_index else "GP"
    match snapshot.symbol.market:
        case Market.HK:
            return {46: snapshot.symbol.code, 60: "100", 63: kind}
        case Market.US:
            return {46: snapshot.symbol.code, 56: kind}
    previous = snapshot.previous_close
    limits = usual_limits(snapshot.symbol, previous) if previous else None
    up, down = map(str, limits or (-1, -1))
    return {47: up, 48: down, 61: kind}


def _price(price: Decimal | None) -> str:
    return "0.00" if price is None else f"{price:f}"


def _volume(snapshot: Snapshot) -> str:
    """Lots of 100 in mainland China, but shares on the STAR board and everywhere else."""
    symbol, shares = snapshot.symbol, snapshot.volume
    star = symbol.exchange == "SH" and symbol.code[:3] in {"688", "689"}
    if symbol.market is Market.CN and not star:
        return str(shares // 100)
    return f"{shares}.0" if symbol.market is Market.HK else str(shares)
