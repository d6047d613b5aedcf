"""One level of one rule, moved in place."""

from collections.abc import Mapping

from django.db import transaction

from monitors.lifecycle import recording
from monitors.lifecycle.arming import arm_anew
from monitors.lifecycle.locking import announce, locked
from monitors.models import MonitorStatus, Rule


@transaction.atomic
def relevel(rule: Rule, params: Mapping[str, str]) -> bool:
    """Give a rule other levels and arm it anew; False where it is no longer as it was read.

    `rule` is as it was when the user saw it: who changed it meanwhile was first. Raises
    Monitor.DoesNotExist where its monitor has been deleted.
    """
    monitor, quote = locked(rule.monitor_id)
    stored = monitor.rules.filter(pk=rule.pk, kind=rule.kind).first()
    if stored is None or stored.params != rule.params:
        return False
    before = recording.whole(monitor)
    stored.params = dict(params)
    stored.save(update_fields=["params"])
    monitor.save(update_fields=["updated_at"])
    if monitor.status == MonitorStatus.ACTIVE:
        arm_anew([stored], monitor, quote)
    recording.edited(monitor, before)
    announce(monitor)
    return True
