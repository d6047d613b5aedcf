"""Where monitors tell once a destination that they named is gone."""

from typing import Any

from django.db import transaction

from monitors.evaluation.announcements import announce_monitors
from monitors.models import Monitor
from notifications.models import Destination


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
