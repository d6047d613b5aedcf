"""What an admin knows better than the published calendars: typhoons, mourning, late notices."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from monitors.calendars import Calendar, OverrideKind
from monitors.market import Market


class CalendarOverrideQuerySet(models.QuerySet["CalendarOverride"]):
    """Reads as: the overrides' calendar."""

    def calendar(self) -> Calendar:
        """Return the calendar with these overrides, by one query."""
        rows = self.values_list("market", "date", "kind")
        return Calendar({(Market(market), day): OverrideKind(kind) for market, day, kind in rows})


class CalendarOverride(models.Model):
    """One day of one market that differs from the published calendar."""

    market = models.CharField(_("market"), max_length=2, choices=Market.choices)
    date = models.DateField(_("date"), help_text=_("The market's local date."))
    kind = models.CharField(
        _("kind"),
        max_length=8,
        choices=OverrideKind.choices,
        help_text=_(
            "Open means the usual hours, even on a weekend or holiday; a half day ends at the "
            "market's early close."
        ),
    )
    note = models.CharField(
        _("note"), max_length=200, blank=True, help_text=_("Why, for example: typhoon signal 10.")
    )

    objects = CalendarOverrideQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar override")
        verbose_name_plural = _("calendar overrides")
        ordering = ("-date", "market")
        constraints = (
            models.UniqueConstraint(
                fields=("market", "date"),
                name="one_override_a_day",
                violation_error_message=_("There is an override for this market and date."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.market} {self.date} {self.get_kind_display()}"
