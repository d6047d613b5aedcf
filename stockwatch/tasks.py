"""The sign of life of beat and worker together."""

from typing import Any

from celery import shared_task
from celery.signals import beat_init

from stockwatch.heartbeat import beat


@shared_task
def heartbeat() -> None:
    """Note that beat sent a task and a worker ran it."""
    beat()


@beat_init.connect
def begin(**_signal: Any) -> None:
    """Send the first sign at once: until it has come, nobody takes the server for ready."""
    heartbeat.apply_async(expires=5)
