"""The plan of the production join starts at the readings and probes the index of the triggers.

With a million triggers any other plan would read them all, at every sweep.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from monitors import ingestion_sql as sql
from monitors.arming import microseconds
from monitors.models import Trigger
from monitors.rules.base import Direction, Metric

INSTRUMENTS = 200
TRIGGERS = 20_000
INDEX = "trigger_reached"

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["analysed", "not analysed"])
def triggers(request) -> None:
    """Armed triggers of rules that are not needed here; no constraint asks for them."""
    Trigger.objects.bulk_create(
        Trigger(
            rule_id=number,
            instrument_id=number % INSTRUMENTS,
            metric=Metric.PRICE,
            direction=Direction.UP if number % 2 else Direction.DOWN,
            level=100 + number % 1000,
            in_session_only=number % 3 == 0,
        )
        for number in range(TRIGGERS)
    )
    if request.param == "analysed":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def readings(count: int) -> list[tuple[int, ...]]:
    price = 150_000_000
    return [
        (number, Metric.PRICE, price - 5, price + 5, price, microseconds(None), 1, 0, 0)
        for number in range(count)
    ]


def explained(prefix: str, count: int) -> list[Any]:
    with connection.cursor() as cursor:
        statement = sql.reached_triggers_sql()
        cursor.execute(f"{prefix} {statement}", sql.READINGS.params(readings(count)))
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
        f"SEARCH t USING INDEX {INDEX} (instrument_id=? AND metric=? AND direction=? AND level{side}?)"
        for side in "<>"
    ]
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


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


def test_the_join_finds_what_it_must(triggers):
    """The plan is of a statement that works: a tenth of the levels are up to 150, by instrument."""
    with connection.cursor() as cursor:
        cursor.execute(sql.reached_triggers_sql(), sql.READINGS.params(readings(INSTRUMENTS)))
        reached = {row[0] for row in cursor.fetchall()}
    expected = {
        number
        for number in range(TRIGGERS)
        if (100 + number % 1000 <= 150 if number % 2 else 100 + number % 1000 >= 150)
    }
    assert reached == expected
