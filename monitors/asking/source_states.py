"""How each source in use fares, in one look: for the API, the admin and whoever runs the server."""

from typing import Any

from redis.exceptions import RedisError

from monitors.asking import latencies
from monitors.asking.gates import Gate
from monitors.kinds import configured_sources
from monitors.market import Market
from monitors.models import SourceHealth
from monitors.sources.base import Source
from notifications.wire import moment

UNKNOWN_GATE: dict[str, Any] = dict.fromkeys(("breaker", "retry_in", "budget", "budget_left"))
UNKNOWN_RECENT: dict[str, Any] = dict.fromkeys(("success_rate", "latency"))


def source_states(*, ask_redis: bool = True) -> list[dict[str, Any]]:
    """Return the sources in use as plain JSON values, in the order of QUOTE_SOURCES.

    What Redis keeps (`breaker` to `latency`) is None while it is away, or where it is not asked.
    """
    configured = configured_sources()
    known = SourceHealth.objects.in_bulk(list(configured))
    return [
        _health(known.get(name) or SourceHealth(name=name))
        | _abilities(source)
        | (_gate(name, source) | _recent(name) if ask_redis else UNKNOWN_GATE | UNKNOWN_RECENT)
        for name, source in configured.items()
    ]


def _health(health: SourceHealth) -> dict[str, Any]:
    return {
        "name": health.name,
        "state": health.state,
        "last_ok": moment(health.last_ok),
        "error_rate": round(health.error_rate, 4),
        "latency_ms": None if health.latency_ms is None else round(health.latency_ms, 1),
        "last_error": health.last_error,
        "last_error_at": moment(health.last_error_at),
    }


def _abilities(source: Source) -> dict[str, Any]:
    return {
        "markets": [market.value for market in Market if market in source.markets],
        "delays": {market.value: delay for market, delay in source.delays.items()},
        "batch_size": source.batch_size,
    }


def _gate(name: str, source: Source) -> dict[str, Any]:
    """`breaker`: `closed`, `open` for `retry_in` more seconds, or `half-open`."""
    if source.limits is None:
        return UNKNOWN_GATE
    try:
        state = Gate(name, source.limits).state()
    except RedisError:
        return UNKNOWN_GATE
    return {
        "breaker": state.breaker,
        "retry_in": round(state.retry_in, 1),
        "budget": state.budget,
        "budget_left": state.budget_left,
    }


def _recent(name: str) -> dict[str, Any]:
    """`success_rate` and `latency`, milliseconds by percent, of the newest requests."""
    try:
        newest = latencies.recent(name)
    except RedisError:
        return UNKNOWN_RECENT
    percentiles = zip(latencies.PERCENTS, newest.latencies, strict=False)
    return {
        "success_rate": newest.success_rate,
        "latency": {f"p{percent}": value for percent, value in percentiles} or None,
    }
