"""What the REST API takes and gives about notifications (contract §4)."""

from typing import Any

from rest_framework import serializers

from notifications.models import MAX_SEQ, Delivery, DeliveryState, Notification
from notifications.wire import delivery_data, notification_data
from stockwatch.rest import KnownFieldsOnly


class NotificationSerializer(serializers.Serializer[Notification]):
    """A notification: the same values as on the socket, from the same function."""

    seq = serializers.IntegerField(help_text="1, 2, 3 … for each user, without gaps")
    kind = serializers.CharField()
    severity = serializers.CharField(help_text="info, normal or urgent")
    monitor = serializers.IntegerField(allow_null=True)
    rule = serializers.IntegerField(allow_null=True)
    symbol = serializers.CharField()
    name = serializers.CharField()
    price = serializers.CharField()
    level = serializers.CharField()
    title = serializers.CharField()
    body = serializers.CharField()
    url = serializers.CharField()
    data = serializers.DictField()  # type: ignore[assignment]
    quote_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)

    def to_representation(self, instance: Notification) -> dict[str, Any]:
        """Return the notification as plain JSON values."""
        return notification_data(instance)


class ReadSerializer(KnownFieldsOnly, serializers.Serializer[Any]):
    """Up to which number everything is read."""

    up_to = serializers.IntegerField(min_value=0, max_value=MAX_SEQ)


class ReadStateSerializer(serializers.Serializer[Any]):
    """Where the user's reading stands."""

    up_to = serializers.IntegerField()
    marked = serializers.IntegerField(help_text="how many were not read before")
    unread = serializers.IntegerField()
    head = serializers.IntegerField(help_text="the newest number")


class TicketSerializer(serializers.Serializer[Any]):
    """A ticket that opens one socket, once."""

    ticket = serializers.CharField()
    expires_in = serializers.IntegerField(help_text="seconds")
    url = serializers.CharField()


class AttemptSerializer(serializers.Serializer[Any]):
    """One try to send a delivery. For the schema's sake."""

    at = serializers.DateTimeField()
    latency_ms = serializers.IntegerField()
    ok = serializers.BooleanField()
    error = serializers.CharField()
    answer = serializers.CharField(help_text="the head of what the service said")
    together = serializers.IntegerField(help_text="notifications in the message")


class DeliverySerializer(serializers.Serializer[Delivery]):
    """One notification on its way to one destination."""

    id = serializers.IntegerField()
    notification = serializers.IntegerField(help_text="its seq")
    monitor = serializers.IntegerField(allow_null=True)
    title = serializers.CharField()
    destination = serializers.IntegerField()
    destination_name = serializers.CharField()
    kind = serializers.CharField(help_text="that of the destination")
    state = serializers.ChoiceField(choices=DeliveryState.choices)
    severity = serializers.CharField()
    due_at = serializers.DateTimeField()
    only_if_unread = serializers.BooleanField()
    attempts = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    last_error = serializers.CharField()
    tries = AttemptSerializer(many=True)

    def to_representation(self, instance: Delivery) -> dict[str, Any]:
        """Return the delivery as plain JSON values."""
        return delivery_data(instance)
