"""Wordings in the admin: whose, for what. Only their users change them."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from notifications.admin.destinations import WayFilter
from notifications.models import Wording
from stockwatch.changelists import ReadOnlyAdmin


class WordingWayFilter(WayFilter):
    """By the way that a wording is for."""

    path = "transport"


@admin.register(Wording)
class WordingAdmin(ReadOnlyAdmin[Wording]):
    """What users want to be told in words of their own."""

    list_display = ("title", "user", "kind", "transport", "problem_shown", "updated_at")
    list_filter = (WordingWayFilter,)
    list_select_related = ("user",)
    ordering = ("-pk",)
    search_fields = ("=id", "title", "text", "^user__username")
    search_help_text = _("A number, part of a title or a text, or a user's name.")
    fields = ("user", ("kind", "transport"), "title", "text", "problem_shown", "updated_at")

    @admin.display(description=_("problem"))
    def problem_shown(self, obj: Wording) -> str:
        """Return why it is not used, where it is not."""
        return obj.problem
