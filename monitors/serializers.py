"""Monitors, quotes and bars in REST: what comes in is checked, what goes out is monitors.wire's."""

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_field
from rest_framework import serializers
from rest_framework.serializers import as_serializer_error

from monitors import lifecycle
from monitors.forms.rules import check_rules, clean_rule
from monitors.kinds import rule_kinds
from monitors.life import Repeat, RuleState
from monitors.market import InstrumentKind
from monitors.market.boards import Board
from monitors.models import Monitor, MonitorStatus, Rating
from monitors.models.monitor import group_named
from monitors.spec import (
    LEAST_CONFIRM,
    LONGEST_COOLDOWN,
    LONGEST_GROUP,
    LONGEST_INTERVAL,
    LONGEST_NOTE,
    LONGEST_SNOOZE,
    MOST_CONFIRM,
    MOST_RULES,
    USUAL,
    WIDEST_GAP,
    RuleSpec,
    check_expiry,
    check_snooze,
)
from monitors.symbols import Symbol, SymbolError
from monitors.wire import monitor_data, rule_data
from notifications.destinations import MOST as MOST_DESTINATIONS
from notifications.models import MAX_SEQ, Destination
from stockwatch.rest import KnownFieldsOnly

READ_ONLY_RULE_FIELDS = frozenset({"state", "fired_at", "fired_count"})


@extend_schema_field(str)
class SymbolField(serializers.Field[Symbol, Any, str, Any]):
    """A symbol in any spelling that people use; a Symbol inside, the canonical text outside."""

    def to_internal_value(self, data: Any) -> Symbol:
        try:
            return Symbol.parse(data)
        except SymbolError as error:
            raise serializers.ValidationError(str(error)) from error

    def to_representation(self, value: Symbol) -> str:
        return str(value)


class RuleSchema(serializers.Serializer[Any]):
    """What every rule has beside its kind's levels. For the schema's sake."""

    id = serializers.IntegerField(required=False, help_text=_("Send it back to keep the state."))
    repeat = serializers.ChoiceField(choices=Repeat.choices, default=USUAL.repeat)
    rearm_gap = serializers.FloatField(
        default=float(USUAL.rearm_gap), min_value=0, max_value=float(WIDEST_GAP)
    )
    cooldown = serializers.IntegerField(
        default=USUAL.cooldown, min_value=1, max_value=LONGEST_COOLDOWN
    )
    touch = serializers.BooleanField(default=USUAL.touch)
    refuse_delayed = serializers.BooleanField(default=USUAL.refuse_delayed)
    refuse_frozen = serializers.BooleanField(default=USUAL.refuse_frozen)
    confirm = serializers.FloatField(
        default=None,
        allow_null=True,
        min_value=float(LEAST_CONFIRM),
        max_value=float(MOST_CONFIRM),
        help_text=_("Percent within which a second source must agree before it fires."),
    )
    state = serializers.ChoiceField(choices=RuleState.choices, read_only=True)
    fired_at = serializers.DateTimeField(read_only=True, allow_null=True)
    fired_count = serializers.IntegerField(read_only=True)


@cache
def rule_schemas() -> dict[str, type[RuleSchema]]:
    """One schema a rule kind: the shared fields and the fields of the kind's own form."""
    return {
        name: type(
            f"{''.join(part.title() for part in name.split('_'))}Rule",
            (RuleSchema,),
            {
                "__doc__": str(kind.label),
                "kind": serializers.ChoiceField(choices=[(name, kind.label)]),
                **{field: serializers.CharField() for field in kind.Params.base_fields},
            },
        )
        for name, kind in rule_kinds().items()
    }


@extend_schema_field(
    PolymorphicProxySerializer(
        component_name="Rule",
        serializers=rule_schemas,  # type: ignore[arg-type]
        resource_type_field_name="kind",
        many=True,
    )
)
class RulesField(serializers.Field[list[RuleSpec], Any, list[dict[str, Any]], Any]):
    """A monitor's rules: a list, each by its kind, with errors at the rule's place in the list."""

    default_error_messages = {
        "required": _("A monitor needs at least one rule."),
        "not_a_list": _("Send a list of rules."),
        "not_a_rule": _('A rule is an object such as {"kind": "take_profit", "price": "1800"}.'),
    }

    def to_internal_value(self, data: Any) -> list[RuleSpec]:
        if not isinstance(data, list):
            raise serializers.ValidationError(self.error_messages["not_a_list"])
        specs: list[RuleSpec] = []
        errors: list[Any] = []
        for item in data[: MOST_RULES + 1]:
            try:
                specs.append(self._rule(item))
                errors.append({})
            except DjangoValidationError as error:
                errors.append(as_serializer_error(error))
        if any(errors):
            raise serializers.ValidationError(errors)
        check_rules(specs, self._own_ids())
        return specs

    def _rule(self, item: Any) -> RuleSpec:
        if not isinstance(item, Mapping):
            raise DjangoValidationError(self.error_messages["not_a_rule"])
        return clean_rule(item, known=READ_ONLY_RULE_FIELDS)

    def _own_ids(self) -> set[int]:
        monitor = getattr(self.parent, "instance", None)
        return {rule.pk for rule in monitor.rules.all()} if isinstance(monitor, Monitor) else set()

    def to_representation(self, value: Any) -> list[dict[str, Any]]:
        return [rule_data(rule) for rule in value.all()]


class MonitorSerializer(KnownFieldsOnly, serializers.Serializer[Monitor]):
    """A monitor with its rules."""

    id = serializers.IntegerField(read_only=True)
    # The initial values make a monitor that can be sent as it is: the browsable pages show them.
    symbol = SymbolField(
        help_text=_("600519, sh600519, 600519.SH, 700.HK, AAPL, …"),
        initial="600519.SH",  # type: ignore[arg-type]
    )
    name = serializers.CharField(read_only=True)
    rating = serializers.ChoiceField(
        choices=Rating.choices, allow_blank=True, default="", initial=""
    )
    group = serializers.CharField(
        max_length=LONGEST_GROUP,
        allow_blank=True,
        default="",
        initial="",
        help_text=_("One of your own, by its name."),
    )
    note = serializers.CharField(max_length=LONGEST_NOTE, allow_blank=True, default="")
    status = serializers.ChoiceField(
        choices=MonitorStatus.choices, required=False, initial=MonitorStatus.ACTIVE
    )
    trading_hours_only = serializers.BooleanField(default=True, initial=True)
    notifications_enabled = serializers.BooleanField(default=True, initial=True)
    check_interval = serializers.IntegerField(
        min_value=0, max_value=LONGEST_INTERVAL, default=0, initial=0
    )
    expires_at = serializers.DateTimeField(allow_null=True, default=None)
    snoozed_until = serializers.DateTimeField(read_only=True, allow_null=True)
    destinations = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=MAX_SEQ),
        allow_null=True,
        default=None,
        max_length=MOST_DESTINATIONS,
        help_text=_("Ids of the only ones to tell; null: as each destination is set."),
    )
    rules = RulesField(
        initial=[{"kind": "take_profit", "price": "1800"}],  # type: ignore[list-item]
    )
    last_price = serializers.CharField(read_only=True, allow_null=True)
    last_quote_at = serializers.DateTimeField(read_only=True, allow_null=True)
    quote_state = serializers.CharField(read_only=True)
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)

    def validate_status(self, value: str) -> str:
        """Only what pause and resume do may be asked for; what is so already is left alone."""
        now = self.instance.status if self.instance else MonitorStatus.ACTIVE
        if value != now and value == MonitorStatus.EXPIRED:
            raise serializers.ValidationError(_("Set expires_at instead."))
        return value

    def validate_group(self, value: str) -> str:
        """The same name whatever blanks are in it."""
        return group_named(value)

    def validate_expires_at(self, value: Any) -> Any:
        """A time that has passed would end the monitor at once; an old one may stay."""
        unchanged = self.instance is not None and value == self.instance.expires_at
        if value is not None and not unchanged:
            check_expiry(value, timezone.now())
        return value

    def validate_destinations(self, value: list[int] | None) -> list[int] | None:
        """One's own, each once."""
        if value is None:
            return None
        own = Destination.objects.of(self.context["request"].user.pk).in_bulk(value)
        if strange := set(value) - own.keys():
            message = gettext("You have no destination %(id)d.") % {"id": min(strange)}
            raise serializers.ValidationError(message)
        return list(dict.fromkeys(value))

    def create(self, validated_data: dict[str, Any]) -> Monitor:
        return lifecycle.create(**validated_data)

    def update(self, instance: Monitor, validated_data: dict[str, Any]) -> Monitor:
        return lifecycle.edit(instance, **validated_data)

    def to_representation(self, instance: Monitor) -> dict[str, Any]:
        return monitor_data(instance)


class SnoozeSerializer(KnownFieldsOnly, serializers.Serializer[Any]):
    """Until when a monitor pauses: a time, or minutes from now."""

    until = serializers.DateTimeField(required=False)
    minutes = serializers.IntegerField(
        required=False, min_value=1, max_value=LONGEST_SNOOZE // timedelta(minutes=1)
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return the time alone; it lies ahead, by no more than the minutes may."""
        if len(attrs) != 1:
            message = gettext("Send either a time as until, or minutes.")
            raise serializers.ValidationError({"until": [message]})
        now = timezone.now()
        until = attrs.get("until") or now + timedelta(minutes=attrs["minutes"])
        try:
            check_snooze(until, now)
        except DjangoValidationError as error:
            raise serializers.ValidationError({"until": error.messages}) from error
        return {"until": until}


class QuoteSerializer(serializers.Serializer[Any]):
    """The last quote of a symbol. For the schema's sake."""

    symbol = serializers.CharField()
    name = serializers.CharField()
    market = serializers.CharField()
    currency = serializers.CharField()
    price = serializers.CharField(allow_null=True)
    change = serializers.CharField(allow_null=True)
    change_pct = serializers.CharField(allow_null=True)
    previous_close = serializers.CharField(allow_null=True)
    open = serializers.CharField(allow_null=True)
    high = serializers.CharField(allow_null=True)
    low = serializers.CharField(allow_null=True)
    volume = serializers.IntegerField()
    at = serializers.DateTimeField(allow_null=True)
    received_at = serializers.DateTimeField(allow_null=True)
    source = serializers.CharField()  # type: ignore[assignment]
    delayed = serializers.BooleanField()
    frozen = serializers.BooleanField(
        help_text=_("Nothing has changed for long while others of the market moved.")
    )
    delay = serializers.IntegerField(help_text=_("Seconds."))
    state = serializers.CharField()
    stale = serializers.BooleanField()
    market_open = serializers.BooleanField()
    english_name = serializers.CharField()
    kind = serializers.ChoiceField(choices=InstrumentKind.choices, allow_null=True)
    board = serializers.ChoiceField(choices=Board.choices, allow_null=True)
    risk_warning = serializers.BooleanField(help_text=_("ST: the exchange warns of it."))
    lot = serializers.IntegerField(
        allow_null=True, help_text=_("The smallest purchase, in shares.")
    )
    lot_step = serializers.IntegerField(allow_null=True, help_text=_("Shares beyond it."))
    tick = serializers.CharField(help_text=_("The smallest step of a price near this one."))
    limit_up = serializers.CharField(allow_null=True, help_text=_("Of today."))
    limit_down = serializers.CharField(allow_null=True, help_text=_("Of today."))


class BarSerializer(serializers.Serializer[Any]):
    """One bar; `at` is its start."""

    at = serializers.DateTimeField()
    open = serializers.CharField()
    high = serializers.CharField()
    low = serializers.CharField()
    close = serializers.CharField()
    volume = serializers.IntegerField()
