"""What was said, to whom, by which way, and whether it arrived."""

from notifications.models.delivery import Attempt, Delivery, DeliveryState, UsedLink
from notifications.models.destination import Destination
from notifications.models.log import MAX_SEQ, Inbox, Notification

__all__ = [
    "MAX_SEQ",
    "Attempt",
    "Delivery",
    "DeliveryState",
    "Destination",
    "Inbox",
    "Notification",
    "UsedLink",
]
