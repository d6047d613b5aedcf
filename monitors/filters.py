"""How a list of monitors may be narrowed and ordered."""

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from monitors.models import Listing, Monitor, MonitorStatus
from monitors.symbols import Symbol, SymbolError, spelt


class SymbolTextField(forms.CharField):
    """A symbol in any spelling; its canonical text comes out."""

    def clean(self, value: str | None) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            return str(Symbol.parse(text))
        except SymbolError as error:
            raise forms.ValidationError(str(error)) from error


class SymbolFilter(django_filters.Filter):  # type: ignore[misc]
    """Narrows to one symbol, however it is spelt."""

    field_class = SymbolTextField


class MonitorFilter(django_filters.FilterSet):  # type: ignore[misc]
    """`?symbol= &status= &search= &ordering=`."""

    symbol = SymbolFilter(field_name="instrument__symbol", label=_("Symbol"))
    status = django_filters.ChoiceFilter(choices=MonitorStatus.choices, label=_("Status"))
    search = django_filters.CharFilter(method="matching", label=_("Search"), max_length=100)
    ordering = django_filters.OrderingFilter(
        fields={
            "created_at": "created_at",
            "updated_at": "updated_at",
            "instrument__symbol": "symbol",
            "status": "status",
            "id": "id",
        },
        label=_("Order"),
    )

    class Meta:
        model = Monitor
        fields: list[str] = []

    def matching(self, monitors: QuerySet[Monitor], _name: str, words: str) -> QuerySet[Monitor]:
        """Keep those that every word is in, or finds by pinyin; ten words are enough to tell."""
        wanted = Q()
        for word in words.split()[:10]:
            wanted &= (
                Q(instrument__symbol__icontains=word)
                | Q(instrument__symbol=spelt(word))
                | Q(instrument__name__icontains=word)
                | Q(instrument__symbol__in=Listing.objects.known_by(word).values("symbol"))
                | Q(group__icontains=word)
                | Q(note__icontains=word)
            )
        return monitors.filter(wanted)
