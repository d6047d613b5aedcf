"""What the list of notifications can be asked for."""

from typing import ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError

from notifications.filters import WholeNumberFilter, YesOrNoFilter
from notifications.models import Notification


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
