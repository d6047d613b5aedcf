"""One-minute bars, built from accepted quotes; longer intervals are derived from them."""

from datetime import datetime

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from monitors.models.instrument import Instrument
from stockwatch.fields import PriceField


class BarQuerySet(models.QuerySet["Bar"]):
    """Sentences about bars."""

    def prune(self, before: datetime, instruments: int = 50) -> int:
        """Delete bars older than a time, some instruments at a go, so that writers get between."""
        pruned = 0
        ids = list(Instrument.objects.order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(ids), instruments):
            some = ids[start : start + instruments]
            with transaction.atomic():
                deleted, _rows = self.filter(instrument_id__in=some, at__lt=before).delete()
            pruned += deleted
        return pruned


class Bar(models.Model):
    """A minute of trading. `at` is its start; volume is in shares."""

    pk = models.CompositePrimaryKey("instrument_id", "at")
    instrument = models.ForeignKey(
        Instrument, on_delete=models.CASCADE, related_name="bars", db_index=False
    )
    at = models.DateTimeField(_("start"))
    open = PriceField(_("open"))
    high = PriceField(_("high"))
    low = PriceField(_("low"))
    close = PriceField(_("close"))
    volume = models.BigIntegerField(_("volume"))

    objects = BarQuerySet.as_manager()

    class Meta:
        verbose_name = _("bar")
        verbose_name_plural = _("bars")

    def __str__(self) -> str:
        return f"{self.instrument_id} {self.at}"
