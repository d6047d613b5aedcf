"""When a destination is used, in plain words."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications.models import Destination
from notifications.severity import Severity


def routing_words(destination: Destination, labels: Mapping[str, Any]) -> list[str]:
    """Return sentences that say what it is told, and when; `labels` are those of the kinds."""
    return [
        sentence
        for sentence in (
            _what(destination, labels),
            _delay(destination.escalate_after),
            _quiet(destination),
        )
        if sentence
    ]


def _what(destination: Destination, labels: Mapping[str, Any]) -> str:
    kinds = ", ".join(str(labels.get(name, name)) for name in destination.kinds)
    severity = Severity(destination.least_severity)
    if severity == Severity.INFO:
        return _("Only: %(kinds)s.") % {"kinds": kinds} if kinds else _("Everything.")
    named = {"kinds": kinds, "severity": severity.label}
    if kinds:
        return _("Only: %(kinds)s, from severity “%(severity)s” on.") % named
    return _("All kinds, from severity “%(severity)s” on.") % named


def _delay(minutes: int) -> str:
    if not minutes:
        return ""
    return ngettext(
        "Only what is still unread after %(count)d minute.",
        "Only what is still unread after %(count)d minutes.",
        minutes,
    ) % {"count": minutes}


def _quiet(destination: Destination) -> str:
    start, end = destination.quiet_from, destination.quiet_until
    if start is None or end is None:
        return ""
    hours = {"start": f"{start:%H:%M}", "end": f"{end:%H:%M}", "zone": destination.zone}
    if destination.quiet_lets_urgent:
        return _("Quiet from %(start)s to %(end)s (%(zone)s), but for urgent ones.") % hours
    return _("Quiet from %(start)s to %(end)s (%(zone)s).") % hours
