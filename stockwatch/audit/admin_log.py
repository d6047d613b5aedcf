"""What staff change in the admin and no door or watch tells of: its own history is told instead."""

from typing import Any

from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.db.models.signals import post_save

from stockwatch.audit.models import Deed
from stockwatch.audit.recording import record
from stockwatch.audit.watching import is_covered

DEEDS = {ADDITION: Deed.CREATED, CHANGE: Deed.CHANGED, DELETION: Deed.DELETED}


def begin() -> None:
    """Listen; called once, when the apps are ready."""
    post_save.connect(_tell, sender=LogEntry, dispatch_uid="audit")


def _tell(instance: LogEntry, created: bool, **_signal: Any) -> None:
    kind = instance.content_type
    model = None if kind is None else kind.model_class()
    if not created or model is None or is_covered(model):
        return
    said = instance.get_change_message()
    changes = [["change_message", None, said[:500]]] if said else []
    deed = DEEDS.get(instance.action_flag, Deed.CHANGED)
    record(deed, model, pk=instance.object_id, name=instance.object_repr, changes=changes)
