"""Wordings in REST: what comes in is checked, what goes out is notifications.wire's."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from notifications import kinds, placeholders
from notifications.models import Wording
from notifications.models.wording import LONGEST_TEXT, LONGEST_TITLE
from notifications.wire import wording_data
from notifications.wordings.saving import TakenError, put
from stockwatch.rest import KnownFieldsOnly


class WordingSerializer(KnownFieldsOnly, serializers.Serializer[Wording]):
    """A title and a text of your own, with placeholders such as {{ price }}."""

    id = serializers.IntegerField(read_only=True)
    kind = serializers.CharField(
        max_length=40,
        default="",
        allow_blank=True,
        help_text=gettext_lazy("Of notifications; empty for all."),
    )
    transport = serializers.CharField(
        max_length=40,
        default="",
        allow_blank=True,
        help_text=gettext_lazy("The kind of destinations; empty for all."),
    )
    title = serializers.CharField(
        max_length=LONGEST_TITLE,
        default="",
        allow_blank=True,
        help_text=gettext_lazy("Empty: as Stockwatch words it."),
    )
    text = serializers.CharField(
        max_length=LONGEST_TEXT,
        default="",
        allow_blank=True,
        help_text=gettext_lazy("Empty: as Stockwatch words it."),
    )
    problem = serializers.CharField(
        read_only=True,
        help_text=gettext_lazy("Why it is not used: a placeholder that is no more."),
    )
    updated_at = serializers.DateTimeField(read_only=True)

    def validate_kind(self, value: str) -> str:
        """A kind that there is, or all; one that was there when it was chosen may stay."""
        known: Collection[str] = self.context["notification_kinds"]
        return self._known(value, "kind", known)

    def validate_transport(self, value: str) -> str:
        """A way that there is, or all; one that was there when it was chosen may stay."""
        return self._known(value, "transport", kinds.transport_kinds())

    def _known(self, value: str, field: str, known: Collection[str]) -> str:
        if value and value not in known and value != getattr(self.instance, field, None):
            message = _("There is no %(name)s: choose from %(known)s, or leave it empty for all.")
            told = {"name": value, "known": ", ".join(known)}
            raise serializers.ValidationError(message % told)
        return value

    def validate_title(self, value: str) -> str:
        """One line, with placeholders that are known."""
        placeholders.check(value)
        return " ".join(value.split())

    def validate_text(self, value: str) -> str:
        """Placeholders that are known."""
        placeholders.check(value)
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Something must be worded."""
        if not any(attrs.get(name, getattr(self.instance, name, "")) for name in ("title", "text")):
            message = _("Write a title, a text, or both.")
            raise serializers.ValidationError({"text": [message]})
        return attrs

    def create(self, validated_data: dict[str, Any]) -> Wording:
        return self._put(Wording(user_id=validated_data.pop("user_id")), validated_data)

    def update(self, instance: Wording, validated_data: dict[str, Any]) -> Wording:
        return self._put(instance, validated_data)

    def _put(self, wording: Wording, fields: dict[str, Any]) -> Wording:
        try:
            return put(wording, fields)
        except TakenError as error:
            raise serializers.ValidationError({"kind": [taken_words()]}) from error

    def to_representation(self, instance: Wording) -> dict[str, Any]:
        return wording_data(instance)


def taken_words() -> str:
    """Return what is wrong with a second wording for the same kind and way, and what mends it."""
    return _("You have a wording for this kind and this way already: change that one.")


class PreviewSerializer(serializers.Serializer[Any]):
    """How a wording reads. For the schema's sake."""

    title = serializers.CharField()
    text = serializers.CharField()
    of = serializers.IntegerField(
        allow_null=True, help_text=gettext_lazy("Which notification it tells of; null: an example.")
    )
