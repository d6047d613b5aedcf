"""Sources that answer one row of text a symbol: how tests ask them, and change what they say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from monitors.sources.base import Fetched
from monitors.symbols import Symbol

NOW = datetime(2026, 11, 24, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class RowFormat:
    """How a source writes its rows."""

    parse: Callable[[bytes, Mapping[str, Symbol], datetime], Fetched]
    key_of: Callable[[Symbol], str | None]
    charset: str
    separator: str

    def read(self, body: bytes | str, *symbols: str, now: datetime = NOW) -> Fetched:
        """Parse a reply to a request for these symbols."""
        keys = {self.key_of(symbol): symbol for symbol in map(Symbol.parse, symbols)}
        wanted = {key: symbol for key, symbol in keys.items() if key}
        reply = body.encode(self.charset) if isinstance(body, str) else body
        return self.parse(reply, wanted, now)

    def with_fields(self, row: str, **changes: str) -> str:
        """A row with some fields, named f0, f1 …, replaced."""
        head, content, tail = row.split('"')
        fields = content.split(self.separator)
        for name, value in changes.items():
            fields[int(name[1:])] = value
        return f'{head}"{self.separator.join(fields)}"{tail}'
