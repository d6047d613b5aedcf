"""Days of trading as sources tell them: what the charts of years are drawn from."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from monitors.market import Candle
from monitors.models.instrument import Instrument
from stockwatch.fields import PriceField

KEPT = timedelta(days=3 * 366)
"""How far back days are kept."""

_FIGURES = ("open", "high", "low", "close", "volume")


class DailyBarQuerySet(models.QuerySet["DailyBar"]):
    """Sentences about days."""

    def newest(self, instrument: Instrument, limit: int) -> list["DailyBar"]:
        """Return an instrument's newest days, oldest first."""
        return list(self.filter(instrument=instrument).order_by("-day")[:limit])[::-1]

    @transaction.atomic
    def replace(self, instrument: Instrument, candles: Sequence[Candle], now: datetime) -> int:
        """Let the days that were told take the place of those that are stored.

        Return how many rows had to be written.

        A split changes the prices of all days before it, so what is told counts as a whole. Days
        outside of what was told stay where the two agree on the day where they meet: then they
        are on the same scale.
        """
        oldest = (now - KEPT).date()
        told = {one.day: one for one in _rows(instrument, candles) if one.day >= oldest}
        if not told:
            return 0
        stored = {one.day: one for one in self.filter(instrument=instrument)}
        gone = [day for day in stored.keys() - told.keys() if not _stays(day, stored, told)]
        self.filter(instrument=instrument, day__in=gone).delete()
        changed = [one for day, one in told.items() if not _same(one, stored.get(day))]
        self.bulk_create(
            changed,
            batch_size=100,
            update_conflicts=True,
            unique_fields=["instrument", "day"],
            update_fields=_FIGURES,
        )
        return len(changed)

    def prune(self, before: date, instruments: int = 50) -> int:
        """Delete days before one, some instruments at a go.

        Their key begins with the instrument, and writers get between.
        """
        pruned = 0
        ids = list(Instrument.objects.order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(ids), instruments):
            some = ids[start : start + instruments]
            pruned += self.filter(instrument_id__in=some, day__lt=before).delete()[0]
        return pruned


class DailyBar(models.Model):
    """A day of trading, adjusted forward (see `Source.days`). Volume is in shares."""

    pk = models.CompositePrimaryKey("instrument_id", "day")
    instrument = models.ForeignKey(
        Instrument, on_delete=models.CASCADE, related_name="daily_bars", db_index=False
    )
    day = models.DateField(_("day"))
    open = PriceField(_("open"))
    high = PriceField(_("high"))
    low = PriceField(_("low"))
    close = PriceField(_("close"))
    volume = models.BigIntegerField(_("volume"))

    objects = DailyBarQuerySet.as_manager()

    class Meta:
        verbose_name = _("daily bar")
        verbose_name_plural = _("daily bars")

    def __str__(self) -> str:
        return f"{self.instrument_id} {self.day}"


def _rows(instrument: Instrument, candles: Sequence[Candle]) -> list[DailyBar]:
    return [
        DailyBar(
            instrument=instrument,
            day=candle.at.date(),
            open=candle.open,
            high=candle.high,
            low=candle.low,
            close=candle.close,
            volume=candle.volume,
        )
        for candle in candles
    ]


def _stays(day: date, stored: Mapping[date, DailyBar], told: Mapping[date, DailyBar]) -> bool:
    """Whether a stored day that was not told is on the scale of those that were."""
    first, last = min(told), max(told)
    if first < day < last:
        return False  # it was taken back
    edge = first if day < first else last
    return edge in stored and stored[edge].close == told[edge].close


def _same(one: DailyBar, other: DailyBar | None) -> bool:
    return other is not None and all(
        getattr(one, name) == getattr(other, name) for name in _FIGURES
    )
