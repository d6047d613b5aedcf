"""Users: who has what; deleting one takes the monitors, each disarmed by the one door first."""

# The signatures are Django's.

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from monitors import lifecycle
from monitors.models import Monitor, Rule
from notifications.models import Destination, Inbox
from notifications.socket.census import by_user
from stockwatch.changelists import BigTableAdmin

admin.site.unregister(User)


@admin.register(User)
class OwnerAdmin(BigTableAdmin[User], UserAdmin):  # type: ignore[type-arg]
    """Django's own user admin, for users who own monitors and notifications."""

    list_filter = ("is_active", "is_staff", "is_superuser", "last_login", "groups")
    sortable_by = ("username", "last_login")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """With what each has, counted for the users of the page alone."""
        mine = OuterRef("pk")
        users: QuerySet[User] = super().get_queryset(request)
        return users.annotate(
            monitor_count=_counted(Monitor.objects.filter(owner=mine), "owner"),
            rule_count=_counted(Rule.objects.filter(monitor__owner=mine), "monitor__owner"),
            destination_count=_counted(Destination.objects.filter(user=mine), "user"),
            told=Coalesce(Subquery(Inbox.objects.filter(pk=mine).values("head")), 0),
        )

    def get_list_display(self, request: HttpRequest) -> tuple[Any, ...]:
        """Say how many sockets each has open now, asked once for all."""
        open_now = by_user()

        @admin.display(description=_("sockets"))
        def sockets(user: User) -> int:
            return open_now.get(user.pk, 0)

        return (
            *("username", "email", "is_active", "is_staff", "monitor_count", "rule_count"),
            *("destination_count", "told", sockets, "last_login"),
        )

    @admin.display(description=_("monitors"))
    def monitor_count(self, obj: User) -> int:
        """How many monitors the user has."""
        return int(getattr(obj, "monitor_count", 0))

    @admin.display(description=_("rules"))
    def rule_count(self, obj: User) -> int:
        """How many rules these have."""
        return int(getattr(obj, "rule_count", 0))

    @admin.display(description=_("destinations"))
    def destination_count(self, obj: User) -> int:
        """How many destinations the user has."""
        return int(getattr(obj, "destination_count", 0))

    @admin.display(description=_("notifications"))
    def told(self, obj: User) -> int:
        """How many notifications the user ever got."""
        return int(getattr(obj, "told", 0))

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        """Delete one user with all that is theirs."""
        _delete_monitors(User.objects.filter(pk=obj.pk))
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Delete several."""
        _delete_monitors(queryset)
        super().delete_queryset(request, queryset)


def _counted(rows: QuerySet[Any], by: str) -> Coalesce:
    """Return how many rows there are of each, as a column."""
    count = rows.order_by().values(by).annotate(count=Count("*")).values("count")
    return Coalesce(Subquery(count), 0)


def _delete_monitors(owners: QuerySet[User]) -> None:
    # In the order in which ingestion locks, so that the two never wait for each other.
    lifecycle.delete(
        Monitor.objects.filter(owner__in=owners.order_by()).order_by("instrument_id", "pk")
    )
