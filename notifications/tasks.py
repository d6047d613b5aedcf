"""What keeps the log announced and bounded."""

from datetime import datetime, timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from notifications import realtime
from notifications.delivery import delivering, outbox, switching
from notifications.models import Notification


@shared_task
def repeat_lost_hints() -> None:
    """Publish again what a crash between commit and publish kept from the open sockets."""
    realtime.repeat_lost_hints()


@shared_task
def prune() -> None:
    """Forget notifications that are older than they are kept for; give up what waits in vain."""
    age = timedelta(days=settings.NOTIFICATION_RETENTION_DAYS)
    Notification.objects.prune(timezone.now() - age)
    switching.give_up(timezone.now())


@shared_task
def hand_out() -> None:
    """Give the destinations that have something to send to the workers that send."""
    outbox.hand_out(timezone.now())


@shared_task
def deliver(destination_id: int, lease: str) -> None:
    """Send what is due to one destination, which was claimed until `lease`."""
    delivering.deliver(destination_id, datetime.fromisoformat(lease))
