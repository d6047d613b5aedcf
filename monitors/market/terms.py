"""What an instrument is found by: its codes, its name, the ways to type it, its English words.

Every way is the beginning of some term, so that one probe of one index finds them all; even a part
of a name is the beginning of what the name has from there on.
"""

import re
from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple
from unicodedata import normalize

from monitors.market.pinyin import CHINESE, readings
from monitors.symbols import EXCHANGES, Symbol, SymbolError

LONGEST_TERM = 64
MOST_WORDS = 5
"""English words by which a name is found."""

_BLANKS = re.compile(r"\s+")
_BESIDE_CHINESE = re.compile(f"(?<=[{CHINESE}]) | (?=[{CHINESE}])")
# What an exchange puts before a name for a while: special treatment, a first day, a dividend.
_MARK = re.compile(f"^(?:\\*?st|(?:xd|xr|dr|n|c|u|退市)(?=[{CHINESE}]))")
_PART = re.compile(f"[{CHINESE}]|(?<![a-z0-9])[a-z0-9]+|(?<=[{CHINESE}])[a-z0-9]+")
_PREFIXED = re.compile("(?:sh|sz|bj|hk)([0-9]+)")
_WORD = re.compile(r"[a-z0-9][a-z0-9&'.-]*")
# Words that half of all companies have.
_COMMON = re.compile(
    r"(?:a|ads|adr|and|class|co|company|corp|corporation|de|group|holdings?|inc|incorporated"
    r"|limited|llc|lp|ltd|n\.v|nv|of|plc|s\.a|sa|series|the|trust)\.?"
)


class TermKind(IntEnum):
    """What a term is; the smaller, the sooner is meant what it finds."""

    CODE = 1
    NAME = 2
    INITIALS = 3
    PINYIN = 4
    PART = 5
    """The name from somewhere in it on."""
    WORD = 6
    """The English name from one of its words on."""


class Term(NamedTuple):
    """One way to find an instrument."""

    kind: TermKind
    text: str


def tidy(name: str) -> str:
    """Return a name with narrow letters and without blanks beside Chinese: 万  科Ａ is 万科A.

    What cannot be printed counts as a blank; the databases refuse some of it.
    """
    printable = "".join(char if char.isprintable() else " " for char in normalize("NFKC", name))
    return _BESIDE_CHINESE.sub("", _BLANKS.sub(" ", printable).strip())


def typed(text: str) -> str:
    """Return what somebody typed as terms have it: narrow, in lower case, of bounded length."""
    return tidy(text).lower()[:LONGEST_TERM]


def sought(text: str) -> str:
    """Return what terms have to begin with to be what somebody typed, in whatever spelling."""
    key = typed(text)
    try:
        canonical = str(Symbol.parse(tidy(text))).lower()
    except SymbolError:
        half_typed = _PREFIXED.fullmatch(key)
        return half_typed[1] if half_typed else key
    return key if canonical.startswith(key) else canonical


def whole_codes(key: str) -> list[str]:
    """Return the code terms of which nothing but the exchange was left out."""
    return [key, *(f"{key}.{exchange.lower()}" for exchange in EXCHANGES)]


def terms(symbol: Symbol, name: str, english_name: str) -> list[Term]:
    """Return everything that an instrument is found by."""
    found = [Term(TermKind.CODE, code) for code in _codes(symbol)]
    for spelling in dict.fromkeys((typed(name), _MARK.sub("", typed(name)))):
        if spelling:
            found += _by_name(spelling)
    found += [Term(TermKind.WORD, words) for words in _words(typed(english_name))]
    return list({one.text: one for one in sorted(found, reverse=True)}.values())


def _codes(symbol: Symbol) -> Iterator[str]:
    code, exchange = symbol.code.lower(), symbol.exchange.lower()
    yield f"{code}.{exchange}"
    if symbol.exchange == "HK" and code.isdigit():
        yield f"{int(code)}.hk"


def _by_name(name: str) -> Iterator[Term]:
    yield Term(TermKind.NAME, name)
    for reading in readings(name):
        yield Term(TermKind.INITIALS, reading.initials[:LONGEST_TERM])
        yield Term(TermKind.PINYIN, reading.full[:LONGEST_TERM])
    if re.search(f"[{CHINESE}]", name):
        yield from (Term(TermKind.PART, name[at.start() :]) for at in _PART.finditer(name))
    else:
        yield from (Term(TermKind.WORD, words) for words in _words(name))


def _words(name: str) -> list[str]:
    """Return a name from each of its first words on, but for words that all names have."""
    starts = [at.start() for at in _WORD.finditer(name) if not _COMMON.fullmatch(at[0])]
    return [name[start:] for start in starts[:MOST_WORDS]]
