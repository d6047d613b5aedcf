"""Renames, suspensions and delistings, by themselves and at their instruments."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from monitors.models import InstrumentChange
from stockwatch.changelists import ReadOnlyAdmin


class InWords:
    """Shows what was before and after a change as a person reads it."""

    @admin.display(description=_("before"))
    def shown_before(self, obj: InstrumentChange) -> str:
        """Return what it was."""
        return obj.shown_before

    @admin.display(description=_("after"))
    def shown_after(self, obj: InstrumentChange) -> str:
        """Return what it became."""
        return obj.shown_after


class ChangeInline(InWords, admin.TabularInline):  # type: ignore[type-arg]
    """What became of an instrument, newest first."""

    model = InstrumentChange
    extra = 0
    can_delete = False
    fields = readonly_fields = ("at", "what", "shown_before", "shown_after", "source")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: quotes and reference data tell of changes."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


@admin.register(InstrumentChange)
class InstrumentChangeAdmin(InWords, ReadOnlyAdmin[InstrumentChange]):
    """All changes, newest first."""

    list_display = ("at", "instrument", "what", "shown_before", "shown_after", "source")
    list_filter = ("what", "instrument__market")
    list_select_related = ("instrument",)
    ordering = ("-pk",)
    sortable_by = ()
    search_fields = ("^instrument__symbol", "instrument__name", "before", "after")
    search_help_text = _("The beginning of a symbol, or part of a name, an old one too.")
    fields = ("instrument", "at", "what", "shown_before", "shown_after", "source")
