"""The log of what people did. It only grows, and is pruned by age."""

from datetime import datetime
from typing import Any, NoReturn

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Deed(models.TextChoices):
    """What was done."""

    CREATED = "created", _("Created")
    CHANGED = "changed", _("Changed")
    DELETED = "deleted", _("Deleted")
    RESTORED = "restored", _("Restored")
    PAUSED = "paused", _("Paused")
    SNOOZED = "snoozed", _("Paused for a time")
    RESUMED = "resumed", _("Resumed")
    EXPIRED = "expired", _("Expired")
    REARMED = "rearmed", _("Re-armed")
    STARTED = "started", _("Started")
    STOPPED = "stopped", _("Stopped")
    TURNED_ON = "turned_on", _("Turned on")
    TURNED_OFF = "turned_off", _("Turned off")
    SENT_AGAIN = "sent_again", _("Sent again")
    LOGGED_IN = "logged_in", _("Logged in")
    LOGGED_OUT = "logged_out", _("Logged out")
    REFUSED = "refused", _("Log-in refused")


class Via(models.TextChoices):
    """Which way somebody came."""

    PAGE = "page", _("Page")
    API = "api", _("API")
    ADMIN = "admin", _("Admin")
    LINK = "link", _("Link in a message")
    SYSTEM = "system", _("Stockwatch itself")


def deeds() -> list[tuple[str, Any]]:
    """Return what can be done. A callable, so that a new deed needs no migration."""
    return list(Deed.choices)


class GrowsOnlyError(Exception):
    """Somebody tried to change what was written."""


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    """Sentences about entries."""

    def concerning(self, user_id: int) -> "AuditEntryQuerySet":
        """What a user did, and what others did to what is the user's; the newest first."""
        return self.filter(Q(actor_id=user_id) | Q(owner_id=user_id)).order_by("-pk")

    def about(self, model: type[models.Model]) -> "AuditEntryQuerySet":
        """What was done to things of a sort; the newest first."""
        return self.filter(subject_type=model._meta.label_lower).order_by("-pk")  # noqa: SLF001

    def update(self, **_kwargs: Any) -> NoReturn:
        """Never: what was written stays."""
        raise GrowsOnlyError

    def delete(self) -> NoReturn:
        """Never: what was written is only pruned by age."""
        raise GrowsOnlyError

    def prune(self, before: datetime) -> int:
        """Forget what is older; return how much that was."""
        return self.filter(at__lt=before)._raw_delete(self.db)  # noqa: SLF001


class AuditEntry(models.Model):
    """One thing that somebody did. It names users and things, and outlives them."""

    at = models.DateTimeField(_("time"), default=timezone.now, db_index=True)
    # No foreign keys: an entry is about what may be gone, and is not changed by its going.
    actor_id = models.BigIntegerField(_("by (number)"), null=True, blank=True)
    actor = models.CharField(_("by"), max_length=150, blank=True)
    address = models.CharField(_("address"), max_length=45, blank=True)
    via = models.CharField(_("by way of"), max_length=10, choices=Via.choices)
    deed = models.CharField(_("what"), max_length=20, choices=deeds)
    subject_type = models.CharField(_("sort"), max_length=60)
    """A model, `monitors.monitor`."""
    subject_id = models.CharField(_("number"), max_length=40, blank=True)
    subject = models.CharField(_("of what"), max_length=200, blank=True)
    owner_id = models.BigIntegerField(_("whose"), null=True, blank=True)
    changes = models.JSONField(_("changes"), default=list, blank=True)
    """Lists of a field, what it was, and what it became. Never a secret."""

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit log")
        indexes = [
            models.Index(fields=["actor_id", "-id"], name="audit_actor"),
            models.Index(fields=["owner_id", "-id"], name="audit_owner"),
            models.Index(fields=["subject_type", "subject_id", "-id"], name="audit_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.actor}: {self.deed} {self.subject}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a new one; one that is written stays as it is."""
        if not self._state.adding:
            raise GrowsOnlyError
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Never."""
        raise GrowsOnlyError

    @property
    def told(self) -> list[tuple[str, str, str]]:
        """The changes in the reader's language: the field, what it was, what it became."""
        from stockwatch.audit.words import changes_of

        return changes_of(self)

    @property
    def what(self) -> str:
        """What was done to what, in the reader's language."""
        from stockwatch.audit.words import deed_of, sort_of

        return f"{sort_of(self)}: {deed_of(self)}"
