"""How the monitoring service is doing, in one look (contract §4)."""

from typing import Any

from django.conf import settings
from django.utils import timezone

from monitors.life import RuleState
from monitors.market import Market
from monitors.models import CalendarOverride, Monitor, Rule, Service, SourceHealth, Sweep
from monitors.polling import markets_always_open
from notifications.socket.census import open_connections
from notifications.wire import moment


def service_state() -> dict[str, Any]:
    """Return whether the service runs, and since when."""
    service = Service.state()
    return {"running": service.running, "since": moment(service.since)}


def status() -> dict[str, Any]:
    """Return the whole state as plain JSON values."""
    return service_state() | {
        "last_sweep": _last_sweep(),
        "sources": _sources(),
        "markets": _markets(),
        "monitors": Monitor.objects.active().count(),
        "armed_rules": Rule.objects.filter(state=RuleState.ARMED).count(),
        "connections": open_connections(),
        "warnings": CalendarOverride.objects.calendar().warnings(timezone.now()),
    }


def _last_sweep() -> dict[str, Any] | None:
    sweep = Sweep.objects.last_finished()
    if sweep is None:
        return None
    return {
        "at": moment(sweep.started_at),
        "instruments": sweep.instruments,
        "quotes": sweep.quotes,
        "fired": sweep.fired,
        "seconds": sweep.seconds,
    }


def _sources() -> list[dict[str, Any]]:
    """The configured sources, in order of preference."""
    known = SourceHealth.objects.in_bulk(settings.QUOTE_SOURCES)
    health = [known.get(name) or SourceHealth(name=name) for name in settings.QUOTE_SOURCES]
    return [
        {
            "name": source.name,
            "state": source.state,
            "last_ok": moment(source.last_ok),
            "error_rate": round(source.error_rate, 4),
            "latency_ms": None if source.latency_ms is None else round(source.latency_ms, 1),
            "last_error": source.last_error if source.state == "failing" else "",
        }
        for source in health
    ]


def _markets() -> list[dict[str, Any]]:
    now, calendar, always_open = (
        timezone.now(),
        CalendarOverride.objects.calendar(),
        markets_always_open(),
    )
    return [
        {"market": market.value, "open": True, "next_change": None}
        if market in always_open
        else {
            "market": market.value,
            "open": calendar.is_open(market, now),
            "next_change": moment(calendar.next_change(market, now)),
        }
        for market in Market
    ]
