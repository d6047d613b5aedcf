"""What the list of deliveries can be asked for."""

from typing import ClassVar

import django_filters
from django.utils.translation import gettext_lazy as _

from notifications.filters import WholeNumberFilter
from notifications.models import Delivery, DeliveryState


class DeliveryFilters(django_filters.FilterSet):  # type: ignore[misc]
    """By how it ended, where it went, and what it told."""

    state = django_filters.ChoiceFilter(choices=DeliveryState.choices, label=_("state"))
    destination = WholeNumberFilter(field_name="destination_id", label=_("destination"))
    notification = WholeNumberFilter(
        field_name="notification__seq", label=_("number of the notification")
    )
    monitor = WholeNumberFilter(field_name="notification__monitor", label=_("monitor"))

    class Meta:
        model = Delivery
        fields: ClassVar = ["state", "destination", "notification", "monitor"]
