"""The end of an account: everything that is the user's goes, in an order that bears a crash.

What is much goes in slices of its own, so that no quote waits for a lock. Whoever is interrupted
still has the account and can press the button again.
"""

from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Model, QuerySet
from knox.models import get_token_model

from monitors import lifecycle
from monitors.models import Monitor
from notifications.models import Delivery, Destination, Notification, Wording
from stockwatch.account import log_ins, tokens

SLICE = 2000


def counts(user: User) -> dict[str, int]:
    """Return how much there is of each sort."""
    return {
        "monitors": Monitor.objects.of(user.pk).count(),
        "notifications": Notification.objects.for_user(user.pk).count(),
        "destinations": Destination.objects.of(user.pk).count(),
        "deliveries": Delivery.objects.of(user.pk).count(),
        "wordings": Wording.objects.filter(user=user).count(),
        "tokens": tokens.of(user.pk).count(),
    }


def is_last_admin(user: User) -> bool:
    """Tell whether nobody else could look after this server."""
    admins = User.objects.filter(is_active=True, is_superuser=True)
    return user.is_superuser and not admins.exclude(pk=user.pk).exists()


def leave(user: User) -> None:
    """Delete an account.

    1. Its log-ins and tokens end, so its sockets close and no program adds anything.
    2. Its monitors go through their one door, each disarmed: nothing fires any more.
    3. Deliveries and notifications go, in slices.
    4. The user goes, with what is left.
    """
    log_ins.end_others(user.pk, None)
    get_token_model().objects.filter(user=user).delete()
    lifecycle.delete(Monitor.objects.of(user.pk).order_by("instrument_id", "pk"))
    _delete(Delivery.objects.of(user.pk))
    _delete(Notification.objects.for_user(user.pk))
    with transaction.atomic():
        user.delete()


def _delete(rows: QuerySet[Any]) -> None:
    model: type[Model] = rows.model
    while keys := list(rows.order_by("pk").values_list("pk", flat=True)[:SLICE]):
        with transaction.atomic():
            model._base_manager.filter(pk__in=keys).delete()  # noqa: SLF001
