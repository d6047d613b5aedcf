"""How Sina's rows bear out their own prices."""

from collections.abc import Sequence
from decimal import Decimal

from monitors.market import Market
from monitors.sources._figures import change, money, price
from monitors.symbols import Symbol

AMOUNT = {Market.CN: 9, Market.HK: 11}
BID, ASK = 6, 7
US_INDEXES = frozenset({"DJI", "IXIC", "INX", "NDX"})

_BID_AGAIN, _ASK_AGAIN = 11, 21
_CHANGE, _PERCENT = {Market.HK: 7, Market.US: 4}, {Market.HK: 8, Market.US: 2}

# How far the figures of a row may be apart that say the same: what rounding each of them makes.
_STEP = {Market.HK: Decimal("0.001"), Market.US: Decimal("0.0001")}
_STEP_OF_US_INDEXES = Decimal("0.01")  # their prices are single-precision floats
_STEP_OF_PERCENTAGES = Decimal("0.006")


def check_mainland(
    fields: Sequence[str],
    last: Decimal | None,
    day: tuple[Decimal | None, Decimal | None, Decimal | None],
    *,
    untraded: bool,
) -> None:
    """Refuse, by a ValueError, a row that contradicts itself. `day` is its open, high, low."""
    opened, high, low = day
    if opened and high and low:
        whole = low <= opened <= high
    else:
        whole = untraded and not (high or low or money(fields[AMOUNT[Market.CN]]))
    if not whole:
        raise ValueError(f"open {opened} of {low} to {high}")
    bid, ask = price(fields[BID]), price(fields[ASK])
    for best, again in ((bid, fields[_BID_AGAIN]), (ask, fields[_ASK_AGAIN])):
        if price(again) not in {best, 0}:  # some feeds have no book beside the best
            raise ValueError(f"best {best} and {again}")
    if untraded and last and bid == ask and bid not in {last, 0}:
        raise ValueError(f"price {last} in an auction at {bid}")


def check_change(
    fields: Sequence[str], symbol: Symbol, last: Decimal | None, previous: Decimal | None
) -> None:
    """Refuse, by a ValueError, a row whose change and percentage do not bear out its price."""
    market = symbol.market
    moved, percent = change(fields[_CHANGE[market]]), change(fields[_PERCENT[market]])
    if not last:
        return
    if not previous:  # new to the market
        agree = moved in {0, last}
    else:
        dusty = market is Market.US and symbol.code in US_INDEXES
        step, difference = _STEP_OF_US_INDEXES if dusty else _STEP[market], last - previous
        off = abs(100 * difference - percent * previous)
        agree = abs(difference - moved) <= step
        agree = agree and off <= _STEP_OF_PERCENTAGES * previous + 100 * step
    if not agree:
        raise ValueError(f"price {last} from {previous} by {moved} ({percent} %)")
