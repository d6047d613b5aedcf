"""One-minute bars, built from accepted quotes; longer intervals are derived from them."""

from collections.abc import Iterable
from datetime import datetime

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from monitors.market import Candle
from monitors.models.instrument import Instrument
from stockwatch.fields import PriceField


class BarQuerySet(models.QuerySet["Bar"]):
    """Sentences about bars."""

    def fill(self, instrument: Instrument, candles: Iterable[Candle]) -> int:
        """Add past minutes that nobody has seen; those that were seen stay. Return how many."""
        bars = [
            Bar(
                instrument=instrument,
                at=candle.at,
                open=candle.open,
                high=candle.high,
                low=candle.low,
                close=candle.close,
                volume=candle.volume,
            )
            for candle in candles
        ]
        before = self.filter(instrument=instrument).count()
        self.bulk_create(bars, ignore_conflicts=True)
        return self.filter(instrument=instrument).count() - before

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
