"""What the lists of notifications and of deliveries can be asked for."""

from typing import ClassVar

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError

from notifications.models import MAX_SEQ, Delivery, DeliveryState, Notification


class WholeNumberFilter(django_filters.NumberFilter):  # type: ignore[misc]
    """A number that the database can take; anything else is a mistake in the request."""

    field_class = forms.IntegerField

    def __init__(self, **kwargs: object) -> None:
        super().__init__(min_value=0, max_value=MAX_SEQ, **kwargs)

    def get_max_validator(self) -> None:
        """None besides the field's own."""
        return


class YesOrNoField(forms.NullBooleanField):
    """true or false; NullBooleanField alone takes anything else for neither."""

    WORDS: ClassVar = {"true": True, "1": True, "false": False, "0": False}

    def clean(self, value: object) -> bool | None:
        """Return the answer, None where nothing was asked."""
        if value in (None, ""):
            return None
        try:
            return self.WORDS[str(value).lower()]
        except KeyError as error:
            raise forms.ValidationError(_("Write true or false.")) from error


class YesOrNoFilter(django_filters.BooleanFilter):  # type: ignore[misc]
    """A filter that is true, false, or left out."""

    field_class = YesOrNoField

    def __init__(self, **kwargs: object) -> None:
        super().__init__(widget=forms.TextInput, **kwargs)


class NotificationFilters(django_filters.FilterSet):  # type: ignore[misc]
    """`after_seq` turns the order: who catches up reads oldest first."""

    after_seq = WholeNumberFilter(method="behind", label=_("behind this number, oldest first"))
    unread = YesOrNoFilter(method="by_reading", label=_("true: unread only, false: read only"))
    symbol = django_filters.CharFilter(method="of_symbol", label=_("symbol"), max_length=40)
    kind = django_filters.CharFilter(label=_("kind"), max_length=40)
    monitor = WholeNumberFilter(label=_("monitor"))

    class Meta:
        model = Notification
        fields: ClassVar = ["after_seq", "unread", "symbol", "kind", "monitor"]

    def behind(self, rows: QuerySet[Notification], _name: str, seq: int) -> QuerySet[Notification]:
        """Keep those behind a number, oldest first."""
        return rows.filter(seq__gt=seq).order_by("seq")

    def by_reading(
        self, rows: QuerySet[Notification], _name: str, unread: bool
    ) -> QuerySet[Notification]:
        """Keep the unread ones, or the read ones."""
        return rows.filter(read_at__isnull=unread)

    def of_symbol(
        self, rows: QuerySet[Notification], _name: str, symbol: str
    ) -> QuerySet[Notification]:
        """Keep those about a symbol, in any spelling that the view can read."""
        try:
            return rows.filter(symbol=self.request.parser_context["view"].read_symbol(symbol))
        except ValueError as error:
            raise ValidationError({"symbol": [str(error)]}) from error


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
