"""A made-up market of well-known stocks, always open: to try Stockwatch without any provider.

Prices are a pure function of symbol and time, so that every process sees the same market.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from math import exp, sin, tau
from random import Random
from typing import NamedTuple

from aiohttp import ClientSession
from django.utils.translation import gettext_lazy as _

from monitors.market import Candle, InstrumentKind, Market, QuoteState, Reference, Snapshot, boards
from monitors.sources import _walk
from monitors.sources.base import Fetched, Page, Source
from monitors.symbols import Symbol

SOURCE = "demo"

TOLD_DAYS = 500
EXACT_DAYS = 3
"""Of how many days before today the range and the volume are those of their minutes."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A stock of the demo market."""

    name: str
    base: Decimal
    """The price around which it moves over the months."""
    millions: float
    """Shares traded on a typical day, in millions."""
    step: Decimal
    """The smallest move: a multiple of the tick, as Hong Kong's grow with the price."""


def _listing(symbol: Symbol, name: str, base: str, millions: float) -> tuple[Symbol, Listing]:
    price = Decimal(base)
    return symbol, Listing(name, price, millions, boards.tick(symbol, price))


_LISTINGS = dict(
    _listing(Symbol.parse(symbol), name, base, millions)
    for symbol, name, base, millions in (
        ("600519.SH", "贵州茅台", "1412.00", 3.2),
        ("00700.HK", "腾讯控股", "512.000", 18),
        ("AAPL.US", "Apple", "236.50", 48),
        ("300750.SZ", "宁德时代", "268.00", 22),
        ("NVDA.US", "NVIDIA", "138.00", 210),
        ("09988.HK", "阿里巴巴-W", "118.600", 75),
        ("601318.SH", "中国平安", "53.20", 52),
        ("TSLA.US", "Tesla", "342.00", 90),
        ("000858.SZ", "五粮液", "129.50", 17),
        ("03690.HK", "美团-W", "136.400", 30),
        ("002594.SZ", "比亚迪", "318.00", 14),
        ("MSFT.US", "Microsoft", "428.00", 21),
        ("600036.SH", "招商银行", "41.80", 60),
        ("01810.HK", "小米集团-W", "44.550", 140),
        ("GOOGL.US", "Alphabet A", "186.00", 27),
        ("688981.SH", "中芯国际", "92.40", 40),
        ("AMZN.US", "Amazon", "218.00", 38),
        ("000333.SZ", "美的集团", "73.60", 28),
        ("00005.HK", "汇丰控股", "88.450", 16),
        ("META.US", "Meta Platforms", "596.00", 13),
        ("600276.SH", "恒瑞医药", "49.70", 34),
        ("601899.SH", "紫金矿业", "17.90", 190),
        ("00941.HK", "中国移动", "83.700", 15),
        ("BRK.B.US", "Berkshire Hathaway B", "468.00", 4),
        ("000001.SZ", "平安银行", "11.65", 110),
        ("600900.SH", "长江电力", "28.40", 80),
        ("01299.HK", "友邦保险", "62.250", 33),
        ("JPM.US", "JPMorgan Chase", "246.00", 9),
        ("002415.SZ", "海康威视", "31.20", 36),
        ("601012.SH", "隆基绿能", "16.80", 120),
        ("00388.HK", "香港交易所", "318.400", 6),
        ("KO.US", "Coca-Cola", "64.20", 15),
        ("002475.SZ", "立讯精密", "41.30", 55),
        ("601398.SH", "工商银行", "6.72", 300),
        ("00883.HK", "中国海洋石油", "18.720", 65),
        ("DIS.US", "Walt Disney", "108.50", 10),
        ("300059.SZ", "东方财富", "24.60", 330),
        ("600030.SH", "中信证券", "29.80", 130),
        ("688111.SH", "金山办公", "286.00", 5),
        ("BABA.US", "Alibaba ADR", "121.00", 17),
    )
)

DEMO_SYMBOLS: tuple[Symbol, ...] = tuple(_LISTINGS)
"""The best-known first."""


class Demo(Source):
    """The market itself. Symbols outside its list are unknown to it."""

    markets = frozenset(Market)
    batch_size = 1000
    always_open = True
    disclaimer = _("The prices are made up.")
    history_markets = frozenset(Market)
    day_markets = frozenset(Market)
    reference_markets = frozenset(Market)
    tells_reference_in_quotes = True
    listed_markets = frozenset(Market)

    async def fetch(self, symbols: Sequence[Symbol], http: ClientSession) -> Fetched:
        """Answer from arithmetic alone."""
        now = datetime.now(UTC)
        known = [symbol for symbol in symbols if symbol in _LISTINGS]
        return Fetched(
            [snapshot(symbol, now) for symbol in known],
            references=lambda: [reference(symbol, now) for symbol in known],
        )

    async def history(self, symbol: Symbol, http: ClientSession) -> list[Candle]:
        """Return the minutes of today that are over."""
        return minutes(symbol, datetime.now(UTC)) if symbol in _LISTINGS else []

    async def days(self, symbol: Symbol, http: ClientSession) -> list[Candle]:
        """Return the days before today."""
        return days(symbol, datetime.now(UTC)) if symbol in _LISTINGS else []

    async def reference(self, symbols: Sequence[Symbol], http: ClientSession) -> list[Reference]:
        """Return names, and the mainland's usual limits of today."""
        now = datetime.now(UTC)
        return [reference(symbol, now) for symbol in symbols if symbol in _LISTINGS]

    async def listing(self, market: Market, page: int, http: ClientSession) -> Page:
        """Return the market's stocks, all on one page."""
        now = datetime.now(UTC)
        mine = [symbol for symbol in _LISTINGS if symbol.market == market]
        return Page([reference(symbol, now) for symbol in mine], is_last=True)


def reference(symbol: Symbol, at: datetime) -> Reference:
    """Return what is known of a stock beside its price at an aware time.

    Raises KeyError for a symbol outside DEMO_SYMBOLS.
    """
    listing = _LISTINGS[symbol]
    today = at.astimezone(symbol.market.timezone).date()
    previous = close(symbol, today - timedelta(days=1)) * listing.step
    up, down = boards.usual_limits(symbol, previous) or (None, None)
    return Reference(
        symbol,
        listing.name,
        listing.name if listing.name.isascii() else "",
        kind=InstrumentKind.STOCK,
        state=QuoteState.TRADING,
        limit_up=up,
        limit_down=down,
        limits_on=today if up else None,
    )


def price(symbol: Symbol, at: datetime) -> Decimal:
    """Return the price at a time. Raises KeyError for a symbol outside DEMO_SYMBOLS."""
    return snapshot(symbol, at).price


def minutes(symbol: Symbol, at: datetime) -> list[Candle]:
    """Return the bars of the market-local day up to an aware time, oldest first.

    Raises KeyError for a symbol outside DEMO_SYMBOLS.
    """
    step = _LISTINGS[symbol].step
    today, path = _day_of(symbol, at)
    over = int((at - today.begin).total_seconds()) // 60
    return [
        Candle(
            at=today.begin + timedelta(minutes=number),
            open=minute.first * step,
            high=minute.high * step,
            low=minute.low * step,
            close=minute.last * step,
            volume=minute.volume,
        )
        for number, minute in ((number, path.minute(number)) for number in range(over))
    ]


def days(symbol: Symbol, at: datetime) -> list[Candle]:
    """Return the bars of the market-local days before that of an aware time, oldest first.

    Open and close of each are what its minutes say, and of the last EXACT_DAYS everything is:
    drawing a day's minutes takes as long as sketching a hundred days. Raises KeyError for a symbol
    outside DEMO_SYMBOLS.
    """
    step = _LISTINGS[symbol].step
    today = at.astimezone(symbol.market.timezone).date()
    told = []
    for back in range(TOLD_DAYS, 0, -1):
        day, drawing = _drawing(symbol, today - timedelta(days=back))
        whole = (_walk.draw if back <= EXACT_DAYS else _walk.sketch)(*drawing)
        begin = datetime.combine(day.date, time(), symbol.market.timezone)
        opened, high, low, last = (figure * step for figure in whole[:4])
        told.append(Candle(begin, opened, high, low, last, whole.volume))
    return told


def _day_of(symbol: Symbol, at: datetime) -> "tuple[CalendarDay, _walk.Day]":
    today, drawing = _drawing(symbol, at.astimezone(symbol.market.timezone).date())
    return today, _walk.day(*drawing)


def _drawing(symbol: Symbol, date: date) -> "tuple[CalendarDay, tuple[str, int, int, int, int]]":
    """Return a day, and what its trading is drawn from."""
    day = _calendar_day(symbol.market, date)
    start, end = close(symbol, date - timedelta(days=1)), close(symbol, date)
    shares = int(_LISTINGS[symbol].millions * 1_000_000)
    return day, (f"{symbol} {date}", start, end, day.minutes, shares)


def snapshot(symbol: Symbol, at: datetime) -> Snapshot:
    """Return the quote at an aware time, stamped with the start of its two-second step.

    Raises KeyError for a symbol outside DEMO_SYMBOLS.
    """
    listing = _LISTINGS[symbol]
    today, path = _day_of(symbol, at)
    steps = int((at - today.begin).total_seconds()) // _walk.STEP_SECONDS
    tick = _walk.tick(path, *divmod(steps, _walk.STEPS))
    return Snapshot(
        symbol=symbol,
        at=today.begin + timedelta(seconds=steps * _walk.STEP_SECONDS),
        price=tick.price * listing.step,
        previous_close=close(symbol, today.date - timedelta(days=1)) * listing.step,
        open=path.minute(0).first * listing.step,
        high=tick.high * listing.step,
        low=tick.low * listing.step,
        volume=tick.volume,
        amount=tick.turnover * listing.step,
        state=QuoteState.TRADING,
        name=listing.name,
        source=SOURCE,
    )


@lru_cache(maxsize=512)
def close(symbol: Symbol, day: date) -> int:
    """Return the last price of a market-local day, in steps of the listing.

    Two slow waves carry it over the months, and news of its own moves each day, so that no day
    needs the one before it to be known.
    """
    listing = _LISTINGS[symbol]
    fixed = Random(f"{symbol}")  # noqa: S311
    news = Random(f"{symbol} {day} news")  # noqa: S311
    waves = sum(
        height * sin(tau * (day.toordinal() / days + fixed.random()))
        for height, days in ((0.09, 131), (0.03, 29))
    )
    drift = waves + max(-0.03, min(0.03, news.gauss(0, 0.009)))
    return round(float(listing.base / listing.step) * exp(drift))


class CalendarDay(NamedTuple):
    """A market-local day: when it begins, and how long it is (New York's may have 23 or 25 h)."""

    date: date
    begin: datetime
    minutes: int


@lru_cache(maxsize=64)
def _calendar_day(market: Market, day: date) -> CalendarDay:
    begin, end = (
        datetime.combine(midnight, time(), market.timezone).astimezone(UTC)
        for midnight in (day, day + timedelta(days=1))
    )
    return CalendarDay(day, begin, int((end - begin).total_seconds()) // 60)
