"""What was deleted a moment ago, so that its user can have it back."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

UNDO_FOR = timedelta(minutes=1)
"""How long a page offers to undo."""
KEPT_FOR = timedelta(minutes=5)
"""How long it works: who is slow to press, or whose clock is slow, is not told that it is late."""


class DeletedMonitorQuerySet(models.QuerySet["DeletedMonitor"]):
    """Sentences about what was deleted."""

    def of(self, owner_id: int | None, batch: str) -> "DeletedMonitorQuerySet":
        """What one user deleted at one go."""
        return self.filter(owner_id=owner_id, batch=batch)

    def restorable(self, now: datetime) -> "DeletedMonitorQuerySet":
        """What can still be had back."""
        return self.filter(deleted_at__gt=now - KEPT_FOR)

    def prune(self, now: datetime) -> int:
        """Forget what can no longer be had back; return how many."""
        return self.filter(deleted_at__lte=now - KEPT_FOR).delete()[0]


class DeletedMonitor(models.Model):
    """A deleted monitor with its rules, as plain values.

    A copy, and no mark on the monitor itself: what is deleted is in no table that anything watches
    by. It keeps the ids, which no other row is ever given, so that notifications find it again.
    """

    id = models.BigIntegerField(primary_key=True)
    """That of the monitor."""
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("user")
    )
    batch = models.CharField(max_length=32)
    """What was deleted at one go comes back at one go."""
    content = models.JSONField()
    deleted_at = models.DateTimeField(_("deleted"), default=timezone.now, db_index=True)

    objects = DeletedMonitorQuerySet.as_manager()

    class Meta:
        verbose_name = _("deleted monitor")
        verbose_name_plural = _("deleted monitors")
        indexes = [models.Index(fields=["owner", "batch"], name="deleted_batch")]

    def __str__(self) -> str:
        return f"{self.content.get('symbol', '')} ({self.pk})"
