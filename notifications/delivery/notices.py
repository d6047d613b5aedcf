"""What people are told about the service itself, beside their own alerts."""

from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from notifications.delivery.dispatch import Draft, Text, notify
from notifications.models import Destination
from notifications.models.destination import transport_choices
from notifications.severity import Severity

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

DISABLED, FAILING, FAULT = "destination_off", "destination_failing", "delivery_fault"
KINDS = (
    (DISABLED, _("A destination is off")),
    (FAILING, _("A destination fails")),
    (FAULT, _("Messages cannot be sent")),
)
"""The kinds of what is told about destinations themselves, with their labels."""


def tell_staff(
    kind: str, key: str, title: Text, body: Text, url: str, severity: Severity = Severity.NORMAL
) -> None:
    """Notify each active member of staff, inside the open transaction; once for a key."""
    staff = get_user_model().objects.filter(is_staff=True, is_active=True).order_by("pk")
    notify(
        [
            Draft(
                user_id=user_id,
                key=f"{kind}:{key}",
                kind=kind,
                severity=severity,
                title=title,
                body=body,
                url=url,
            )
            for user_id in staff.values_list("pk", flat=True)
        ]
    )


def tell_of_disabled(destination: Destination, why: str, now: datetime) -> None:
    """Tell a user that a destination was turned off, inside the open transaction."""
    _tell_user(
        destination,
        DISABLED,
        now.isoformat(),
        _("{name} ({kind}) is turned off"),
        format_lazy(
            _("It refused several messages in a row: {why}. Mend it and turn it on again."),
            why=why,
        ),
    )


def tell_of_failing(destination: Destination, why: str) -> None:
    """Tell a user that a destination takes no messages, inside the open transaction.

    Once until it takes one again.
    """
    _tell_user(
        destination,
        FAILING,
        f"failing:{destination.last_ok_at or ''}",
        _("{name} ({kind}) takes no messages"),
        format_lazy(_("It has failed for a while: {why}. What waits is tried for a day."), why=why),
    )


def _tell_user(
    destination: Destination, kind: str, key: str, title: "StrOrPromise", body: Text
) -> None:
    """Tell a user of a destination, by all others; once for a key."""
    notify(
        [
            Draft(
                user_id=destination.user_id,
                key=f"destination:{destination.pk}:{key}",
                kind=kind,
                severity=Severity.URGENT,
                not_to=destination.pk,
                title=format_lazy(title, name=destination.name, kind=_way(destination)),
                body=body,
                url="/destinations/",
            )
        ]
    )


def tell_of_fault(destination: Destination, fault: Text) -> None:
    """Tell staff that this server's settings keep a way from sending, inside the open transaction.

    Once until a message goes that way again; in the hour after that no second time.
    """
    with override("en"):
        name = sha256(str(fault).encode()).hexdigest()[:16]
    last_ok = Destination.objects.last_ok_of(destination.kind)
    since = f"{last_ok:%Y-%m-%dT%H}" if last_ok else ""
    tell_staff(
        FAULT,
        f"{destination.kind}:{name}:{since}",
        format_lazy(_("No message goes out by {kind}"), kind=_way(destination)),
        format_lazy(_("{fault} What waits is sent once that is mended."), fault=fault),
        "/admin/notifications/destination/",
        Severity.URGENT,
    )


def _way(destination: Destination) -> Text:
    label: Text = dict(transport_choices()).get(destination.kind, destination.kind)
    return label
