"""What is known of log-ins and tokens beside what Django and knox keep of them."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class LogIn(models.Model):
    """A session that somebody has logged in with: on which device, and when it was last used."""

    session_key = models.CharField(max_length=40, unique=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="log_ins",
        verbose_name=_("user"),
    )
    agent = models.CharField(_("browser"), max_length=300, blank=True)
    """What the browser called itself, as it did when it was last seen."""
    address = models.CharField(_("address"), max_length=45, blank=True)
    created_at = models.DateTimeField(_("logged in"), default=timezone.now)
    seen_at = models.DateTimeField(_("last seen"), default=timezone.now)

    class Meta:
        verbose_name = _("log-in")
        verbose_name_plural = _("log-ins")
        indexes = [models.Index(fields=["user", "-seen_at"], name="log_in_user")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.agent[:40]}"


class NamedToken(models.Model):
    """What its user calls a token, and when a program last came with it."""

    token = models.OneToOneField(
        settings.KNOX_TOKEN_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="named",
        verbose_name=_("token"),
    )
    name = models.CharField(_("name"), max_length=80)
    used_at = models.DateTimeField(_("last used"), null=True, blank=True)

    class Meta:
        verbose_name = _("named token")
        verbose_name_plural = _("named tokens")

    def __str__(self) -> str:
        return self.name


class Tour(models.Model):
    """How far a user has come in the first minutes; without a monitor: they are still to begin."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="tour",
        verbose_name=_("user"),
    )
    monitor = models.BigIntegerField(_("monitor"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("tour")
        verbose_name_plural = _("tours")

    def __str__(self) -> str:
        return f"{self.user_id}: {self.monitor}"
