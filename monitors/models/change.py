"""The history of what instruments were called and when they were suspended."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from monitors.market import QuoteState
from monitors.market.identity import Identity, What
from monitors.models.instrument import Instrument


class InstrumentChangeQuerySet(models.QuerySet["InstrumentChange"]):
    """Sentences about changes."""

    @transaction.atomic
    def note(
        self, instrument_id: int, known: Identity, now_known: Identity, at: datetime, source: str
    ) -> bool:
        """Write down what is known now, if it still was what it was, and what that changed.

        False where somebody else was first: the next quote tells it again.
        """
        instrument = Instrument.objects.filter(pk=instrument_id, **asdict(known))
        if instrument.update(**asdict(now_known)) != 1:
            return False
        for change in known.changes_to(now_known):
            self.create(instrument_id=instrument_id, at=at, source=source, **change._asdict())
        return True

    def newest_of(self, instrument_ids: Iterable[int]) -> "dict[int, list[InstrumentChange]]":
        """Return the newest change of each thing, by instrument, by one query."""
        of_these = self.filter(instrument_id__in=list(instrument_ids)).order_by()
        newest = of_these.values("instrument", "what").annotate(newest=models.Max("pk"))
        found = defaultdict(list)
        for change in self.filter(pk__in=newest.values("newest")):
            found[change.instrument_id].append(change)
        return found


class InstrumentChange(models.Model):
    """A name or a lasting state that an instrument had until some time."""

    instrument = models.ForeignKey(
        Instrument, on_delete=models.CASCADE, related_name="changes", verbose_name=_("instrument")
    )
    what = models.CharField(_("what"), max_length=5, choices=What.choices)
    before = models.CharField(_("before"), max_length=100, blank=True)
    after = models.CharField(_("after"), max_length=100)
    at = models.DateTimeField(_("time"))
    """When the source stamped it, or was asked."""
    source = models.CharField(_("source"), max_length=40)

    objects = InstrumentChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of an instrument")
        verbose_name_plural = _("changes of instruments")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.shown_before} → {self.shown_after}"

    @property
    def shown_before(self) -> str:
        """What it was, in the reader's language."""
        return self._shown(self.before)

    @property
    def shown_after(self) -> str:
        """What it became, in the reader's language."""
        return self._shown(self.after)

    def _shown(self, value: str) -> str:
        if self.what == What.STATE:
            return str(QuoteState(value or QuoteState.UNKNOWN).label)
        return value
