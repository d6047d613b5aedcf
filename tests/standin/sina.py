"""Sina's wire format, as the recorded replies show it: what monitors.sources.sina reads."""

import re
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from aiohttp import web

from monitors.market import Market, QuoteState, Snapshot
from monitors.symbols import Symbol

ROUTE = "/{query:list=.*}"
CONTENT_TYPE = "application/javascript"
CHARSET = "gb18030"
REFERER = "https://finance.sina.com.cn"
LONGEST_URL = 8190
REFUSED = 'var hq_str_sys_auth="FAILED";'
UNKNOWN = 'var hq_str_sh999999="";\n'
"""What a reply without any row holds. Beside others, the real one has an empty row for each
unknown symbol; here they are absent, because rows are joined without the question."""

_KEY = re.compile(
    r"(?P<mainland>sh|sz|bj)(?P<digits>[0-9]{6})"
    r"|rt_hk(?P<hong_kong>[0-9]{5}|[A-Z][A-Z0-9]+)"
    r"|gb_\$?(?P<us>[a-z]+(?:\$[a-z])?)"
)
_INDEXES = {"DJI", "IXIC", "INX", "NDX"}
_STATUSES = {QuoteState.DELISTED: "-3", QuoteState.UNKNOWN: "99"}
_EMPTY = "0.000"


def symbol_of(key: str) -> Symbol | None:
    """The symbol that a client asks for with `sh600519`, `rt_hk00700` or `gb_brk$b`."""
    match = _KEY.fullmatch(key)
    if not match:
        return None
    if match["mainland"]:
        return Symbol.parse(f"{match['digits']}.{match['mainland']}")
    if match["hong_kong"]:
        return Symbol.parse(f"{match['hong_kong']}.HK")
    return Symbol.parse(f"{match['us'].replace('$', '.')}.US")


def key_of(symbol: Symbol) -> str:
    """The key under which a symbol is asked for."""
    match symbol.market:
        case Market.CN:
            return f"{symbol.exchange.lower()}{symbol.code}"
        case Market.HK:
            return f"rt_hk{symbol.code}"
        case Market.US:
            index = "$" if symbol.code in _INDEXES else ""
            return f"gb_{index}{symbol.code.lower().replace('.', '$')}"


def _keys(request: web.Request) -> list[str]:
    return request.match_info["query"].removeprefix("list=").split(",")


def symbols_of(request: web.Request) -> list[Symbol]:
    """What `/list=sh600519,rt_hk00700` names."""
    return [symbol for symbol in map(symbol_of, _keys(request)) if symbol is not None]


def refusal(request: web.Request) -> web.Response | None:
    """A request from nowhere, an address that is too long, a malformed key among good ones."""
    if not request.headers.get("Referer", "").startswith(REFERER):
        return web.Response(status=403, text="Kinsoku jikou desu!")
    if len(request.raw_path) > LONGEST_URL:
        return web.Response(status=414)
    if not all(map(symbol_of, _keys(request))):
        return web.Response(text=REFUSED, content_type=CONTENT_TYPE, charset=CHARSET)
    return None


def encode(snapshots: Iterable[Snapshot]) -> bytes:
    """A reply with one row a snapshot."""
    return join(map(row, snapshots))


def join(rows: Iterable[str]) -> bytes:
    """A reply of these rows, as bytes."""
    return ("".join(rows) or UNKNOWN).encode(CHARSET)


def damaged(row: str) -> str:
    """The first third of a row."""
    return row[: len(row) // 3].rstrip('"') + '";\n'


def row(snapshot: Snapshot) -> str:
    """One row. What the format cannot carry is lost.

    That is the fraction of a second, in the US the seconds and the turnover, odd lots of Shanghai's
    indexes, the price of what is suspended where it is not the previous close, and states other
    than trading and auction outside the mainland.
    """
    fields = {Market.CN: _cn, Market.HK: _hk, Market.US: _us}[snapshot.symbol.market](snapshot)
    return f'var hq_str_{key_of(snapshot.symbol)}="{",".join(fields)}";\n'


def _cn(snapshot: Snapshot) -> list[str]:
    state, price = snapshot.state, _price(snapshot.price)
    if state in {QuoteState.SUSPENDED, QuoteState.DELISTED}:
        price = _EMPTY
    bid, ask = {
        QuoteState.TRADING: (price, _price(snapshot.price + snapshot.symbol.tick)),
        QuoteState.AUCTION: (price, price),
    }.get(state, (_EMPTY, _EMPTY))
    lots = snapshot.symbol.exchange == "SH" and snapshot.symbol.is_index
    at = snapshot.at.astimezone(snapshot.symbol.market.timezone)
    return [
        *(snapshot.name, _price(snapshot.open), _price(snapshot.previous_close), price),
        *(_price(snapshot.high), _price(snapshot.low), bid, ask),
        *(str(snapshot.volume // 100 if lots else snapshot.volume), _amount(snapshot.amount)),
        *("100", bid, *("0", _EMPTY) * 4, "100", ask, *("0", _EMPTY) * 4),
        *(f"{at:%Y-%m-%d}", f"{at:%H:%M:%S}", _STATUSES.get(state, "00"), ""),
    ]


def _hk(snapshot: Snapshot) -> list[str]:
    amount = snapshot.amount
    if amount is not None and snapshot.symbol.is_index:
        amount /= 1000
    at = snapshot.at.astimezone(snapshot.symbol.market.timezone)
    change, percent = _moved(snapshot)
    return [
        *(snapshot.symbol.code, snapshot.name, _price(snapshot.open)),
        *(_price(snapshot.previous_close), _price(snapshot.high), _price(snapshot.low)),
        *(_price(snapshot.price), f"{change:f}", f"{percent:.3f}"),
        *(_price(snapshot.price), _price(snapshot.price), _amount(amount), str(snapshot.volume)),
        *("15.935", _EMPTY, "675.134", "411.000", f"{at:%Y/%m/%d}", f"{at:%H:%M:%S}"),
        *("30|3", "N|Y|Y", "0.000|0.000|0.000", "0|||0.000|0.000|0.000", " |0", "Y"),
    ]


def _us(snapshot: Snapshot) -> list[str]:
    at = snapshot.at.astimezone(snapshot.symbol.market.timezone)
    beijing = (snapshot.at + timedelta(seconds=9)).astimezone(Market.CN.timezone)
    change, percent = _moved(snapshot)
    previous = _price(snapshot.previous_close)
    return [
        *(snapshot.name, _price(snapshot.price), f"{percent:.2f}", f"{beijing:%Y-%m-%d %H:%M:%S}"),
        *(f"{change:f}", _price(snapshot.open), _price(snapshot.high), _price(snapshot.low)),
        *("344.5700", "222.9900", str(snapshot.volume), "46559413", "0", "0.00", "--"),
        *("0.00", "0.00", "0.00", "0.00", "0", "0", "0.0000", "0.00", "0.0000", ""),
        *(f"{at:%b %d %I:%M%p %Z}", previous, "0", "1", f"{at:%Y}"),
        *("0.0000", "0.0000", "0.0000", "0.0000", "0.0000", previous),
    ]


def _moved(snapshot: Snapshot) -> tuple[Decimal, Decimal]:
    """The change since the previous close, and how many per cent it is."""
    previous = snapshot.previous_close
    if not previous:
        return Decimal(0), Decimal(0)
    change = snapshot.price - previous
    return change, change * 100 / previous


def _price(price: Decimal | None) -> str:
    return _EMPTY if price is None else f"{price:f}"


def _amount(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:f}"
