"""What the REST API takes and gives about notifications (contract §4)."""

from typing import Any

from rest_framework import serializers

from notifications.models import MAX_SEQ, Notification
from notifications.wire import notification_data
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
