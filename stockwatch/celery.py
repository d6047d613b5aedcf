"""The Celery app and its schedule."""

import os
import sys
from typing import Any

from celery import Celery
from celery.signals import worker_init, worker_ready
from django.conf import settings
from django.utils import timezone

from stockwatch.garbage import shorten_pauses
from stockwatch.heartbeat import EVERY

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stockwatch.settings")

app = Celery("stockwatch")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["stockwatch", "monitors", "notifications"])


def _every(seconds: float, task: str) -> dict[str, Any]:
    """A beat entry whose message is dropped, not queued, when no worker takes it in time."""
    return {"task": task, "schedule": seconds, "options": {"expires": max(seconds, 1.0)}}


def _of_the_messenger(entry: dict[str, Any]) -> dict[str, Any]:
    """Have the messenger run a task that others run too."""
    options = entry["options"] | {"queue": "delivery"}
    return entry | {"args": ("messenger",), "options": options}


@app.on_after_configure.connect
def _schedule(sender: Celery, **_kwargs: object) -> None:
    sender.conf.beat_schedule = {
        "sweep": _every(settings.POLL_SECONDS, "monitors.tasks.sweep"),
        "heartbeat": _every(EVERY, "stockwatch.tasks.heartbeat"),
        "messenger-heartbeat": _of_the_messenger(_every(EVERY, "stockwatch.tasks.heartbeat")),
        "forget-signs": _every(3600, "stockwatch.tasks.forget_signs"),
        "fill-history": _every(5, "monitors.tasks.fill_history"),
        "fill-days": _every(5, "monitors.tasks.fill_days"),
        "refresh-references": _every(10, "monitors.tasks.refresh_references"),
        "tell-outages": _every(5, "monitors.tasks.tell_outages"),
        "tell-disagreements": _every(5, "monitors.tasks.tell_disagreements"),
        "walk-lists": _every(10, "monitors.tasks.walk_lists"),
        "expire-monitors": _every(5, "monitors.tasks.expire"),
        "repeat-lost-hints": _every(2, "notifications.tasks.repeat_lost_hints"),
        "hand-out": _every(2, "notifications.tasks.hand_out"),
        "prune-audit": _every(3600, "stockwatch.tasks.prune_audit"),
        "prune-market": _every(3600, "monitors.tasks.prune"),
        "prune-notifications": _every(3600, "notifications.tasks.prune"),
    }


SWITCH_INTERVAL = 0.0005
"""Seconds after which a thread that computes gives way. One that comes back from the database with
an alert in hand waits so long, at each of its statements, for one that reads a reply.
"""


@worker_init.connect
def take_up_again(sender: Any, **_signal: object) -> None:
    """Have what this worker was sending when it died sent now, not when its leases end."""
    from notifications.delivery import claims, outbox

    if claims.start_as(sender.hostname, timezone.now()):
        outbox.nudge()


@worker_ready.connect
def be_prompt(**_signal: object) -> None:
    """Keep what a worker does beside it from holding an alert up."""
    shorten_pauses()
    sys.setswitchinterval(SWITCH_INTERVAL)
