"""Thousands of rows as one SQL parameter: what a batch of quotes is joined and written with.

An `IN` list or a `VALUES` list of 6,000 rows takes longer to bind than its join takes to run, and
SQLite bounds how many parameters there may be. PostgreSQL takes one array a column, SQLite one JSON
text; either becomes a table in the statement, and the rest of the statement is the same for both.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import orjson
from django.db import connection

T = TypeVar("T")

WHOLE = ("bigint", "integer", "smallint")


class Rowset:
    """A named table of parameters: its columns with their PostgreSQL types, in order."""

    def __init__(self, name: str, columns: Mapping[str, str]) -> None:
        self.name = name
        self.columns = dict(columns)

    def cte(self) -> str:
        """Return `name (columns) AS MATERIALIZED (…)`, to stand behind WITH."""
        names = ", ".join(self.columns)
        if connection.vendor == "postgresql":
            arrays = ", ".join(f"%s::{kind}[]" for kind in self.columns.values())
            source = f"SELECT * FROM unnest({arrays})"
        else:
            fields = ", ".join(f"json_extract(value, '$[{at}]')" for at in range(len(self.columns)))
            source = f"SELECT {fields} FROM json_each(%s)"
        return f"{self.name} ({names}) AS MATERIALIZED ({source})"

    def probing(self, table: str, columns: Sequence[str], condition: str) -> str:
        """Return a SELECT of the table's columns that looks the rows up, `r` a row, `t` the table.

        The plan must start at the rows, a few thousand, and probe an index of the table, which may
        have millions. SQLite keeps the written order of a CROSS JOIN; PostgreSQL is kept from
        reordering by a LATERAL subquery that OFFSET 0 makes opaque.
        """
        wanted = ", ".join(f"t.{name}" for name in columns)
        if connection.vendor == "postgresql":
            return f"""SELECT t.* FROM {self.name} r CROSS JOIN LATERAL (
                SELECT {wanted} FROM {table} t WHERE {condition} OFFSET 0) t"""
        return f"SELECT {wanted} FROM {self.name} r CROSS JOIN {table} t WHERE {condition}"

    def params(self, rows: Sequence[Sequence[Any]]) -> list[Any]:
        """Return the rows as the statement's first parameters."""
        if connection.vendor == "postgresql":
            columns = zip(*rows, strict=True) if rows else ([] for _ in self.columns)
            return [
                _whole_numbers(column) if kind in WHOLE else list(column)
                for kind, column in zip(self.columns.values(), columns, strict=True)
            ]
        return [orjson.dumps(rows, _as_sqlite_has_it, orjson.OPT_PASSTHROUGH_DATETIME).decode()]

    def insertion(self, table: str) -> str:
        """Return the statement that adds the rows to a table with columns of the same names."""
        names = ", ".join(self.columns)
        return f"WITH {self.cte()} INSERT INTO {table} ({names}) SELECT {names} FROM {self.name}"

    def run(self, sql: str, rows: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
        """Run a statement on rows and return what it selects; without rows nothing is run."""
        if not rows:
            return []
        with connection.cursor() as cursor:
            cursor.execute(sql, self.params(rows))
            return cursor.fetchall() if cursor.description else []


def moment_of(time: datetime | None) -> datetime | None:
    """Return a time as a cursor gave it with its zone; SQLite's is UTC and does not say so."""
    return time.replace(tzinfo=UTC) if time is not None and time.tzinfo is None else time


def slices(items: Sequence[T], size: int = 5000) -> Iterator[Sequence[T]]:
    """Cut a long list into what one IN list may hold (SQLite allows 32,766 parameters)."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _whole_numbers(column: Sequence[int | None]) -> str:
    """Write a PostgreSQL array of whole numbers: ten times as fast as its driver does."""
    return "{" + ",".join("NULL" if one is None else str(int(one)) for one in column) + "}"


def _as_sqlite_has_it(value: Any) -> str:
    """Return a time as Django keeps it there, UTC without a zone; anything else as its text."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
    return str(value)
