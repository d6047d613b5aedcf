"""`text__begins`: what begins so, by one probe of an index, on both databases alike.

SQLite's LIKE knows no index where an escape is named, and PostgreSQL compares by the rules of a
language unless it is told to go by the bytes. The index needs the operator class `BYTEWISE`.
"""

from typing import TYPE_CHECKING, Any

from django.db.models import CharField, Lookup

if TYPE_CHECKING:
    _Base = Lookup[str]
else:
    _Base = Lookup

BYTEWISE = "varchar_pattern_ops"
"""PostgreSQL's operator class of an index that is to be used; SQLite has only such ones."""

_LAST = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)


def after(prefix: str) -> str:
    """Return the first text behind all that begin with `prefix`, by code points."""
    stem = prefix.rstrip(chr(_LAST))
    if not stem:
        return chr(_LAST) * (len(prefix) + 1)
    following = ord(stem[-1]) + 1
    return stem[:-1] + chr(_SURROGATES.stop if following in _SURROGATES else following)


@CharField.register_lookup
class Begins(_Base):
    """Whether a text begins with another, case and accents counting."""

    lookup_name = "begins"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Compare as SQLite does, by the bytes."""
        return self._between(compiler, connection, ">=", "<")

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Compare by the bytes, whatever the database's language."""
        return self._between(compiler, connection, "~>=~", "~<~")

    def _between(
        self, compiler: Any, connection: Any, at_least: str, below: str
    ) -> tuple[str, Any]:
        column, params = self.process_lhs(compiler, connection)
        bounds = [*params, self.rhs, *params, after(self.rhs)]
        return f"({column} {at_least} %s AND {column} {below} %s)", bounds
