"""What a user wants to be told: a monitor on an instrument, its rules, and their triggers."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zlib import crc32

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, Sum, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from monitors.kinds import rule_kinds
from monitors.life import NEVER, NOTHING, Demand, Life, Repeat, RuleState
from monitors.models.instrument import Instrument
from monitors.rules.base import Direction, Metric, RuleKind, text
from monitors.spec import (
    INTERVAL_HELP,
    LEAST_CONFIRM,
    LONGEST_COOLDOWN,
    LONGEST_GROUP,
    LONGEST_INTERVAL,
    LONGEST_NOTE,
    MOST_CONFIRM,
    PERCENT_PLACES,
    USUAL,
    WIDEST_GAP,
)
from stockwatch.fields import PriceField


def kind_choices() -> list[tuple[str, Any]]:
    """The rule kinds that are installed. A callable, so that a new file needs no migration."""
    return [(name, kind.label) for name, kind in rule_kinds().items()]


class MonitorStatus(TextChoices):
    """Whether a monitor watches."""

    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    EXPIRED = "expired", _("Expired")


class Rating(TextChoices):
    """What the user thinks of the stock."""

    BUY = "buy", _("Buy")
    HOLD = "hold", _("Hold")
    SELL = "sell", _("Sell")


def group_named(written: str) -> str:
    """Return a group's name: the same whatever blanks, or NULs, are in what was written."""
    return " ".join(written.replace("\0", " ").split())


class MonitorQuerySet(models.QuerySet["Monitor"]):
    """Sentences about monitors."""

    def of(self, user_id: int | None) -> "MonitorQuerySet":
        """One user's monitors."""
        return self.filter(owner_id=user_id)

    def groups(self, user_id: int | None) -> list[str]:
        """The names of a user's own groups."""
        named = self.of(user_id).exclude(group="").order_by("group")
        return list(named.values_list("group", flat=True).distinct())

    def version(self, user_id: int | None) -> str:
        """Return what is another when a user has other monitors, or has them in other groups."""
        own = self.of(user_id).order_by("group").values_list("group")
        return f"{crc32(repr(list(own.annotate(Count('pk'), Sum('pk')))).encode()):x}"

    def active(self) -> "MonitorQuerySet":
        """Those that watch."""
        return self.filter(status=MonitorStatus.ACTIVE)

    def expired_by(self, now: datetime) -> "MonitorQuerySet":
        """Active ones whose time is over."""
        return self.active().filter(expires_at__lte=now)

    def woken_by(self, now: datetime) -> "MonitorQuerySet":
        """Paused ones whose pause is over."""
        return self.filter(status=MonitorStatus.PAUSED, snoozed_until__lte=now)

    def with_all(self) -> "MonitorQuerySet":
        """Everything that showing a monitor needs, in three queries for any number of them."""
        return self.select_related("instrument__quote").prefetch_related("rules")


class Monitor(models.Model):
    """A user's watch on an instrument. A user may have several on the same one."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="monitors",
        verbose_name=_("user"),
    )
    instrument = models.ForeignKey(
        Instrument,
        on_delete=models.PROTECT,
        related_name="monitors",
        verbose_name=_("instrument"),
    )
    rating = models.CharField(_("rating"), max_length=4, choices=Rating.choices, blank=True)
    group = models.CharField(_("group"), max_length=LONGEST_GROUP, blank=True)
    """One of the user's own, by its name; "" for none."""
    note = models.TextField(_("note"), max_length=LONGEST_NOTE, blank=True)
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=MonitorStatus.choices,
        default=MonitorStatus.ACTIVE,
        db_index=True,
    )
    trading_hours_only = models.BooleanField(_("trading hours only"), default=True)
    notifications_enabled = models.BooleanField(_("notifications on"), default=True)
    check_interval = models.PositiveIntegerField(
        _("check every (seconds)"),
        default=0,
        validators=[MaxValueValidator(LONGEST_INTERVAL)],
        help_text=INTERVAL_HELP,
    )
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    snoozed_until = models.DateTimeField(_("paused until"), null=True, blank=True)
    """When a paused one watches again by itself; None where it waits for its user."""
    destinations = models.JSONField(_("destinations"), null=True, blank=True, default=None)
    """Ids of the only destinations to use; None for those that their own settings choose."""
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    objects = MonitorQuerySet.as_manager()

    class Meta:
        verbose_name = _("monitor")
        verbose_name_plural = _("monitors")
        indexes = [
            models.Index(fields=["owner", "-created_at"], name="monitor_owner"),
            models.Index(fields=["expires_at"], name="monitor_expiry"),
            models.Index(
                fields=["snoozed_until"],
                name="monitor_snoozed",
                condition=models.Q(snoozed_until__isnull=False),
            ),
            # What is due is found by a probe or two for each instrument, not by the monitors.
            models.Index(
                fields=["instrument", "check_interval"],
                name="monitor_interval",
                condition=models.Q(status="active"),
            ),
            models.Index(
                fields=["instrument"],
                name="monitor_round_the_clock",
                condition=models.Q(status="active", trading_hours_only=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instrument.symbol} ({self.pk})"


def existing(user_id: int, ids: Iterable[int]) -> dict[int, str]:
    """Return those of the ids that are monitors of the user, each with what it watches."""
    mine = Monitor.objects.of(user_id).filter(pk__in=ids).select_related("instrument")
    mine = mine.only("instrument__symbol", "instrument__name")
    return {monitor.pk: str(monitor.instrument) for monitor in mine}


class Rule(models.Model):
    """One condition of a monitor, and where it is in its life."""

    monitor = models.ForeignKey(
        Monitor, on_delete=models.CASCADE, related_name="rules", verbose_name=_("monitor")
    )
    kind = models.CharField(_("kind"), max_length=40, choices=kind_choices)
    params = models.JSONField(_("parameters"), default=dict)
    repeat = models.CharField(
        _("repeat"), max_length=10, choices=Repeat.choices, default=USUAL.repeat
    )
    rearm_gap = models.DecimalField(
        _("re-arm gap (percent)"),
        max_digits=6,
        decimal_places=PERCENT_PLACES,
        default=USUAL.rearm_gap,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(WIDEST_GAP)],
    )
    cooldown = models.PositiveIntegerField(
        _("cool-down (seconds)"),
        default=USUAL.cooldown,
        validators=[MaxValueValidator(LONGEST_COOLDOWN)],
    )
    touch = models.BooleanField(_("touch"), default=USUAL.touch)
    refuse_delayed = models.BooleanField(_("refuse late quotes"), default=USUAL.refuse_delayed)
    refuse_frozen = models.BooleanField(_("refuse frozen quotes"), default=USUAL.refuse_frozen)
    confirm = models.DecimalField(
        _("second source within (percent)"),
        max_digits=6,
        decimal_places=PERCENT_PLACES,
        null=True,
        blank=True,
        validators=[MinValueValidator(LEAST_CONFIRM), MaxValueValidator(MOST_CONFIRM)],
    )
    state = models.CharField(
        _("state"), max_length=10, choices=RuleState.choices, default=RuleState.ARMED
    )
    fired_at = models.DateTimeField(_("last fired"), null=True, blank=True)
    fired_count = models.PositiveIntegerField(_("times fired"), default=0)

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        ordering = ["pk"]

    def __str__(self) -> str:
        if self.kind not in rule_kinds() or not self.params:  # not filled in yet, or from a plugin
            return self.kind
        # Its label directly: `get_kind_display` makes all choices for one, which long lists notice.
        return f"{rule_kinds()[self.kind].label} {'–'.join(map(text, self.logic.levels()))}"

    @property
    def logic(self) -> RuleKind:
        """The rule's kind with this rule's levels."""
        params = {name: Decimal(value) for name, value in self.params.items()}
        return rule_kinds()[self.kind](params)

    @property
    def life(self) -> Life:
        """How the rule goes on after it fired."""
        return Life(
            Repeat(self.repeat),
            self.rearm_gap,
            timedelta(seconds=self.cooldown),
            self.touch,
            self.demands,
        )

    @property
    def demands(self) -> Demand:
        """What it wants of a quote."""
        wanted = NOTHING
        if self.refuse_delayed:
            wanted |= Demand.PROMPT
        if self.refuse_frozen:
            wanted |= Demand.MOVING
        if self.confirm is not None:
            wanted |= Demand.CONFIRMED
        return wanted


class Trigger(models.Model):
    """A level that an active rule waits for: the index that finds what a quote fires.

    Derived from the rules and rebuilt with them. A row that exists is armed. Times are epoch
    microseconds and prices millionths, so that the join compares whole numbers only.
    """

    # Without database constraints: ingestion would pay for them at every firing, and a row whose
    # rule is gone does no harm (evaluation drops it when it is reached).
    rule = models.ForeignKey(
        Rule, on_delete=models.CASCADE, related_name="triggers", db_constraint=False
    )
    instrument = models.ForeignKey(
        Instrument, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    metric = models.SmallIntegerField(choices=Metric.choices)
    direction = models.SmallIntegerField(choices=Direction.choices)
    level = PriceField()
    is_release = models.BooleanField(default=False)
    in_session_only = models.BooleanField()
    touch_from = models.BigIntegerField(default=NEVER)
    not_before = models.BigIntegerField(default=0)
    demands = models.SmallIntegerField(default=0)
    """Bits of `Demand`: what a quote must not lack to reach this."""

    class Meta:
        verbose_name = _("trigger")
        verbose_name_plural = _("triggers")
        indexes = [
            models.Index(
                fields=["instrument", "metric", "direction", "level"], name="trigger_reached"
            ),
            # Looked at for each chunk of quotes that came, so it holds nothing else.
            models.Index(
                fields=["instrument"],
                name="trigger_to_confirm",
                condition=models.Q(demands__gte=int(Demand.CONFIRMED), is_release=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_metric_display()} {'↑' if self.direction > 0 else '↓'} {self.level}"
