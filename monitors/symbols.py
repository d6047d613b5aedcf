"""Symbols: what people type, what exchanges mean, and the one canonical way of writing it."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal, Self, cast, get_args
from unicodedata import normalize

from django.utils.translation import gettext as _

from monitors.market import Market

Exchange = Literal["SH", "SZ", "BJ", "HK", "US"]
EXCHANGES: tuple[Exchange, ...] = get_args(Exchange)

LONGEST = 32
"""Characters that are looked at; the longest symbol, blanks aside, has 15 (`ABCDEFGHIJ.B.US`)."""

_FULL_WIDTH = re.compile("[\uff01-\uff5e\u3000\u00a0]")
_SUFFIXED = re.compile(r"(.*)\.(SH|SZ|BJ|HK|US)", re.IGNORECASE)
_PREFIXED = re.compile(r"(SH|SZ|BJ|HK)([0-9]+)", re.IGNORECASE)
# Lower case before upper case only: USB and HKD are tickers, usAAPL and hkHSI are not.
_PREFIXED_NAME = re.compile(r"(us|hk)([A-Z].*)")
_MAINLAND_CODE = re.compile(r"[0-9]{6}")
_HONG_KONG_CODE = re.compile(r"[0-9]{1,5}")
_HONG_KONG_INDEX = re.compile(r"[A-Z][A-Z0-9]{1,9}")
_TICKER = re.compile(r"([A-Z][A-Z0-9]{0,9})(?:[.-]([A-Z]))?")

_MAINLAND_PREFIXES: tuple[tuple[Exchange, tuple[str, ...]], ...] = (
    ("BJ", ("920", "4", "8")),
    ("SH", ("110", "111", "113", "118", "5", "6", "9")),  # 11x: convertible bonds
    ("SZ", ("0", "1", "2", "3")),
)

_CENT, _MILL = Decimal("0.01"), Decimal("0.001")
_IN_MILLS: dict[Exchange, tuple[str, ...]] = {
    "SH": ("5", "900", "110", "111", "113", "118"),  # funds, B-shares, convertible bonds
    "SZ": ("15", "16", "18", "123", "127", "128"),  # funds, convertible bonds
}


class SymbolError(ValueError):
    """The text cannot be a symbol. The message, in the user's language, says how to mend it."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """One instrument: its code in the exchange's own spelling, and the exchange."""

    code: str
    exchange: Exchange

    @classmethod
    def parse(cls, text: object) -> Self:
        """Read what a person or a source wrote: `600519`, `sh600519`, `700.HK`, `usAAPL`, `BRK-B`.

        Raises SymbolError, also for what is not text, so that forms and the API need no second
        check.
        """
        if not isinstance(text, str):
            raise SymbolError(_("A symbol is text, for example 600519.SH."))
        if len(text) > LONGEST:
            raise SymbolError(_("This is too long for a symbol. Write it like 600519.SH."))
        return cls(*_read(str(text)))

    def __str__(self) -> str:
        return f"{self.code}.{self.exchange}"

    @property
    def market(self) -> Market:
        """The market whose hours and holidays hold for this instrument."""
        match self.exchange:
            case "HK":
                return Market.HK
            case "US":
                return Market.US
            case _:
                return Market.CN

    @property
    def currency(self) -> str:
        """ISO code of the currency that prices are in; mainland B-shares trade in foreign ones."""
        match self.exchange:
            case "HK":
                return "HKD"
            case "US":
                return "USD"
            case "SH" if self.code.startswith("900"):
                return "USD"
            case "SZ" if self.code.startswith("200"):
                return "HKD"
            case _:
                return "CNY"

    @property
    def tick(self) -> Decimal:
        """The smallest step of a price, in the currency."""
        if self.exchange == "HK":
            return _MILL
        return _MILL if self.code.startswith(_IN_MILLS.get(self.exchange, ())) else _CENT

    @property
    def is_index(self) -> bool:
        """Whether this is a figure that nobody can buy."""
        match self.exchange:
            case "SH":
                return self.code.startswith("000")
            case "SZ":
                return self.code.startswith("399")
            case "BJ":
                return self.code.startswith("899")
            case "HK":
                return not self.code.isdigit()
            case _:
                return False


def spelt(text: str) -> str:
    """Return a symbol in its canonical spelling, and what can be none as it is."""
    try:
        return str(Symbol.parse(text))
    except SymbolError:
        return text


@lru_cache(maxsize=32_768)
def _read(text: str) -> tuple[str, Exchange]:
    """Code and exchange of a text of bounded length; sweeps ask for the same thousands again."""
    text = _FULL_WIDTH.sub(_narrow, text).strip(" \t\r\n")
    if not text:
        raise SymbolError(_("Enter a symbol, for example 600519.SH."))
    if not (text.isascii() and text.isprintable()):
        raise SymbolError(
            _("Enter the code, not the name: letters, digits and a dot, for example 600519.SH.")
        )
    if match := _SUFFIXED.fullmatch(text):
        return _spell(match[1], cast(Exchange, match[2].upper()))
    if match := _PREFIXED.fullmatch(text) or _PREFIXED_NAME.fullmatch(text):
        return _spell(match[2], cast(Exchange, match[1].upper()))
    return _spell(text, _place(text) if text.isdigit() else "US")


def _narrow(match: re.Match[str]) -> str:
    # Full-width forms and wide blanks alone: NFKC on everything would read a trade mark sign as TM.
    return normalize("NFKC", match[0])


def _spell(code: str, exchange: Exchange) -> tuple[str, Exchange]:
    """Spell a code as the exchange does for which it is known to be meant."""
    code = code.upper()
    if exchange == "US":
        if not (ticker := _TICKER.fullmatch(code)):
            raise SymbolError(
                _("Not a symbol. Write it like 600519.SH, 00700.HK, AAPL.US or BRK.B.US.")
            )
        return (f"{ticker[1]}.{ticker[2]}" if ticker[2] else ticker[1]), exchange
    if exchange == "HK":
        if _HONG_KONG_CODE.fullmatch(code):
            return code.zfill(5), exchange
        if _HONG_KONG_INDEX.fullmatch(code):
            return code, exchange
        raise SymbolError(
            _("A Hong Kong code has up to five digits, for example 00700.HK; an index is HSI.HK.")
        )
    if not _MAINLAND_CODE.fullmatch(code):
        raise SymbolError(
            _("A Shanghai, Shenzhen or Beijing code has six digits, for example 600519.SH.")
        )
    return code, exchange


def _place(digits: str) -> Exchange:
    """Find the exchange of bare digits. 000001 is the Shenzhen stock, not the Shanghai index."""
    if len(digits) == 5:
        return "HK"
    if len(digits) < 5:
        raise SymbolError(
            _("Say which market: 00700.HK for Hong Kong, or all six digits of a mainland code.")
        )
    if len(digits) == 6:
        for exchange, prefixes in _MAINLAND_PREFIXES:
            if digits.startswith(prefixes):
                return exchange
    raise SymbolError(_("Say which exchange, for example 600519.SH, 000001.SZ or 430047.BJ."))
