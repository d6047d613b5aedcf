"""The one door by which listings are written: their rows, and the terms by which they are found."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from monitors.market import InstrumentKind, Market, QuoteState, Reference
from monitors.market.terms import terms, tidy
from monitors.models import Listing, ListingTerm
from stockwatch.rowset import Rowset

A_WRITE = 500
"""Listings that are written in one transaction: alerts wait for it no longer than for a batch."""

TERMS = Rowset("found_by", {"listing_id": "bigint", "kind": "smallint", "text": "text"})

COMPLETE = 0.8
"""Share of what is known that a complete list must have; a shorter one is damaged."""


def note(references: Iterable[Reference], seen_at: datetime) -> int:
    """Write down what was listed at a time; return how many rows were new or have other names.

    What a reference does not say stays as it is, and what was listed later than `seen_at` is left
    alone.
    """
    told = {str(one.symbol): one for one in references}
    symbols = sorted(told)
    return sum(
        _note([told[symbol] for symbol in symbols[start : start + A_WRITE]], seen_at)
        for start in range(0, len(symbols), A_WRITE)
    )


@transaction.atomic
def _note(references: Sequence[Reference], seen_at: datetime) -> int:
    symbols = [str(one.symbol) for one in references]
    known = {row.symbol: row for row in Listing.objects.filter(symbol__in=symbols)}
    later = {symbol for symbol, row in known.items() if row.seen_at > seen_at}
    rows = [
        _row(one, known.get(str(one.symbol)), seen_at)
        for one in references
        if str(one.symbol) not in later
    ]
    changed = [row for row in rows if _names(row) != _names(known.get(row.symbol))]
    # An upsert: another worker may have been first.
    Listing.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["symbol"],
        update_fields=["name", "english_name", "kind", "state", "seen_at"],
    )
    _write_terms(changed)
    return len(changed)


def _row(one: Reference, known: Listing | None, seen_at: datetime) -> Listing:
    """Return the row as it is to be: what was told, else what was known, else what is usual."""
    usual = known or Listing(kind=kind_of(one))
    return Listing(
        symbol=str(one.symbol),
        market=one.symbol.market,
        name=tidy(one.name)[:100] or usual.name,
        english_name=tidy(one.english_name)[:100] or usual.english_name,
        kind=one.kind or usual.kind,
        state=QuoteState.TRADING if one.state == QuoteState.UNKNOWN else one.state,
        seen_at=seen_at,
    )


def kind_of(one: Reference) -> InstrumentKind:
    """Return what a source that does not say so most likely means."""
    if one.symbol.is_index:
        return InstrumentKind.INDEX
    is_fund = any(mark in f"{one.name} {one.english_name}" for mark in ("ETF", "LOF"))
    return InstrumentKind.FUND if is_fund else InstrumentKind.STOCK


def _names(row: Listing | None) -> tuple[str, str] | None:
    return None if row is None else (row.name, row.english_name)


def _write_terms(rows: Sequence[Listing]) -> None:
    ListingTerm.objects.filter(listing__in=[row.pk for row in rows]).delete()
    found_by = [
        (row.pk, int(term.kind), term.text)
        for row in rows
        for term in terms(row.parsed, row.name, row.english_name)
    ]
    TERMS.insert(ListingTerm._meta.db_table, found_by)  # noqa: SLF001


def mark_missing(market: Market, since: datetime) -> int:
    """Note which stocks and funds a list no longer has that was read to its end; return how many.

    A kind of which the list has much less than what is known was not listed as a whole.
    """
    marked = 0
    for kind in (InstrumentKind.STOCK, InstrumentKind.FUND):
        traded = Listing.objects.traded().filter(market=market, kind=kind)
        missing = traded.filter(seen_at__lt=since)
        if missing.count() <= (1 - COMPLETE) * traded.count():
            marked += missing.update(state=QuoteState.DELISTED)
    return marked
