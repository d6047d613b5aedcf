"""The log of actions in the admin: who did what, read-only."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from stockwatch.audit import words
from stockwatch.audit.models import AuditEntry, Deed, Via
from stockwatch.audit.watching import covered
from stockwatch.changelists import ReadOnlyAdmin


class DeedFilter(admin.SimpleListFilter):
    """By what was done."""

    title = _("what")
    parameter_name = "deed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Offer every deed."""
        return list(Deed.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        """Apply the choice."""
        return queryset.filter(deed=self.value()) if self.value() else None


class SortFilter(admin.SimpleListFilter):
    """By the sort of thing that it was done to."""

    title = _("sort")
    parameter_name = "sort"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Offer what is recorded."""
        return sorted(
            ((label, words.sort_named(label)) for label in covered()), key=lambda one: one[1]
        )

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        """Apply the choice."""
        return queryset.filter(subject_type=self.value()) if self.value() else None


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin[AuditEntry]):
    """What people did, newest first."""

    list_display = ("at", "who", "way", "what", "sort", "of_what", "told", "address")
    list_filter = (DeedFilter, SortFilter, "via", "at")
    # By number, which the primary key sorts: it grows with the time.
    ordering = ("-pk",)
    sortable_by = ()
    search_fields = ("^actor", "subject", "=subject_id", "=address", "=owner_id")
    search_help_text = _("The beginning of a user's name, part of a thing's, a number, an address.")
    fields = ("at", "who", "way", "address", "what", "sort", "of_what", "owner_id", "told")
    readonly_fields = fields

    @admin.display(description=_("by"))
    def who(self, obj: AuditEntry) -> str:
        """Who did it."""
        return obj.actor or "–"

    @admin.display(description=_("by way of"))
    def way(self, obj: AuditEntry) -> str:
        """Which way they came."""
        return str(Via(obj.via).label)

    @admin.display(description=_("what"))
    def what(self, obj: AuditEntry) -> str:
        """What was done."""
        return words.deed_of(obj)

    @admin.display(description=_("sort"))
    def sort(self, obj: AuditEntry) -> str:
        """What sort of thing it was done to."""
        return words.sort_of(obj)

    @admin.display(description=_("of what"))
    def of_what(self, obj: AuditEntry) -> str:
        """Which thing it was done to."""
        return obj.subject or (f"#{obj.subject_id}" if obj.subject_id else "–")

    @admin.display(description=_("changes"))
    def told(self, obj: AuditEntry) -> SafeString | str:
        """What it was, and what it became."""
        rows = [(capfirst(label), before, after) for label, before, after in words.changes_of(obj)]
        return format_html_join("", "<div>{}: {} → {}</div>", rows) or "–"
