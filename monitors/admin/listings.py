"""What can be found, as the sources and the start set have it."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from monitors.models import Listing
from stockwatch.changelists import ReadOnlyAdmin


@admin.register(Listing)
class ListingAdmin(ReadOnlyAdmin[Listing]):
    """The list that the search looks through; the sources write it."""

    list_display = ("symbol", "name", "english_name", "market", "kind", "state", "seen_at")
    list_filter = ("market", "kind", "state")
    search_fields = ("symbol",)  # shows the box; the search itself is that of the form
    search_help_text = _("A code, a name, pinyin initials, or an English word.")
    sortable_by = ("symbol",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Listing], search_term: str
    ) -> tuple[QuerySet[Listing], bool]:
        """Search as the form of a monitor does."""
        if not search_term.strip():
            return queryset, False
        found = Listing.objects.known_by(search_term).values("pk")
        return queryset.filter(pk__in=found), False
