"""What a sweep can afford: where budgets are short, what is near a level is asked for first."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Protocol, TypeVar

from django.conf import settings
from django.db.models import OuterRef, Subquery

from monitors.asking.gates import STEADY, limits_of
from monitors.kinds import preferred_sources
from monitors.market import Market
from monitors.models import Instrument, Trigger
from monitors.rules.base import Direction, Metric
from monitors.sources.base import Source
from monitors.symbols import Symbol
from stockwatch.rowset import slices

NEAR = Decimal("0.01")
"""Share of the price: a level that is no farther may be reached by the next quote."""
SHARE_OF_THE_NEAR = 0.75
"""Of what can be afforded, so that the others have their turn too, the longest unasked first."""

NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Askable(Protocol):
    """What pacing must know of an instrument."""

    @property
    def pk(self) -> int: ...
    @property
    def symbol(self) -> Symbol: ...
    @property
    def polled_at(self) -> datetime | None: ...


T = TypeVar("T", bound=Askable)


@dataclass(frozen=True, slots=True)
class Plan:
    """How far a market's sources go in one sweep."""

    source: str
    """The one that goes farthest."""
    batch_size: int
    requests: float | None
    """In one sweep; None where there is no limit."""

    @property
    def symbols(self) -> float | None:
        """How many symbols those requests carry; None where there is no limit."""
        return None if self.requests is None else self.requests * self.batch_size


def plan(market: Market) -> Plan | None:
    """Return how far the market's sources go; None where none serves it."""
    plans = [_plan(name, source) for name, source in preferred_sources(market).items()]
    return max(
        plans,
        key=lambda one: float("inf") if one.symbols is None else one.symbols,
        default=None,
    )


def _plan(name: str, source: Source) -> Plan:
    limits = limits_of(name, source.limits)
    if limits is None:
        return Plan(name, source.batch_size, None)
    requests = limits.requests_a_minute * STEADY * settings.POLL_SECONDS / 60
    return Plan(name, source.batch_size, requests)


def affordable(wanted: Sequence[T]) -> list[T]:
    """Return those of the due instruments that the sources' budgets pay for in this sweep."""
    groups: dict[str, list[T]] = defaultdict(list)
    capacities: dict[str, float | None] = {}
    for market in Market:
        mine = [one for one in wanted if one.symbol.market == market]
        far = plan(market) if mine else None
        if far is not None:
            groups[far.source] += mine
            capacities[far.source] = far.symbols
    chosen: set[int] = set()
    for source, group in groups.items():
        capacity = capacities[source]
        enough = capacity is None or len(group) <= capacity
        chosen |= {one.pk for one in (group if enough else _first(group, int(capacity or 0)))}
    return [one for one in wanted if one.pk in chosen]


def _first(group: Sequence[T], capacity: int) -> list[T]:
    """Return so many, at least one: some that are near a level, then who waited longest."""
    capacity = max(1, capacity)
    away = distances(one.pk for one in group)
    near = sorted((one for one in group if away.get(one.pk, 1) <= NEAR), key=lambda o: away[o.pk])
    chosen = near[: max(1, int(capacity * SHARE_OF_THE_NEAR))]
    taken = {one.pk for one in chosen}
    others = (one for one in group if one.pk not in taken)
    waiting = sorted(others, key=lambda one: one.polled_at or NEVER)
    return chosen + waiting[: capacity - len(chosen)]


def distances(pks: Iterable[int]) -> dict[int, Decimal]:
    """Return how far instruments' prices are from their nearest level, as a share of the price.

    Those without a price or a level are left out. Two index probes for each instrument.
    """
    here = Trigger.objects.filter(instrument=OuterRef("pk"), metric=Metric.PRICE)
    above = here.filter(direction=Direction.UP).order_by("level")
    below = here.filter(direction=Direction.DOWN).order_by("-level")
    found: dict[int, Decimal] = {}
    for some in slices(list(pks)):
        rows = (
            Instrument.objects.filter(pk__in=some)
            .exclude(quote__price=None)
            .values_list("pk", "quote__price", Subquery(above.values("level")[:1]))
            .annotate(below=Subquery(below.values("level")[:1]))
        )
        for pk, price, *levels in rows:
            away = [abs(level - price) / price for level in levels if level is not None]
            if away:
                found[pk] = min(away)
    return found
