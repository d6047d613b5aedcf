"""What a user does to monitors, from create to delete and restore. The one door for it.

Everything here locks the instrument's quote first, as ingestion does: a rule is armed before a
quote or after it, never half-way, and touch knows which quotes came after the arming.
"""

from monitors.lifecycle.bulk import Wanted, create_many
from monitors.lifecycle.deleting import delete, restore, restore_one
from monitors.lifecycle.editing import create, edit
from monitors.lifecycle.releveling import relevel
from monitors.lifecycle.rerouting import forget
from monitors.lifecycle.sorting import regroup
from monitors.lifecycle.switching import expire, pause, rearm, resume, snooze, wake
from monitors.spec import RuleSpec

__all__ = [
    "RuleSpec",
    "Wanted",
    "create",
    "create_many",
    "delete",
    "edit",
    "expire",
    "forget",
    "pause",
    "rearm",
    "regroup",
    "relevel",
    "restore",
    "restore_one",
    "resume",
    "snooze",
    "wake",
]
