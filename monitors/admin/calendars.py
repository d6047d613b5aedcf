"""Calendar overrides, with the trading hours that they make of the day."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitors.calendars import Calendar, OverrideKind
from monitors.market import Market
from monitors.models import CalendarOverride

PUBLISHED = Calendar()
"""Without any override. A calendar keeps the days that it has worked out."""


def hours(calendar: Calendar, override: CalendarOverride) -> str:
    """Return the day's sessions in the market's local time."""
    market = Market(override.market)
    sessions = [
        "–".join(f"{bound.astimezone(market.timezone):%H:%M}" for bound in session)
        for session in calendar.sessions(market, override.date)
    ]
    return ", ".join(sessions) or _("no trading")


@admin.register(CalendarOverride)
class CalendarOverrideAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Days that differ from the published calendars."""

    list_display = ("date", "market", "kind", "effect", "published", "note")
    list_filter = ("market", "kind")
    date_hierarchy = "date"
    search_fields = ("note",)
    readonly_fields = ("effect", "published")

    def get_fields(self, request: HttpRequest, obj: CalendarOverride | None = None) -> Any:
        """Show the effect once there is a day to show it of."""
        mine = ("market", "date", "kind", "note")
        return mine if obj is None else (*mine, *self.readonly_fields)

    def save_model(
        self, request: HttpRequest, obj: CalendarOverride, form: Any, change: bool
    ) -> None:
        """Save, and say what it changes."""
        super().save_model(request, obj, form, change)
        effect, published = self.effect(obj), self.published(obj)
        says = {"day": obj, "effect": effect, "published": published}
        if effect == published:
            self.message_user(
                request,
                _("%(day)s changes nothing: the published hours are %(published)s, too.") % says,
                messages.WARNING,
            )
        else:
            self.message_user(request, _("%(day)s: %(effect)s instead of %(published)s.") % says)

    @admin.display(description=gettext_lazy("trading hours (local)"))
    def effect(self, obj: CalendarOverride) -> str:
        """Return the day's hours with this override."""
        return hours(Calendar({(Market(obj.market), obj.date): OverrideKind(obj.kind)}), obj)

    @admin.display(description=gettext_lazy("published hours (local)"))
    def published(self, obj: CalendarOverride) -> str:
        """Return the day's hours without it."""
        return hours(PUBLISHED, obj)
