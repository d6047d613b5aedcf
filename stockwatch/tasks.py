"""The sign of life of beat and worker together."""

from celery import shared_task

from stockwatch.heartbeat import beat


@shared_task
def heartbeat() -> None:
    """Note that beat sent a task and a worker ran it."""
    beat()
