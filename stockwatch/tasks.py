"""The signs of life: beat gives its own as it sends them, and each worker as it takes one."""

import logging
from datetime import timedelta
from typing import Any

from celery import shared_task
from celery.signals import beat_init, before_task_publish
from django.conf import settings
from django.utils import timezone
from redis.exceptions import RedisError

from stockwatch.audit.models import AuditEntry
from stockwatch.heartbeat import EVERY, Part, beat, forget_old

logger = logging.getLogger(__name__)


@shared_task
def heartbeat(part: Part = "worker") -> None:
    """Note that beat sent a task and that a worker of this sort ran it."""
    beat(part)


@shared_task
def forget_signs() -> None:
    """Forget processes that ended long ago."""
    forget_old()


@shared_task
def prune_audit() -> None:
    """Forget what people did longer ago than it is kept for."""
    AuditEntry.objects.prune(timezone.now() - timedelta(days=settings.AUDIT_RETENTION_DAYS))


@beat_init.connect
def begin(**_signal: Any) -> None:
    """Send the first sign at once: until it has come, nobody takes the server for ready."""
    before_task_publish.connect(_sends, sender=heartbeat.name)
    heartbeat.apply_async(expires=EVERY)
    heartbeat.apply_async(("messenger",), expires=EVERY, queue="delivery")


def _sends(**_signal: Any) -> None:
    try:
        beat("beat")
    except RedisError as error:  # then the message will not get through either
        logger.warning("beat could not give its sign: %r", error)
