"""A market as large as one likes: instruments, quotes and triggers by the million, made in SQL."""

from datetime import UTC, datetime
from decimal import Decimal

from django.db import connection

from monitors.market import Market, QuoteState, Snapshot
from monitors.models import Instrument, Quote
from monitors.rules.base import Metric
from monitors.symbols import Symbol

OPENING = datetime(2030, 3, 4, 2, 0, tzinfo=UTC)
"""A Monday, in the morning session of Shanghai."""

CENTRE = Decimal(100)
"""Every price of the market is near to it; levels are at least two percent away."""


def make_instruments(count: int) -> list[Symbol]:
    """Make instruments with an empty quote each."""
    symbols = [Symbol.parse(f"{600_000 + number:06d}.SH") for number in range(count)]
    Instrument.objects.bulk_create(
        [Instrument(symbol=str(symbol), market=Market.CN, name="stock") for symbol in symbols]
    )
    Quote.objects.bulk_create([Quote(instrument=one) for one in Instrument.objects.order_by("pk")])
    return symbols


def make_triggers(count: int) -> None:
    """Make armed levels, evenly spread over the instruments, half above and half below the price.

    None is reached by a price of CENTRE: they are 2 to 42 percent away from it.
    """
    numbers = (
        "generate_series(0, %s - 1) AS n(i)"
        if connection.vendor == "postgresql"
        else "(WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < %s)"
        " SELECT i FROM n) AS n"
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(id), count(*) FROM monitors_instrument")
        first, instruments = cursor.fetchone()
        cursor.execute(
            "INSERT INTO monitors_trigger (rule_id, instrument_id, metric, direction, level,"
            " is_release, in_session_only, touch_from, not_before, demands)"
            f" SELECT i + 1, {first} + i %% {instruments}, {int(Metric.PRICE)},"
            f" CASE WHEN (i / {instruments}) %% 2 = 0 THEN 1 ELSE -1 END,"
            f" 1000000 * (CASE WHEN (i / {instruments}) %% 2 = 0"
            " THEN 102 + (i %% 1000 * 7919) %% 40 ELSE 98 - (i %% 1000 * 7919) %% 40 END), "
            + ("false, false" if connection.vendor == "postgresql" else "0, 0")
            + f", 0, 0, 0 FROM {numbers}",
            [count],
        )


def analyse() -> None:
    """Let the database count its rows, as its own maintenance does sooner or later."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def batch(symbols: list[Symbol], at: datetime, prices: list[Decimal]) -> list[Snapshot]:
    """Return one quote an instrument."""
    return [
        Snapshot(
            symbol=symbol,
            at=at,
            price=price,
            previous_close=CENTRE,
            open=CENTRE,
            high=max(price, CENTRE),
            low=min(price, CENTRE),
            volume=at.minute * 100 + at.second + 1,
            amount=Decimal("12345.67"),
            state=QuoteState.TRADING,
            name="stock",
            source="tencent",
        )
        for symbol, price in zip(symbols, prices, strict=True)
    ]
