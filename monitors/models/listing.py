"""Everything that can be found: what is traded, and the terms by which it is found."""

from typing import Self

from django.db import models
from django.db.models import Case, F, Min, Q, When
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from monitors.market import InstrumentKind, Market, QuoteState
from monitors.market.terms import LONGEST_TERM, TermKind, sought, typed, whole_codes
from monitors.symbols import Symbol
from stockwatch.prefixes import BYTEWISE


class ListingQuerySet(models.QuerySet["Listing"]):
    """Sentences about listings."""

    def search(self, text: str, limit: int) -> Self:
        """The likeliest that somebody means by a text, the likeliest first.

        Exact codes, codes that begin so, names, pinyin initials, pinyin, parts of names, English
        words; of each, whole ones first. What is traded comes before what was, the shorter name
        before the longer.
        """
        key = sought(text)
        whole = Q(terms__text__in=whole_codes(key), terms__kind=TermKind.CODE)
        begun = Case(When(whole | Q(terms__text=key), then=0), default=1)
        # All codes of an exchange are equally long; Hong Kong's shorter ones do not come first.
        length = Case(When(terms__kind=TermKind.CODE, then=0), default=Length("terms__text"))
        found = self.known_by(text).annotate(
            rank=Min(F("terms__kind") * 2 + begun),
            gone=Case(When(state=QuoteState.DELISTED, then=1), default=0),
            length=Min(length),
        )
        return found.order_by("rank", "gone", "length", "market", "-kind", "symbol")[:limit]

    def known_by(self, text: str) -> Self:
        """Those of which some term begins with a text; one for each such term."""
        key = sought(text)
        return self.filter(terms__text__begins=key) if key else self.none()

    def named(self, text: str) -> Self:
        """Those whose whole name, initials or pinyin a text is."""
        kinds = (TermKind.NAME, TermKind.INITIALS, TermKind.PINYIN)
        exactly = Q(terms__text=typed(text), terms__kind__in=kinds)
        return self.traded().filter(exactly).distinct().order_by("market", "-kind", "symbol")

    def traded(self) -> Self:
        """Those that have not left their market."""
        return self.exclude(state=QuoteState.DELISTED)


class Listing(models.Model):
    """What a source, or the start set, says is traded. Nobody need watch it."""

    symbol = models.CharField(_("symbol"), max_length=20, unique=True)
    market = models.CharField(_("market"), max_length=2, choices=Market.choices)
    name = models.CharField(_("name"), max_length=100, blank=True)
    english_name = models.CharField(_("English name"), max_length=100, blank=True)
    kind = models.CharField(
        _("kind"), max_length=5, choices=InstrumentKind.choices, default=InstrumentKind.STOCK
    )
    state = models.CharField(
        _("state"), max_length=10, choices=QuoteState.choices, default=QuoteState.TRADING
    )
    seen_at = models.DateTimeField(_("last listed"))
    """When a source last listed it; of the start set, when that was put together."""

    objects = ListingQuerySet.as_manager()

    class Meta:
        verbose_name = _("listing")
        verbose_name_plural = _("listings")
        ordering = ["symbol"]

    def __str__(self) -> str:
        return f"{self.symbol} {self.name or self.english_name}".strip()

    @property
    def parsed(self) -> Symbol:
        """The symbol with its market, currency and tick."""
        return Symbol.parse(self.symbol)


class ListingTerm(models.Model):
    """One way to find a listing; derived from its names, and written with them."""

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="terms")
    kind = models.SmallIntegerField()
    """A TermKind."""
    text = models.CharField(max_length=LONGEST_TERM)

    class Meta:
        verbose_name = _("search term")
        verbose_name_plural = _("search terms")
        indexes = [
            models.Index(fields=["text"], name="listing_term_text", opclasses=[BYTEWISE]),
        ]

    def __str__(self) -> str:
        return self.text
