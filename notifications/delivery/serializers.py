"""What the REST API gives about deliveries (contract §4)."""

from typing import Any

from rest_framework import serializers

from notifications.models import Delivery, DeliveryState
from notifications.wire import delivery_data


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
