"""How far the lists of what is traded have been read."""

from datetime import datetime

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from monitors.market import Market


class ListWalk(models.Model):
    """The reading of one market's list, page by page; whichever worker comes next goes on."""

    market = models.CharField(_("market"), max_length=2, choices=Market.choices, primary_key=True)
    source = models.CharField(_("source"), max_length=40, blank=True)
    """Whose pages they are: another's are cut elsewhere."""
    pages = models.PositiveIntegerField(_("pages read"), default=0)
    begun_at = models.DateTimeField(_("begun"), null=True, blank=True)
    """None while none is under way."""
    ended_at = models.DateTimeField(_("last complete"), null=True, blank=True)

    class Meta:
        verbose_name = _("list walk")
        verbose_name_plural = _("list walks")

    def __str__(self) -> str:
        return self.get_market_display()

    @classmethod
    def of(cls, market: Market) -> "ListWalk":
        """Return the market's walk, made on first use."""
        walk, _created = cls.objects.get_or_create(market=market)
        return walk

    def advance(self, source: str, now: datetime) -> bool:
        """Count a page that was read; False where another worker was first."""
        self.source, self.begun_at = source, self.begun_at or now
        return self._change(source=source, begun_at=self.begun_at, pages=F("pages") + 1)

    def end(self, now: datetime) -> None:
        """Note that the list was read to its end."""
        ListWalk.objects.filter(pk=self.pk).update(pages=0, begun_at=None, ended_at=now)

    def give_up(self) -> None:
        """Go back to the first page."""
        if self._change(pages=0, begun_at=None):
            self.pages, self.begun_at = 0, None

    def _change(self, **values: object) -> bool:
        still = ListWalk.objects.filter(pk=self.pk, pages=self.pages)
        return still.update(**values) == 1
