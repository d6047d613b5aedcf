"""The front page: every dashboard in short, for those who may see what it tells."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from monitors.models import Monitor, Service
from monitors.polling.status import status
from notifications.delivery.figures import delivery_state
from notifications.socket.census import by_user
from stockwatch.audit.models import AuditEntry
from stockwatch.console.bars import Column, Line, columns, lines
from stockwatch.console.failing import troubled
from stockwatch.console.firing import Firing, firing
from stockwatch.status.store import look
from stockwatch.status.words import source_state

NEWEST = 8


def front(request: HttpRequest) -> dict[str, Any]:
    """Return what the front page shows beside the lists."""
    return {
        name: look(request)
        for name, (permission, look) in _PANELS.items()
        if request.user.has_perm(permission)
    }


def hours_of(fired: Firing) -> list[Column]:
    """Return the hours as bars, each labelled in the reader's zone."""
    return columns(
        [(date_format(timezone.localtime(hour), "m-d H:i"), count) for hour, count in fired.by_hour]
    )


def _fires(_request: HttpRequest) -> dict[str, Any]:
    fired = firing(1)
    return {"total": fired.total, "hours": hours_of(fired), "at": fired.at}


def _deliveries(_request: HttpRequest) -> dict[str, Any]:
    return delivery_state(timezone.now()) | {"troubled": len(troubled())}


def _people(_request: HttpRequest) -> dict[str, Any]:
    users, sockets = get_user_model()._default_manager, by_user()  # noqa: SLF001
    return {
        "users": users.filter(is_active=True).count(),
        "monitors": Monitor.objects.active().count(),
        "online": len(sockets),
        "sockets": sum(sockets.values()),
    }


def _sources(_request: HttpRequest) -> dict[str, Any]:
    """How the sources fare, and how much of their budgets is used."""
    state = status(ask_redis=look() is not None)
    for source in state["sources"]:
        source["style"], source["word"] = source_state(source)
        source["errors"] = source["error_rate"] * 100
        budget, left = source["budget"], source["budget_left"]
        source["used"] = None if not budget else round((budget - left) * 100 / budget)
    return {"sources": state["sources"], "running": Service.state().running}


def _deeds(_request: HttpRequest) -> list[AuditEntry]:
    return list(AuditEntry.objects.order_by("-pk")[:NEWEST])


_PANELS: dict[str, tuple[str, Callable[[HttpRequest], Any]]] = {
    "fires": ("notifications.view_notification", _fires),
    "deliveries": ("notifications.view_delivery", _deliveries),
    "people": ("auth.view_user", _people),
    "watching": ("monitors.view_sourcehealth", _sources),
    "deeds": ("stockwatch.view_auditentry", _deeds),
}


def kinds_of(fired: Firing, labels: dict[str, Any]) -> list[Line]:
    """Return the kinds as bars that lead to their notifications."""
    address = reverse("admin:notifications_notification_changelist")
    return lines(
        (str(labels.get(kind, kind)), count, f"{address}?kind={kind}")
        for kind, count in fired.by_kind
    )


def symbols_of(fired: Firing) -> list[Line]:
    """Return the stocks as bars that lead to their notifications."""
    address = reverse("admin:notifications_notification_changelist")
    return lines(
        (f"{name} {symbol}".strip(), count, f"{address}?q={symbol}")
        for symbol, name, count in fired.by_symbol
    )


def users_of(fired: Firing) -> list[Line]:
    """Return the users as bars that lead to their accounts."""
    return lines(
        (name or _("nobody"), count, reverse("admin:auth_user_change", args=[pk]))
        for pk, name, count in fired.by_user
    )
