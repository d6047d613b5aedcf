"""Parts that give signs of life, and facts that a test makes up."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from monitors.models import Sweep
from stockwatch import heartbeat
from stockwatch.heartbeat import PARTS, Sign
from stockwatch.redis import client
from stockwatch.status.facts import Database, Facts
from stockwatch.status.store import Store

MakeFacts = Callable[..., Facts]


@pytest.fixture
def alive() -> Iterator[None]:
    """Every part has just given its sign."""
    client().delete(heartbeat.KEY)
    for part in PARTS:
        heartbeat.beat(part)
    yield
    client().delete(heartbeat.KEY)


@pytest.fixture
def facts() -> MakeFacts:
    """Facts of a Stockwatch that does well, but for what a test says."""
    now = timezone.now()
    store = Store(
        latency_ms=0.4,
        version="Valkey 9",
        used_bytes=1_000_000,
        signs=tuple(Sign(part, "here:1", 2.0) for part in PARTS),
        waiting={"celery": 0, "delivery": 0},
    )
    sweep = Sweep(started_at=now - timedelta(seconds=2), finished_at=now, instruments=38, quotes=30)
    state: dict[str, Any] = {
        "running": True,
        "last_sweep": {"at": (now - timedelta(seconds=2)).isoformat(), "postponed": 0},
        "sources": [],
        "markets": [{"market": "CN", "open": True, "next_change": None, "sources": ["demo"]}],
        "monitors": 40,
        "armed_rules": 80,
        "connections": 3,
        "deliveries": {"pending": 0, "oldest_seconds": 0, "failed_today": 0},
    }
    well = Facts(
        now=now,
        state=state,
        since=now - timedelta(days=1),
        switched=None,
        store=store,
        last_look=sweep,
        lost=(),
        database=Database("SQLite 3", 1_000_000),
        destinations=(),
        site="https://stocks.example",
    )

    def make(said: dict[str, Any] | None = None, **changed: Any) -> Facts:
        return replace(well, state=state | (said or {}), **changed)

    return make
