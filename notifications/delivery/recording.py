"""What the log of actions is told of destinations turned on and off, and of what is sent again."""

from notifications.models import Delivery, Destination
from notifications.models.delivery import DeliveryQuerySet
from stockwatch.audit.models import Deed
from stockwatch.audit.recording import record


def switched(destination: Destination, *, on: bool, why: str = "") -> None:
    """Record that a destination was turned on or off."""
    deed = Deed.TURNED_ON if on else Deed.TURNED_OFF
    changes = [["disabled_reason", "", why]] if why else []
    record(deed, destination, owner_id=destination.user_id, changes=changes)


def sent_again(deliveries: DeliveryQuerySet) -> None:
    """Record, for each user, how many deliveries are about to be sent once more."""
    first_two = list(deliveries.order_by().values_list("pk", flat=True)[:2])
    pk = first_two[0] if len(first_two) == 1 else None
    for user_id, count in deliveries.count_by_user():
        changes = [] if pk else [["count", None, count]]
        record(Deed.SENT_AGAIN, Delivery, owner_id=user_id, pk=pk, changes=changes)
