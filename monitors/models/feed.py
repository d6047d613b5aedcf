"""Whether quotes arrive, market by market."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from monitors.market import Market


class FeedQuerySet(models.QuerySet["Feed"]):
    """Sentences about feeds."""

    def answered(self, markets: Iterable[Market], now: datetime) -> None:
        """Note that quotes came of these markets."""
        # Written where it says something new: this runs after every sweep.
        old = models.Q(answered_at=None) | models.Q(answered_at__lt=now - Feed.NOTED_EVERY)
        for market in markets:
            feed, _created = self.get_or_create(market=market)
            self.filter(old | ~models.Q(silent_since=None), pk=feed.pk).update(
                answered_at=now, silent_since=None
            )

    def silent(self, markets: Iterable[Market], now: datetime) -> None:
        """Note that no source answered for these markets, though they have quotes to tell."""
        for market in markets:
            feed, _created = self.get_or_create(market=market)
            self.filter(pk=feed.pk, silent_since=None).update(silent_since=now)

    def lost(self, now: datetime, patience: timedelta) -> "list[Feed]":
        """Take, each once, those that have been silent for so long and nobody knows it."""
        late = self.filter(told_at=None, silent_since__lte=now - patience)
        return [
            feed for feed in late if self.filter(pk=feed.pk, told_at=None).update(told_at=now) == 1
        ]

    def back(self) -> "list[Feed]":
        """Take, each once, those that were said to be lost and answer again."""
        again = self.filter(silent_since=None).exclude(told_at=None)
        return [
            feed
            for feed in again
            if self.filter(pk=feed.pk, told_at=feed.told_at).update(told_at=None) == 1
        ]

    def down(self) -> "list[Feed]":
        """Those that are said to be lost."""
        return list(self.exclude(told_at=None).exclude(silent_since=None).order_by("market"))


class Feed(models.Model):
    """The quotes of one market, whatever sources they come from."""

    NOTED_EVERY = timedelta(seconds=5)

    market = models.CharField(_("market"), max_length=2, choices=Market.choices, primary_key=True)
    answered_at = models.DateTimeField(_("last answer"), null=True, blank=True)
    silent_since = models.DateTimeField(_("silent since"), null=True, blank=True)
    told_at = models.DateTimeField(_("told"), null=True, blank=True)
    """When it was said to be lost; until it is said to be back."""

    objects = FeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("feed")
        verbose_name_plural = _("feeds")

    def __str__(self) -> str:
        return self.get_market_display()
