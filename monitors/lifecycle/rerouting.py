"""Where monitors tell: of the destinations that they name those that are still there."""

from typing import Any

from django.db import transaction

from monitors.evaluation.announcements import announce_monitors
from monitors.models import Monitor
from notifications.models import Destination


def still_there(owner_id: int, named: list[int] | None) -> list[int] | None:
    """Leave out destinations that were deleted meanwhile; where none is left, tell at the usual.

    The others are not deleted before the open transaction ends, and then `forget` sees what it
    wrote. They are locked before a monitor is, as by their deletion.
    """
    if not named:  # the usual, or nowhere: whoever wants that keeps it
        return named
    own = Destination.objects.of(owner_id).filter(pk__in=named).order_by("pk")
    there = set(own.select_for_update(no_key=True).values_list("pk", flat=True))
    return [pk for pk in named if pk in there] or None


def forget(instance: Destination, **_signal: Any) -> None:
    """Take a deleted destination out of its user's monitors, inside the open transaction.

    A monitor that named no other tells where the user's own settings say: it must not go silent.
    """
    mine = Monitor.objects.of(instance.user_id).filter(destinations__isnull=False)
    chosen = {one.pk: tuple(one.destinations or ()) for one in mine.only("destinations")}
    touched = {pk: named for pk, named in chosen.items() if instance.pk in named}
    for named in set(touched.values()):
        rest = [pk for pk in named if pk != instance.pk]
        mine.filter(destinations=list(named)).update(destinations=rest or None)
    if touched:
        transaction.on_commit(lambda: announce_monitors({instance.user_id: touched.keys()}))
