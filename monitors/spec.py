"""What may be wanted of a monitor and of its rules: names, defaults and limits.

The model, the forms, REST, the admin and the log of actions take them from here, so that none
accepts what another refuses.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from monitors.life import Repeat

LONGEST_GROUP = 40
LONGEST_NOTE = 2000
LONGEST_INTERVAL = 86_400
"""Seconds between two looks at a stock: a day."""
LONGEST_SNOOZE = timedelta(days=365)
LATEST_EXPIRY = datetime(2200, 1, 1, tzinfo=UTC)

MOST_RULES = 20
"""Rules a monitor may have; it needs at least one."""
WIDEST_GAP = Decimal(99)
"""Percent of the level."""
LONGEST_COOLDOWN = 31_536_000
"""Seconds: a year."""
LEAST_CONFIRM, MOST_CONFIRM = Decimal("0.0001"), Decimal(50)
"""Percent."""
PERCENT_PLACES = 4

INTERVAL_HELP = format_lazy(_("0: at every sweep. At most {most}."), most=LONGEST_INTERVAL)

LIFE_FIELDS = ("repeat", "rearm_gap", "cooldown", "touch")
DEMAND_FIELDS = ("refuse_delayed", "refuse_frozen", "confirm")
RULE_FIELDS = (*LIFE_FIELDS, *DEMAND_FIELDS)
"""What every rule has beside its levels: how it goes on, and what it wants of a quote."""


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """A rule as a user wants it: validated, its parameters as text."""

    kind: str
    params: Mapping[str, str]
    repeat: str = Repeat.REARM
    rearm_gap: Decimal = Decimal(0)
    cooldown: int = 3600
    touch: bool = True
    refuse_delayed: bool = False
    refuse_frozen: bool = False
    confirm: Decimal | None = None
    """Percent within which a second source must agree; None where none is asked."""
    id: int | None = None
    """The rule that this one was; None for a new one."""


USUAL = RuleSpec(kind="", params={})
"""How a rule lives if nobody says otherwise."""


def check_expiry(at: datetime, now: datetime) -> None:
    """Refuse a time that would end a monitor at once, or that is no time that anybody means."""
    if at <= now:
        raise ValidationError(_("Choose a time in the future."))
    check_latest(at)


def check_latest(at: datetime) -> None:
    """Refuse a time that is so far away that other zones and sums cannot tell it."""
    if at >= LATEST_EXPIRY:
        message = _("Choose a time before the year %(year)d.")
        raise ValidationError(message, params={"year": LATEST_EXPIRY.year})


def check_snooze(until: datetime, now: datetime) -> None:
    """Refuse a pause that is over, or that is longer than a year."""
    if not now < until <= now + LONGEST_SNOOZE:
        raise ValidationError(_("Choose a time in the future, within a year."))
