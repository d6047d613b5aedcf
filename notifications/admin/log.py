"""The notification log in the admin: searchable, and read-only because it is the truth."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from notifications.models import Notification
from notifications.subjects import Kinds
from stockwatch.changelists import ReadOnlyAdmin


class ReadFilter(admin.SimpleListFilter):
    """Whether its user has read it."""

    title = _("read")
    parameter_name = "read"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, Any]]:
        """Offer what can be chosen."""
        return [("yes", _("Read")), ("no", _("Unread"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        """Apply the choice."""
        if self.value() in ("yes", "no"):
            return queryset.filter(read_at__isnull=self.value() == "no")
        return None


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin[Notification]):
    """The log, newest first."""

    # Named by the composition root, as they are another app's.
    kinds: ClassVar[Kinds] = ()

    list_display = (
        "title",
        "user",
        "seq",
        "kind_label",
        "symbol",
        "price",
        "created_at",
        "read_at",
    )
    list_filter = (ReadFilter, "created_at")
    list_select_related = ("user",)
    # By number, which the primary key sorts: other columns have no index over all users.
    ordering = ("-pk",)
    sortable_by = ("created_at",)
    search_fields = ("=kind", "^symbol", "name", "title", "^user__username")
    search_help_text = _("A kind, a symbol, part of a name or title, or a user's name.")
    fields = (
        ("user", "seq"),
        "title",
        "body",
        ("kind_label", "monitor", "rule"),
        ("symbol", "name"),
        ("price", "level"),
        ("quote_at", "created_at", "read_at"),
        "url",
        "key",
        "data",
    )

    @admin.display(description=_("kind"))
    def kind_label(self, obj: Notification) -> str:
        """Return what it is about, in the reader's language."""
        return str(dict(self.kinds).get(obj.kind, obj.kind))
