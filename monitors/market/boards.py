"""What follows from a code by an exchange's published rules: board, lot, tick, usual limit.

Pure. What a source tells of an instrument (`Reference`) goes before what is usual.
"""

from decimal import ROUND_HALF_UP, Decimal

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from monitors.market import InstrumentKind, Market
from monitors.symbols import Symbol


class Board(TextChoices):
    """A part of a mainland exchange that has rules of its own."""

    MAIN = "main", _("Main board")
    STAR = "star", _("STAR Market")
    CHINEXT = "chinext", _("ChiNext")
    BEIJING = "beijing", _("Beijing Stock Exchange")
    B_SHARES = "b_shares", _("B-shares")
    FUNDS = "funds", _("Funds")
    BONDS = "bonds", _("Convertible bonds")
    INDEXES = "indexes", _("Indexes")


# The exchanges' code ranges, the longest beginnings first.
_BOARDS: dict[str, tuple[tuple[tuple[str, ...], Board], ...]] = {
    "SH": (
        (("688", "689"), Board.STAR),
        (("900",), Board.B_SHARES),
        (("110", "111", "113", "118"), Board.BONDS),
        (("5",), Board.FUNDS),
        (("60",), Board.MAIN),
        (("000",), Board.INDEXES),
    ),
    "SZ": (
        (("300", "301", "302"), Board.CHINEXT),
        (("200",), Board.B_SHARES),
        (("123", "127", "128"), Board.BONDS),
        (("15", "16", "18"), Board.FUNDS),
        (("000", "001", "002", "003"), Board.MAIN),
        (("399",), Board.INDEXES),
    ),
    "BJ": (
        (("899",), Board.INDEXES),
        (("43", "83", "87", "88", "92"), Board.BEIJING),
    ),
}

# The smallest purchase and the step beyond it, by the exchanges' trading rules: bonds are counted
# by the bond, of 100 yuan each.
_LOTS = {
    Board.MAIN: (100, 100),
    Board.STAR: (200, 1),
    Board.CHINEXT: (100, 100),
    Board.BEIJING: (100, 1),
    Board.B_SHARES: (100, 100),
    Board.FUNDS: (100, 100),
    Board.BONDS: (10, 10),
}

# A fund's is that of what it holds, so its code does not tell it.
_USUAL_LIMITS = {
    Board.MAIN: Decimal("0.10"),
    Board.STAR: Decimal("0.20"),
    Board.CHINEXT: Decimal("0.20"),
    Board.BEIJING: Decimal("0.30"),
    Board.B_SHARES: Decimal("0.10"),
    Board.BONDS: Decimal("0.20"),
}

_RISK_WARNINGS = ("ST", "*ST", "SST", "S*ST")

# Above which price in Hong Kong dollars the tick is how much.
_SPREADS = tuple(
    (Decimal(above), Decimal(tick))
    for above, tick in (
        *(("5000", "5"), ("2000", "2"), ("1000", "1"), ("500", "0.5"), ("200", "0.2")),
        *(("100", "0.1"), ("50", "0.05"), ("20", "0.02"), ("0.5", "0.01"), ("0.25", "0.005")),
    )
)
_SMALLEST_SPREAD = Decimal("0.001")


def board(symbol: Symbol) -> Board | None:
    """Return the board of a mainland code; None of a code of no known range, and elsewhere."""
    for beginnings, found in _BOARDS.get(symbol.exchange, ()):
        if symbol.code.startswith(beginnings):
            return found
    return None


def lot(symbol: Symbol) -> tuple[int, int] | None:
    """Return the smallest purchase and the step beyond it, in shares; None where no rule says it.

    Source: the trading rules of Shanghai (STAR: 200, then single shares), Shenzhen and Beijing
    (100, then single shares). In New York any number is traded; Hong Kong's lots are the issuers'.
    """
    if symbol.market is Market.US and not symbol.is_index:
        return 1, 1
    found = board(symbol)
    return _LOTS.get(found) if found else None


def usual_limit(symbol: Symbol) -> Decimal | None:
    """Return how far a day's price may usually be from the previous close, as a share of it.

    Source: the trading rules of Shanghai, Shenzhen and Beijing. Since 2026-07-06 stocks of the
    main boards under a risk warning (ST) have the same 10 % as the others; before it was 5 %. New
    listings have none for some days. None where there is no limit, or the code does not tell it.
    """
    found = board(symbol)
    return _USUAL_LIMITS.get(found) if found else None


def usual_limits(symbol: Symbol, previous_close: Decimal) -> tuple[Decimal, Decimal] | None:
    """Return the usual highest and lowest price of a day, rounded to the tick."""
    share = usual_limit(symbol)
    if share is None:
        return None
    up, down = (
        (previous_close * (1 + way * share)).quantize(symbol.tick, ROUND_HALF_UP) for way in (1, -1)
    )
    return up, down


def tick(symbol: Symbol, price: Decimal | None, kind: InstrumentKind | None = None) -> Decimal:
    """Return the smallest step of a price near this one, in the currency.

    Source for Hong Kong: the spread table of the exchange's rules for equities, with the reduced
    spreads between 10 and 50 dollars of phase 1, in force since 2025-08-04. (Phase 2, 0.005 from
    0.50 to 10 dollars, was announced for the middle of 2026; no date is known here, so it is not in
    the table.) Funds and bonds there have tables of their own: theirs is the finest step.
    """
    if price is None:
        return symbol.tick
    return next(step for above, step in ticks(symbol, kind) if price > above or not above)


def ticks(
    symbol: Symbol, kind: InstrumentKind | None = None
) -> tuple[tuple[Decimal, Decimal], ...]:
    """Return the steps of the instrument's prices: above which price which, the highest first."""
    if symbol.market is not Market.HK or symbol.is_index:
        return ((Decimal(0), symbol.tick),)
    if kind not in (None, InstrumentKind.STOCK):
        return ((Decimal(0), symbol.tick),)
    return (*_SPREADS, (Decimal(0), _SMALLEST_SPREAD))


def is_under_risk_warning(symbol: Symbol, name: str) -> bool:
    """Whether the exchange warns of a mainland stock, which its name says: *ST萃华."""
    return symbol.market is Market.CN and name.startswith(_RISK_WARNINGS)
