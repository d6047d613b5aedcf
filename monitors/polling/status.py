"""How the monitoring service is doing, in one look (contract §4)."""

from typing import Any

from django.utils import timezone

from monitors.asking.source_states import source_states
from monitors.kinds import preferred_sources
from monitors.life import RuleState
from monitors.market import Market
from monitors.models import CalendarOverride, Monitor, Rule, Service, Sweep
from monitors.polling import markets_always_open
from notifications.delivery.figures import delivery_state
from notifications.socket.census import open_connections
from notifications.wire import moment


def service_state() -> dict[str, Any]:
    """Return whether the service runs, and since when."""
    service = Service.state()
    return {"running": service.running, "since": moment(service.since)}


def status(*, ask_redis: bool = True) -> dict[str, Any]:
    """Return the whole state as plain JSON values.

    Who knows that Redis does not answer has it not asked: each question would wait for its time.
    """
    return service_state() | {
        "last_sweep": _last_sweep(),
        "sources": source_states(ask_redis=ask_redis),
        "markets": _markets(),
        "monitors": Monitor.objects.active().count(),
        "armed_rules": Rule.objects.filter(state=RuleState.ARMED).count(),
        "connections": open_connections() if ask_redis else 0,
        "deliveries": delivery_state(timezone.now()),
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
        "postponed": sweep.postponed,
    }


def _markets() -> list[dict[str, Any]]:
    now, calendar, always_open = (
        timezone.now(),
        CalendarOverride.objects.calendar(),
        markets_always_open(),
    )
    return [
        {
            "market": market.value,
            "open": market in always_open or calendar.is_open(market, now),
            "next_change": None
            if market in always_open
            else moment(calendar.next_change(market, now)),
            "sources": list(preferred_sources(market)),
        }
        for market in Market
    ]
