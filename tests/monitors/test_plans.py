"""The plan of the production join starts at the readings and probes the index of the triggers.

With a million triggers any other plan would read them all, at every sweep.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from django.db import connection

from monitors.evaluation.reaching import READINGS, reached_triggers_sql
from monitors.life import Demand
from monitors.models import Instrument, Trigger
from monitors.models.instrument import WANTED
from monitors.polling.second_opinions import to_confirm_sql
from monitors.rules.base import Direction, Metric
from stockwatch.fields import to_units
from tests.market import CENTRE, analyse, make_instruments, make_triggers

INSTRUMENTS = 200
TRIGGERS = 20_000
INDEX = "trigger_reached"

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["analysed", "not analysed"])
def triggers(request) -> None:
    make_instruments(INSTRUMENTS)
    make_triggers(TRIGGERS)
    if request.param == "analysed":
        analyse()


def readings(count: int) -> Sequence[tuple[int, ...]]:
    """Every other instrument is up by a fifth, the others down by a tenth."""
    rows = []
    for number, pk in enumerate(Instrument.objects.order_by("pk").values_list("pk", flat=True)):
        price = to_units(CENTRE * 12 / 10 if number % 2 else CENTRE * 9 / 10)
        sides = int(Metric.PRICE), int(Direction.UP), int(Direction.DOWN)
        rows.append((pk, *sides, price, price, price, 1, 1, 0, 0, 0))
    return rows[:count]


def explained(prefix: str, count: int) -> list[Any]:
    with connection.cursor() as cursor:
        statement = f"{prefix} {reached_triggers_sql()}"
        cursor.execute(statement, READINGS.params(readings(count)))
        return cursor.fetchall()


@pytest.mark.parametrize("count", [1, 150])
def test_the_join_starts_at_the_readings_and_probes_the_index(triggers, count):
    if connection.vendor == "sqlite":
        assert_sqlite_probes([row[-1] for row in explained("EXPLAIN QUERY PLAN", count)])
    else:
        [(plan,)] = explained("EXPLAIN (FORMAT JSON)", count)
        plan = json.loads(plan) if isinstance(plan, str) else plan
        assert_postgres_probes(list(nodes(plan[0]["Plan"])))


def assert_sqlite_probes(steps: list[str]) -> None:
    loops = [step for step in steps if step.startswith(("SCAN r", "SEARCH t", "SCAN t"))]
    bounds = [
        f"SEARCH t USING INDEX {INDEX} "
        f"(instrument_id=? AND metric=? AND direction=? AND level{side}?)"
        for side in "<>"
    ]
    # A Bloom filter on the triggers reads them all before the first probe.
    assert not [step for step in steps if "BLOOM" in step]
    assert loops == ["SCAN r", bounds[0], "SCAN r", bounds[1]], steps


def assert_postgres_probes(plan: list[dict[str, Any]]) -> None:
    kinds = [node["Node Type"] for node in plan]
    assert not {"Hash Join", "Merge Join", "Seq Scan"} & set(kinds), kinds
    joins = [node for node in plan if node["Node Type"] == "Nested Loop"]
    assert len(joins) == 2
    for join in joins:
        outer, inner = join["Plans"]
        assert outer.get("CTE Name") == "readings"
        scans = [node for node in nodes(inner) if node.get("Relation Name")]
        assert len(scans) == 1
        names = {node.get("Index Name") for node in nodes(inner)} - {None}
        assert names == {INDEX}
        conditions = "".join(node.get("Index Cond", "") for node in nodes(inner))
        for column in ("instrument_id", "metric", "direction", "level"):
            assert column in conditions


def test_the_levels_to_confirm_are_found_without_looking_at_the_others(triggers):
    some = list(Trigger.objects.order_by("pk")[:3])
    Trigger.objects.filter(pk__in=[one.pk for one in some]).update(demands=Demand.CONFIRMED)
    symbols = list(Instrument.objects.values_list("symbol"))
    found = WANTED.run(to_confirm_sql(), symbols)
    assert sorted(to_units(one.level) for one in some) == sorted(row[2] for row in found)
    assert {row[0] for row in found} <= {symbol for (symbol,) in symbols}
    prefix = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    with connection.cursor() as cursor:
        cursor.execute(f"{prefix} {to_confirm_sql()}", WANTED.params(symbols))
        plan = " ".join(str(row[-1]) for row in cursor.fetchall())
    assert "trigger_to_confirm" in plan


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


def test_the_join_finds_what_a_loop_finds(triggers):
    """The plan is of a statement that works."""
    found = [row[0] for row in READINGS.run(reached_triggers_sql(), readings(INSTRUMENTS))]
    last = {
        row[0]: CENTRE * 12 / 10 if row[6] > to_units(CENTRE) else CENTRE * 9 / 10
        for row in readings(INSTRUMENTS)
    }
    expected = [
        trigger.rule_id
        for trigger in Trigger.objects.all()
        if (last[trigger.instrument_id] - trigger.level) * trigger.direction >= 0
    ]
    assert sorted(found) == sorted(expected)
    assert 0 < len(expected) < TRIGGERS / 2
