"""Where two sources told different prices of one instrument, and alerts were withheld for it."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from monitors.models.instrument import Instrument
from stockwatch.fields import PriceField


class DisagreementQuerySet(models.QuerySet["Disagreement"]):
    """Sentences about disagreements."""

    def note(
        self,
        instrument_id: int,
        *,
        at: datetime,
        sources: tuple[str, str],
        prices: tuple[Decimal, Decimal],
        deviation: Decimal,
    ) -> None:
        """Note one; while the same two go on disagreeing it is the same one."""
        said = {
            "last_at": at,
            "price": prices[0],
            "other_price": prices[1],
            "deviation": min(deviation, Disagreement.MOST),
        }
        pair = {"source": sources[0], "other_source": sources[1]}
        going_on = self.filter(
            instrument_id=instrument_id, last_at__gt=at - Disagreement.QUIET, **pair
        )
        if not going_on.update(count=F("count") + 1, **said):
            self.create(instrument_id=instrument_id, at=at, **pair, **said)

    def take_untold(self, now: datetime) -> "list[Disagreement]":
        """Take, each once, those that nobody has been told of."""
        untold = self.filter(told_at=None).select_related("instrument").order_by("pk")
        return [
            one for one in untold if self.filter(pk=one.pk, told_at=None).update(told_at=now) == 1
        ]


class Disagreement(models.Model):
    """Two sources that differ by more than a rule allows."""

    QUIET = timedelta(minutes=30)
    """After so long without it, the next one is another one."""
    MOST = Decimal(999999)

    instrument = models.ForeignKey(
        Instrument,
        on_delete=models.CASCADE,
        related_name="disagreements",
        verbose_name=_("instrument"),
    )
    at = models.DateTimeField(_("first"), db_index=True)
    last_at = models.DateTimeField(_("last"))
    count = models.PositiveIntegerField(_("times"), default=1)
    """Quotes on which a rule was withheld."""
    source = models.CharField(_("source"), max_length=40)
    price = PriceField(_("price"))
    other_source = models.CharField(_("second source"), max_length=40)
    other_price = PriceField(_("its price"))
    deviation = models.DecimalField(_("deviation (percent)"), max_digits=12, decimal_places=4)
    told_at = models.DateTimeField(_("told"), null=True, blank=True)

    objects = DisagreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("disagreement of sources")
        verbose_name_plural = _("disagreements of sources")
        ordering = ("-last_at",)
        indexes = [
            models.Index(fields=["instrument", "last_at"], name="disagreement_recent"),
            models.Index(
                fields=["id"], name="disagreement_untold", condition=models.Q(told_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instrument}: {self.source} / {self.other_source}"
