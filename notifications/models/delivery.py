"""The outbox: one row a notification and destination, and a row for each try."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta, tzinfo

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications.models.destination import Destination, DestinationQuerySet
from notifications.models.log import Notification


class DeliveryState(models.TextChoices):
    """Where a delivery is in its life."""

    PENDING = "pending", _("Pending")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    """For good: refused, or tried for too long. It can be sent again by hand."""
    SKIPPED = "skipped", _("Not needed")
    """It would have told what was read before it was due."""


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Sentences about deliveries."""

    def of(self, user_id: int | None) -> "DeliveryQuerySet":
        """Those of one user's notifications."""
        return self.filter(user=user_id)

    def pending(self) -> "DeliveryQuerySet":
        """Those that are still to be sent."""
        return self.filter(state=DeliveryState.PENDING)

    def failed(self) -> "DeliveryQuerySet":
        """Those that ended without having been taken."""
        return self.filter(state=DeliveryState.FAILED)

    def ended(self) -> "DeliveryQuerySet":
        """Those that were sent, failed, or were not needed."""
        return self.exclude(state=DeliveryState.PENDING)

    def count_by_user(self) -> list[tuple[int, int]]:
        """How many each user has."""
        return list(self.order_by().values_list("user").annotate(Count("pk")))

    def of_day(self, day: date, zone: tzinfo) -> "DeliveryQuerySet":
        """Those of notifications that a day of that zone brought."""
        begin = datetime.combine(day, time.min, zone)
        end = datetime.combine(day + timedelta(days=1), time.min, zone)
        return self.filter(notification__created_at__gte=begin, notification__created_at__lt=end)

    def with_all(self) -> "DeliveryQuerySet":
        """Everything that showing a delivery needs, in two queries for any number of them."""
        return self.select_related("notification", "destination").prefetch_related("tries")

    def waiting(self) -> "DeliveryQuerySet":
        """Pending ones that nobody has to do anything for: those to destinations that are on."""
        return self.pending().filter(destination__enabled=True)

    def ended_since(self, moment: datetime) -> "DeliveryQuerySet":
        """Those that were sent, failed or were skipped then or later."""
        return self.filter(ended_at__gte=moment)

    def due(self, now: datetime) -> "DeliveryQuerySet":
        """Those that may be sent now."""
        return self.pending().filter(due_at__lte=now)

    def to_send(self, destination: Destination, now: datetime, most: int) -> "list[Delivery]":
        """What is due to a destination: a begun batch, then the gravest, each as it happened."""
        due = self.due(now).filter(destination=destination).select_related("notification")
        begun_first = F("batch").asc(nulls_last=True)
        return list(due.order_by(begun_first, "-severity", "notification__seq")[:most])

    def begin(self, deliveries: "Iterable[Delivery]", batch: uuid.UUID, now: datetime) -> None:
        """Note that they are about to be sent together, so that a repeat is the same message."""
        pks = [one.pk for one in deliveries]
        self.pending().filter(pk__in=pks).update(batch=batch, attempts=F("attempts") + 1)
        self.note_tried(deliveries, now)

    def note_tried(self, deliveries: "Iterable[Delivery]", now: datetime) -> None:
        """Note since when they are tried."""
        new = [one for one in deliveries if one.first_tried_at is None]
        self.pending().filter(pk__in=[one.pk for one in new]).update(first_tried_at=now)
        for one in new:
            one.first_tried_at = now

    def postpone(self, deliveries: "Iterable[Delivery]", until: datetime) -> None:
        """Send them no sooner than then."""
        self.pending().filter(pk__in=[one.pk for one in deliveries]).update(due_at=until)

    def afresh(self) -> int:
        """Have them tried as if nobody had tried yet; return how many that are."""
        return self.pending().update(first_tried_at=None)

    def overtaken(self, before: datetime) -> "DeliveryQuerySet":
        """Those that have waited since before then for a destination that is off."""
        return self.pending().filter(destination__enabled=False, created_at__lt=before)

    def end(
        self, deliveries: "Iterable[Delivery]", state: str, now: datetime, why: str = ""
    ) -> int:
        """Give pending ones their last state; return how many that were."""
        return self.filter(pk__in=[one.pk for one in deliveries]).end_all(state, now, why)

    def end_all(self, state: str, now: datetime, why: str = "") -> int:
        """Give all of these that are pending their last state; return how many that were."""
        return self.pending().update(state=state, ended_at=now, last_error=why[:300], batch=None)

    def again(self, now: datetime) -> int:
        """Send ended ones once more; return how many that were."""
        return self.ended().update(
            state=DeliveryState.PENDING,
            due_at=now,
            created_at=now,
            first_tried_at=None,
            by_hand=True,
            ended_at=None,
            only_if_unread=False,
            batch=None,
        )


class Delivery(models.Model):
    """One notification on its way to one destination."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    notification = models.ForeignKey(
        Notification,
        on_delete=models.CASCADE,
        related_name="deliveries",
        verbose_name=_("notification"),
    )
    destination = models.ForeignKey(
        Destination,
        on_delete=models.CASCADE,
        related_name="deliveries",
        verbose_name=_("destination"),
    )
    state = models.CharField(
        _("state"), max_length=10, choices=DeliveryState.choices, default=DeliveryState.PENDING
    )
    severity = models.PositiveSmallIntegerField(default=2)
    due_at = models.DateTimeField(_("due"), default=timezone.now)
    only_if_unread = models.BooleanField(_("only if unread"), default=False)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    batch = models.UUIDField(null=True, blank=True, editable=False)
    """The message that it was last part of, while nobody knows whether that arrived."""
    first_tried_at = models.DateTimeField(null=True, blank=True, editable=False)
    """Since when it is tried; what waited before that for its hour is no failure."""
    by_hand = models.BooleanField(default=False, editable=False)
    """Somebody wants it sent now: quiet hours do not hold it."""
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(
                fields=["notification", "destination"], name="one_delivery_a_destination"
            )
        ]
        indexes = [
            models.Index(
                fields=["destination", "due_at"],
                name="delivery_due",
                condition=models.Q(state="pending"),
            ),
            models.Index(fields=["user", "-id"], name="delivery_user"),
            models.Index(
                fields=["ended_at"],
                name="delivery_ended",
                condition=models.Q(ended_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notification_id} → {self.destination_id}: {self.state}"

    def tried_since(self, before: datetime) -> bool:
        """Whether it has been tried in vain since before then."""
        return self.first_tried_at is not None and self.first_tried_at < before


def ready(now: datetime) -> DestinationQuerySet:
    """The destinations that are free and have something to send."""
    mine = Delivery.objects.due(now).filter(destination=OuterRef("pk"))
    return Destination.objects.free(now).filter(Exists(mine))


def with_pending(destinations: QuerySet[Destination]) -> QuerySet[Destination]:
    """Give each destination `pending`: how many of its deliveries are still to be sent."""
    mine = Delivery.objects.pending().filter(destination=OuterRef("pk")).order_by()
    count = mine.values("destination").annotate(count=Count("*")).values("count")
    return destinations.annotate(pending=Coalesce(Subquery(count), 0))


class Attempt(models.Model):
    """One try to send a delivery, and what the service said."""

    delivery = models.ForeignKey(
        Delivery, on_delete=models.CASCADE, related_name="tries", verbose_name=_("delivery")
    )
    at = models.DateTimeField(_("at"), default=timezone.now)
    latency_ms = models.PositiveIntegerField(_("latency (ms)"))
    ok = models.BooleanField(_("taken"))
    error = models.CharField(_("error"), max_length=300, blank=True)
    answer = models.CharField(_("answer"), max_length=300, blank=True)
    together = models.PositiveSmallIntegerField(_("notifications in the message"), default=1)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.at}: {self.error or self.answer}"


class UsedLink(models.Model):
    """A link of a message that has done what it was for (see notifications.links)."""

    notification = models.ForeignKey(Notification, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=40)
    used_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("used link")
        verbose_name_plural = _("used links")
        constraints = [
            models.UniqueConstraint(fields=["notification", "name"], name="one_use_a_link")
        ]

    def __str__(self) -> str:
        return f"{self.notification_id} {self.name}"
