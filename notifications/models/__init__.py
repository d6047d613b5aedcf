"""What was said, to whom, by which way, and whether it arrived."""

from notifications.models.delivery import Attempt, Delivery, DeliveryState, UsedLink, with_pending
from notifications.models.destination import HIDDEN, Destination, DestinationState
from notifications.models.log import MAX_SEQ, Inbox, Notification
from notifications.models.wording import Wording

__all__ = [
    "HIDDEN",
    "MAX_SEQ",
    "Attempt",
    "Delivery",
    "DeliveryState",
    "Destination",
    "DestinationState",
    "Inbox",
    "Notification",
    "UsedLink",
    "Wording",
    "with_pending",
]
