"""The log of actions in the admin: who did what, read-only."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
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


class WayFilter(admin.SimpleListFilter):
    """By the way that people came."""

    title = _("way")
    parameter_name = "via"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Offer every way."""
        return list(Via.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        """Apply the choice."""
        return queryset.filter(via=self.value()) if self.value() else None


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin[AuditEntry]):
    """What people did, newest first."""

    list_display = ("moment", "who", "what", "told")
    list_filter = (DeedFilter, SortFilter, WayFilter, "at")
    # By number, which the primary key sorts: it grows with the time.
    ordering = ("-pk",)
    sortable_by = ()
    search_fields = ("^actor", "subject", "=subject_id", "=address", "=owner_id")
    search_help_text = _("The beginning of a user's name, part of a thing's, a number, an address.")
    fields = ("moment", "who", "what", "subject_id", "owner_id", "told")
    readonly_fields = fields

    @admin.display(description=_("time"))
    def moment(self, obj: AuditEntry) -> str:
        """When it was done, to the second."""
        return date_format(timezone.localtime(obj.at), "Y-m-d H:i:s")

    @admin.display(description=_("by"))
    def who(self, obj: AuditEntry) -> str:
        """Who did it, which way they came, and from where."""
        return " · ".join(filter(None, (obj.actor, str(Via(obj.via).label), obj.address)))

    @admin.display(description=_("what"))
    def what(self, obj: AuditEntry) -> str:
        """What was done to what."""
        return f"{obj.what} {obj.subject or obj.subject_id}".strip()

    @admin.display(description=_("changes"))
    def told(self, obj: AuditEntry) -> SafeString | str:
        """What it was, and what it became."""
        rows = [
            (capfirst(label), after if before == words.NOTHING else f"{before} → {after}")
            for label, before, after in obj.told
        ]
        return format_html_join("", "<div>{}: {}</div>", rows) or words.NOTHING
