"""Thousands of rows as one SQL parameter: what a batch of quotes is joined and written with.

An `IN` list or a `VALUES` list of 6,000 rows takes longer to bind than its join takes to run, and
SQLite bounds how many parameters there may be. PostgreSQL takes one array a column, SQLite one JSON
text; either becomes a table in the statement, and the rest of the statement is the same for both.

Where rows are only written, SQLite runs one prepared statement for each instead: it has no way to
go, and takes a quarter of the time that it needs to read wide rows out of JSON.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, TypeVar

import orjson
from django.db import connection

T = TypeVar("T")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

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
                _array(column, kind)
                for kind, column in zip(self.columns.values(), columns, strict=True)
            ]
        return [orjson.dumps(rows, _as_sqlite_has_it, orjson.OPT_PASSTHROUGH_DATETIME).decode()]

    def insert(self, table: str, rows: Sequence[Sequence[Any]], otherwise: str = "") -> None:
        """Add the rows to a table; `otherwise` is an ON CONFLICT clause."""
        names = ", ".join(self.columns)
        insert = f"INSERT INTO {table} ({names})"
        if connection.vendor == "postgresql":
            self.run(
                f"WITH {self.cte()} {insert} SELECT {names} FROM {self.name} {otherwise}", rows
            )
        else:
            marks = ", ".join(["%s"] * len(self.columns))
            self._run_each(f"{insert} VALUES ({marks}) {otherwise}", self._by_column(rows))

    def update(self, table: str, rows: Sequence[Sequence[Any]]) -> None:
        """Set the columns where the table has the same value in the first of them, its key."""
        key, *rest = self.columns
        if connection.vendor == "postgresql":
            setting = ", ".join(f"{name} = r.{name}" for name in rest)
            same = f"FROM {self.name} r WHERE {table}.{key} = r.{key}"
            self.run(f"WITH {self.cte()} UPDATE {table} SET {setting} {same}", rows)
        else:
            setting = ", ".join(f"{name} = %s" for name in rest)
            keys, *values = self._by_column(rows)
            self._run_each(f"UPDATE {table} SET {setting} WHERE {key} = %s", [*values, keys])

    def run(self, sql: str, rows: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
        """Run a statement on rows and return what it selects; without rows nothing is run."""
        if not rows:
            return []
        with connection.cursor() as cursor:
            cursor.execute(sql, self.params(rows))
            return cursor.fetchall() if cursor.description else []

    def _by_column(self, rows: Sequence[Sequence[Any]]) -> list[Sequence[Any]]:
        columns = zip(*rows, strict=True) if rows else ([] for _ in self.columns)
        return [
            _plain(column, kind)
            for kind, column in zip(self.columns.values(), columns, strict=True)
        ]

    @staticmethod
    def _run_each(sql: str, columns: Sequence[Sequence[Any]]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(sql, list(zip(*columns, strict=True)))


def time_sql(column: str) -> str:
    """Return the SQL of a time column whose values `moment_of` reads.

    What the drivers make of a time costs more than all else in a row.
    """
    if connection.vendor == "postgresql":
        return f"(extract(epoch FROM {column}) * 1000000)::bigint"
    return f"{column} || ''"


@lru_cache(maxsize=8192)
def moment_of(value: int | str | None) -> datetime | None:
    """Return the time that `time_sql` selected, in UTC."""
    if isinstance(value, str):
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    return None if value is None else EPOCH + timedelta(microseconds=value)


def slices(items: Sequence[T], size: int = 5000) -> Iterator[Sequence[T]]:
    """Cut a long list into what one IN list may hold (SQLite allows 32,766 parameters)."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _plain(column: Sequence[Any], kind: str) -> Sequence[Any]:
    """Return a column as SQLite is to store it."""
    match kind:
        case "timestamptz":
            return [None if one is None else _utc_text(one) for one in column]
        case "numeric":
            return [None if one is None else str(one) for one in column]
        case _:
            return column


def _array(column: Sequence[Any], kind: str) -> Any:
    """Return a column as a PostgreSQL array, written out where its driver is slow at that."""
    if kind in WHOLE:
        texts: Iterable[str] = map(str, column)
        if None in column:
            texts = ("NULL" if one is None else str(one) for one in column)
        return "{" + ",".join(texts) + "}"
    if kind == "timestamptz":
        texts = ("NULL" if one is None else f'"{_utc_text(one)}+00"' for one in column)
        return "{" + ",".join(texts) + "}"
    return list(column)


@lru_cache(maxsize=8192)
def _utc_text(time: datetime) -> str:
    """Return a time in UTC without its zone, as Django keeps it in SQLite.

    Cached, as what is written together was quoted and received in the same few seconds.
    """
    return time.astimezone(UTC).replace(tzinfo=None).isoformat(" ")


def _as_sqlite_has_it(value: Any) -> str:
    """Return what JSON has no word for as SQLite is to read it."""
    return _utc_text(value) if isinstance(value, datetime) else str(value)
