"""Destinations in REST: what comes in is checked, what goes out is notifications.wire's."""

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError as DjangoValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.serializers import as_serializer_error

from notifications import kinds
from notifications.destinations import editing
from notifications.destinations.params import (
    check_name,
    check_quiet_hours,
    clean_params,
)
from notifications.models import Destination, DestinationState
from notifications.models.destination import server_zone
from notifications.severity import Severity
from notifications.transports.base import Transport
from notifications.wire import destination_data, severity_name
from stockwatch.rest import KnownFieldsOnly
from stockwatch.zones import check_zone


@extend_schema_field(OpenApiTypes.OBJECT)
class ParamsField(serializers.Field[Any, Any, Any, Any]):
    """The parameters of a way: an object that is judged once the kind is known."""

    default_error_messages = {"no_object": gettext_lazy("Send an object with the way's fields.")}

    def to_internal_value(self, data: Any) -> Mapping[str, Any]:
        if not isinstance(data, Mapping):
            self.fail("no_object")
        return data


class RoutingSerializer(KnownFieldsOnly, serializers.Serializer[Destination]):
    """What every destination has, whatever its way."""

    id = serializers.IntegerField(read_only=True)
    name = serializers.CharField(max_length=80, validators=[check_name])
    enabled = serializers.BooleanField(default=True, initial=True)
    kinds = serializers.ListField(
        child=serializers.CharField(max_length=40),
        default=list,
        max_length=100,
        help_text=gettext_lazy("Only these kinds of notifications; empty for all."),
    )
    least_severity = serializers.ChoiceField(
        choices=[severity_name(one) for one in Severity], default="info", initial="info"
    )
    escalate_after = serializers.IntegerField(
        min_value=0,
        max_value=1440,
        default=0,
        initial=0,
        help_text=gettext_lazy("Minutes: told only what is unread for so long. 0: told at once."),
    )
    quiet_from = serializers.TimeField(allow_null=True, default=None)
    quiet_until = serializers.TimeField(allow_null=True, default=None)
    quiet_lets_urgent = serializers.BooleanField(default=True, initial=True)
    zone = serializers.CharField(max_length=64, default=server_zone, initial=server_zone)
    state = serializers.ChoiceField(choices=DestinationState.choices, read_only=True)
    disabled_reason = serializers.CharField(read_only=True)
    waits_until = serializers.DateTimeField(read_only=True, allow_null=True)
    last_ok_at = serializers.DateTimeField(read_only=True, allow_null=True)
    last_error = serializers.CharField(read_only=True)
    last_error_at = serializers.DateTimeField(read_only=True, allow_null=True)
    pending = serializers.IntegerField(read_only=True)
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)

    def validate_kinds(self, value: list[str]) -> list[str]:
        """Kinds that there are; one that was there when it was chosen may stay."""
        known: Collection[str] = self.context["notification_kinds"]
        kept = self.instance.kinds if self.instance else ()
        if strange := [name for name in value if name not in known and name not in kept]:
            message = _("There is no kind %(kind)s: choose from %(known)s.")
            named = {"kind": strange[0], "known": ", ".join(known)}
            raise serializers.ValidationError(message % named)
        return list(dict.fromkeys(value))

    def validate_least_severity(self, value: str) -> Severity:
        """Its number, which orders severities."""
        return Severity[value.upper()]

    def validate_zone(self, value: str) -> str:
        """A zone that there is."""
        check_zone(value)
        return value


class DestinationSerializer(RoutingSerializer):
    """A destination. Its secrets go in and never come out: HIDDEN stands for them, both ways."""

    kind = serializers.CharField(max_length=40)
    params = ParamsField()
    made: Mapping[str, Any] = {}
    """Secrets that were made for it just now: this answer alone tells them."""

    def validate_kind(self, value: str) -> str:
        """A way that there is."""
        if value not in (known := kinds.transport_kinds()):
            message = _("There is no such way: choose from %(known)s.")
            raise serializers.ValidationError(message % {"known": ", ".join(known)})
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Judge the quiet hours and the parameters as they will be."""
        times = (
            attrs[name] if name in attrs else getattr(self.instance, name, None)
            for name in ("quiet_from", "quiet_until")
        )
        check_quiet_hours(*times)
        if "params" in attrs:
            kind = attrs.get("kind") or self.instance.kind  # type: ignore[union-attr]
            attrs["params"], self.made = self._judged(kind, attrs["params"])
        elif self.instance and attrs.get("kind", self.instance.kind) != self.instance.kind:
            message = _("Another way has other parameters: send them, too.")
            raise serializers.ValidationError({"params": [message]})
        return attrs

    def _judged(self, kind: str, given: Mapping[str, Any]) -> tuple[Any, Any]:
        if kind not in kinds.transport_kinds():
            raise serializers.ValidationError({"kind": [_("This way is no longer installed.")]})
        try:
            params = clean_params(kind, given, self.instance, merge=self.partial)
        except DjangoValidationError as error:
            raise serializers.ValidationError({"params": as_serializer_error(error)}) from error
        return params.values, params.made

    def create(self, validated_data: dict[str, Any]) -> Destination:
        return editing.create(**validated_data)

    def update(self, instance: Destination, validated_data: dict[str, Any]) -> Destination:
        editing.change(instance, **validated_data)
        return instance

    def to_representation(self, instance: Destination) -> dict[str, Any]:
        data = destination_data(instance)
        return data | {"params": data["params"] | self.made}


class TrialSerializer(serializers.Serializer[Any]):
    """How a test ended. For the schema's sake."""

    ok = serializers.BooleanField()
    answer = serializers.CharField(help_text=gettext_lazy("The head of what the service said."))
    error = serializers.CharField()
    latency_ms = serializers.IntegerField()


def destination_schemas() -> dict[str, type[serializers.Serializer[Any]]]:
    """One schema a way: the shared fields, and the fields of the way's own form."""
    return {kind: _schema(kind, way) for kind, way in kinds.transport_kinds().items()}


@lru_cache
def _schema(kind: str, way: type[Transport]) -> type[serializers.Serializer[Any]]:
    title = "".join(part.title() for part in kind.split("_"))
    fields = {name: _field(field) for name, field in way.Params.base_fields.items()}
    params = type(f"{title}Params", (serializers.Serializer,), fields)
    return type(
        f"{title}Destination",
        (RoutingSerializer,),
        {
            "__doc__": str(way.label),
            "kind": serializers.ChoiceField(choices=[(kind, way.label)]),
            "params": params(),
        },
    )


def _field(field: forms.Field) -> serializers.Field[Any, Any, Any, Any]:
    """Return what a form's field is in JSON; all but these are text."""
    options: dict[str, Any] = {"required": field.required, "help_text": field.help_text}
    match field:
        case forms.ChoiceField():
            choices: Any = field.choices
            return serializers.ChoiceField(choices=list(choices), **options)
        case forms.BooleanField():
            return serializers.BooleanField(**options)
        case forms.IntegerField():
            return serializers.IntegerField(**options)
    return serializers.CharField(**options)
