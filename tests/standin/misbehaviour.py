"""What a quote endpoint does on its bad days."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

from monitors.symbols import Symbol


class Kind(StrEnum):
    """The kinds of misbehaviour: of a whole reply, or of single rows."""

    TIMEOUT = "timeout"  # no answer for `seconds`
    STATUS = "status"  # HTTP `status`
    CUT = "cut"  # the body ends after `share` of it, and says so
    BROKEN = "broken"  # the connection ends after `share` of the body
    CHARSET = "charset"  # the body in another `charset`
    EMPTY = "empty"
    GARBAGE = "garbage"  # random bytes
    HTML = "html"
    DRIP = "drip"  # the whole body, byte by byte over `seconds`
    REPLY = "reply"  # a fixed `body`

    STALE = "stale"  # rows from `days` ago
    LATE = "late"  # rows from `seconds` ago
    DUPLICATE = "duplicate"  # the row of the last request again
    MISSING = "missing"  # no row
    DAMAGED = "damaged"  # rows with fields lost
    WRONG = "wrong"  # rows whose prices are off by `percent`

    @property
    def is_of_rows(self) -> bool:
        """Whether the reply stands, and only the rows of the named symbols are wrong."""
        return self in _OF_ROWS


_OF_ROWS = {Kind.STALE, Kind.LATE, Kind.DUPLICATE, Kind.MISSING, Kind.DAMAGED, Kind.WRONG}


@dataclass
class Misbehaviour:
    """One fault, for all requests or those that name certain symbols, for a time or for good."""

    kind: Kind
    source: str | None = None
    """Whose requests it spoils; None is everybody's."""
    symbols: frozenset[Symbol] | None = None
    requests: int | None = None
    """How many requests it is still to spoil; None is without end."""
    status: int = 500
    seconds: float = 30
    share: float = 0.6
    days: int = 1
    percent: int = 10
    charset: str = "utf-16"
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Self:
        """Read what a test posts: {"kind": "status", "status": 503, "requests": 2}."""
        read = dict(values) | {"kind": Kind(values["kind"])}
        if read.get("symbols") is not None:
            read["symbols"] = frozenset(map(Symbol.parse, read["symbols"]))
        if "body" in read:
            read["body"] = str(read["body"]).encode("gbk")
        return cls(**read)

    def concerns(self, source: str, symbols: Collection[Symbol]) -> bool:
        """Whether a source's request for these symbols is spoilt."""
        if self.source not in (None, source):
            return False
        if self.requests is not None and self.requests <= 0:
            return False
        return self.symbols is None or not self.symbols.isdisjoint(symbols)

    def spoils(self, symbol: Symbol) -> bool:
        """Whether this symbol's row is spoilt, in a request that is."""
        return self.symbols is None or symbol in self.symbols

    def use(self) -> None:
        """Count one spoilt request."""
        if self.requests is not None:
            self.requests -= 1
