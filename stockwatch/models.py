"""What belongs to a user and to no app: how the pages look and sound."""

from typing import Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from stockwatch.audit.models import AuditEntry
from stockwatch.zones import check_zone

__all__ = ["AuditEntry", "Colours", "Preferences", "Sound", "Theme"]


class Theme(models.TextChoices):
    """How light a page is."""

    AUTO = "auto", _("As the device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class Colours(models.TextChoices):
    """Which way of a price is red."""

    AUTO = "auto", _("As usual for the language")
    RED_UP = "red-up", _("Red up, green down")
    GREEN_UP = "green-up", _("Green up, red down")


class Sound(models.TextChoices):
    """Which notifications are heard in an open page."""

    OFF = "off", _("None")
    STOPS = "stops", _("Stop-losses")
    ALL = "all", _("All")


class Preferences(models.Model):
    """How a user wants to see and hear Stockwatch. Who never chose has no row.

    The language is kept in `Inbox.language`, as notifications are worded in it too; visitors have
    a cookie.
    """

    language = ""
    """Read along with the rest; "" where none was chosen yet."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        primary_key=True,
        related_name="preferences",
        verbose_name=_("user"),
    )
    zone = models.CharField(
        _("time zone"), max_length=64, blank=True, default="", validators=[check_zone]
    )
    theme = models.CharField(_("theme"), max_length=8, choices=Theme, default=Theme.AUTO)
    colours = models.CharField(_("colours"), max_length=8, choices=Colours, default=Colours.AUTO)
    sound = models.CharField(_("sound"), max_length=8, choices=Sound, default=Sound.OFF)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    """Of open pages; destinations have hours of their own."""
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)
    quiet_lets_urgent = models.BooleanField(_("urgent ones at any time"), default=True)

    class Meta:
        verbose_name = _("preferences")
        verbose_name_plural = _("preferences")

    def __str__(self) -> str:
        return str(self.user)

    @classmethod
    def of(cls, user_id: int | None) -> Self:
        """Return what a user chose; the defaults where that is nothing. One query."""
        users = get_user_model().objects.select_related("preferences", "inbox")
        user = users.filter(pk=user_id).first() if user_id else None
        chosen: Self = getattr(user, "preferences", None) or cls(pk=user_id)
        chosen.language = getattr(getattr(user, "inbox", None), "language", "")
        return chosen

    @property
    def zone_info(self) -> ZoneInfo:
        """The zone in which the user reads times: the server's where none was chosen."""
        return ZoneInfo(self.zone or settings.TIME_ZONE)

    @property
    def quiet_hours(self) -> str:
        """When open pages make no sound and show no notices, "22:00-07:00"; "" for never."""
        if self.quiet_from is None or self.quiet_until is None:
            return ""
        return f"{self.quiet_from:%H:%M}-{self.quiet_until:%H:%M}"

    @property
    def colours_shown(self) -> str:
        """The colours of this page: where none were chosen, rises are red in Chinese alone."""
        if self.colours != Colours.AUTO:
            return self.colours
        return Colours.RED_UP if (get_language() or "").startswith("zh") else Colours.GREEN_UP
