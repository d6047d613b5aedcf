"""What was said, and to whom. The log is the truth: gap-free by user, written once."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications.severity import Severity
from stockwatch.rowset import Rowset, slices

MAX_SEQ = 2**63 - 1
"""No number is larger: what asks for one beyond it asks for nothing that can be."""


HEADS = Rowset("incoming", {"user_id": "bigint", "head": "bigint"})
KEYS = Rowset("events", {"user_id": "bigint", "key": "text"})
USERS = Rowset("wanted", {"user_id": "bigint"})
UPDATE_ANNOUNCED = """UPDATE notifications_inbox SET announced = i.head
    FROM incoming i WHERE notifications_inbox.user_id = i.user_id
    AND notifications_inbox.announced < i.head"""


class InboxQuerySet(models.QuerySet["Inbox"]):
    """Sentences about inboxes."""

    def locked_for(self, user_ids: Iterable[int]) -> "list[Inbox]":
        """Return the users' inboxes, made where missing, locked in user order.

        The order keeps two transactions that tell overlapping users from waiting for each other.
        """
        wanted = sorted(set(user_ids))
        known = self.heads_of(wanted)
        self.bulk_create(
            [Inbox(user_id=user_id) for user_id in wanted if user_id not in known],
            ignore_conflicts=True,
        )
        return [
            inbox
            for some in slices(wanted)
            for inbox in self.filter(pk__in=some).order_by("pk").select_for_update()
        ]

    def mark_announced(self, heads: dict[int, int]) -> None:
        """Note that every notification up to these numbers has been published, by user."""
        if not heads:
            return
        with transaction.atomic():
            # Locked in user order, as everywhere; an UPDATE would lock in an order of its own.
            list(self.filter(pk__in=heads).order_by("pk").select_for_update().values_list("pk"))
            HEADS.run(f"WITH {HEADS.cte()} {UPDATE_ANNOUNCED}", list(heads.items()))

    def move_heads(self, inboxes: "Iterable[Inbox]") -> None:
        """Write the heads of inboxes that are locked."""
        rows = [(inbox.pk, inbox.head) for inbox in inboxes]
        HEADS.update("notifications_inbox", rows)

    def head_of(self, user_id: int) -> int:
        """Return a user's newest number; 0 where nothing was ever said."""
        return self.filter(pk=user_id).values_list("head", flat=True).first() or 0

    def standing_of(self, user_id: int) -> tuple[int, int]:
        """Return a user's newest number and how many up to it are unread, as of one moment.

        What comes in afterwards has a higher number: the socket tells it.
        """
        mine = Notification.objects.filter(user=models.OuterRef("pk")).unread()
        counted = mine.filter(seq__lte=models.OuterRef("head")).order_by().values("user")
        unread = models.Subquery(counted.annotate(n=models.Count("*")).values("n"))
        found = self.filter(pk=user_id).annotate(unread=unread).values_list("head", "unread")
        head, count = found.first() or (0, 0)
        return head, count or 0

    def language_of(self, user_id: int) -> str:
        """Return the language that a user reads."""
        chosen = self.filter(pk=user_id).values_list("language", flat=True).first()
        return chosen or settings.LANGUAGE_CODE

    def heads_of(self, user_ids: Iterable[int]) -> dict[int, int]:
        """Return users' newest numbers; those to whom nothing was ever said are left out."""
        heads = USERS.probing("notifications_inbox", ("user_id", "head"), "t.user_id = r.user_id")
        rows = [(user_id,) for user_id in user_ids]
        return {row[0]: row[1] for row in USERS.run(f"WITH {USERS.cte()} {heads}", rows)}

    def with_lost_hints(self) -> "models.QuerySet[Inbox]":
        """Inboxes whose newest notification was written but never published."""
        return self.filter(announced__lt=models.F("head"))


class Inbox(models.Model):
    """A user's numbering: the row whose lock makes `seq` gap-free."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="inbox",
        verbose_name=_("user"),
    )
    head = models.PositiveBigIntegerField(_("newest number"), default=0)
    announced = models.PositiveBigIntegerField(_("published up to"), default=0)
    language = models.CharField(_("language"), max_length=10, blank=True)

    objects = InboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("inbox")
        verbose_name_plural = _("inboxes")

    def __str__(self) -> str:
        return f"{self.user_id}: {self.head}"


class NotificationQuerySet(models.QuerySet["Notification"]):
    """Sentences about the log."""

    def for_user(self, user_id: int) -> "NotificationQuerySet":
        """One user's notifications."""
        return self.filter(user_id=user_id)

    def of_monitor(self, user_id: int, monitor: int) -> "NotificationQuerySet":
        """What a user was told about one monitor, newest first."""
        return self.for_user(user_id).filter(monitor=monitor).order_by("-seq")

    def after(self, seq: int) -> "NotificationQuerySet":
        """Those behind a number, oldest first."""
        return self.filter(seq__gt=seq).order_by("seq")

    def ids_of(self, written: "Iterable[Notification]") -> dict[tuple[int, str], int]:
        """Return the ids of rows that were just written, by user and key."""
        found = KEYS.probing(
            "notifications_notification",
            ("user_id", "key", "id"),
            "t.user_id = r.user_id AND t.key = r.key",
        )
        rows = KEYS.run(f"WITH {KEYS.cte()} {found}", [(one.user_id, one.key) for one in written])
        return {(row[0], row[1]): row[2] for row in rows}

    def unread(self) -> "NotificationQuerySet":
        """Those that the user has not read on any device."""
        return self.filter(read_at=None)

    def pressing(self) -> "NotificationQuerySet":
        """The unread ones that stay in sight until they are read: every stop-loss is urgent."""
        return self.unread().filter(severity=Severity.URGENT)

    def within(self, begin: Any, end: Any) -> "NotificationQuerySet":
        """Those that were written from one time up to before another; None is no bound."""
        rows = self if begin is None else self.filter(created_at__gte=begin)
        return rows if end is None else rows.filter(created_at__lt=end)

    def read_now(self) -> int:
        """Mark these as read; return how many were not yet."""
        return self.unread().update(read_at=timezone.now())

    def mark_read(self, user_id: int, up_to: int) -> int:
        """Mark the user's notifications up to a number as read; return how many were not yet."""
        return self.for_user(user_id).filter(seq__lte=up_to).read_now()

    def prune(self, before: Any, batch: int = 5000) -> int:
        """Delete what was created before a time, some thousand rows at a go; return how many."""
        pruned = 0
        while True:
            with transaction.atomic():
                oldest = self.filter(created_at__lt=before).order_by("created_at")[:batch]
                deleted, _rows = self.filter(
                    pk__in=list(oldest.values_list("pk", flat=True))
                ).delete()
            pruned += deleted
            if deleted < batch:
                return pruned


class Notification(models.Model):
    """One thing that a user was told. It carries all it needs and outlives its monitor."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="notifications",
        verbose_name=_("user"),
    )
    seq = models.PositiveBigIntegerField(_("number"))
    key = models.CharField(_("key"), max_length=100)
    kind = models.CharField(_("kind"), max_length=40)
    severity = models.PositiveSmallIntegerField(
        _("severity"), choices=Severity.choices, default=Severity.NORMAL
    )
    monitor = models.BigIntegerField(_("monitor"), null=True, blank=True)
    rule = models.BigIntegerField(_("rule"), null=True, blank=True)
    symbol = models.CharField(_("symbol"), max_length=20, blank=True)
    name = models.CharField(_("name"), max_length=100, blank=True)
    price = models.CharField(_("price"), max_length=32, blank=True)
    level = models.CharField(_("level"), max_length=32, blank=True)
    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(_("text"), blank=True)
    url = models.CharField(_("link"), max_length=300, blank=True)
    data = models.JSONField(_("details"), default=dict, blank=True)
    quote_at = models.DateTimeField(_("quote time"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, db_index=True)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints = [
            models.UniqueConstraint(fields=["user", "seq"], name="notification_seq"),
            # What makes a retry harmless: the same event has the same key.
            models.UniqueConstraint(fields=["user", "key"], name="notification_key"),
        ]
        indexes = [
            models.Index(
                fields=["user", "seq"], name="notification_unread", condition=models.Q(read_at=None)
            ),
            models.Index(
                fields=["user", "seq"],
                name="notification_pressing",
                condition=models.Q(read_at=None, severity=Severity.URGENT),
            ),
            models.Index(fields=["user", "monitor", "seq"], name="notification_monitor"),
            models.Index(fields=["user", "symbol", "seq"], name="notification_symbol"),
        ]

    def __str__(self) -> str:
        return f"{self.seq}: {self.title}"
