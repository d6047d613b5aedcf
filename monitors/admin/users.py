"""Users: deleting one takes the monitors, each disarmed through the one door first."""

# The signatures are Django's.

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest

from monitors import lifecycle
from monitors.models import Monitor
from stockwatch.changelists import BigTableAdmin

admin.site.unregister(User)


@admin.register(User)
class OwnerAdmin(BigTableAdmin[User], UserAdmin):  # type: ignore[type-arg]
    """Django's own user admin, for users who own monitors and notifications."""

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        """Delete one user with all that is theirs."""
        _delete_monitors(User.objects.filter(pk=obj.pk))
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Delete several."""
        _delete_monitors(queryset)
        super().delete_queryset(request, queryset)


def _delete_monitors(owners: QuerySet[User]) -> None:
    # In the order in which ingestion locks, so that the two never wait for each other.
    lifecycle.delete(
        Monitor.objects.filter(owner__in=owners.order_by()).order_by("instrument_id", "pk")
    )
