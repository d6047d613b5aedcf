"""The life of a rule: armed, fired, armed again (contract §5). Pure: the quote brings its time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import IntFlag

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from monitors.rules.base import Level, RuleKind, Span

NEVER = 2**62
"""A revision that no quote will have: judge by the last price alone."""


class Repeat(TextChoices):
    """What happens after a rule has fired."""

    ONCE = "once", _("Once, until I re-arm it")
    REARM = "rearm", _("Again after it no longer held")
    EVERY = "every", _("Again and again while it holds")


class RuleState(TextChoices):
    """Where a rule is in its life."""

    ARMED = "armed", _("Armed")
    FIRED = "fired", _("Fired")
    OFF = "off", _("Off")


class Demand(IntFlag):
    """What a rule wants of a quote beyond what makes any rule accept it."""

    PROMPT = 1
    """Not late by design."""
    MOVING = 2
    """Not frozen."""
    CONFIRMED = 4
    """A second source agrees. Whether it does is known only once the quote is looked at."""


NOTHING = Demand(0)


@dataclass(frozen=True, slots=True)
class Reading:
    """What an accepted quote says of an instrument, beside the accepted quote before it."""

    last: Decimal
    low: Decimal
    high: Decimal
    """The day's new low and high since the previous accepted quote of that day, or `last`."""
    at: datetime
    revision: int
    """Counts the instrument's accepted quotes."""
    previous_revision: int
    previous_at: datetime | None


@dataclass(frozen=True, slots=True)
class Armament:
    """A level to wait for, and from when: what a trigger row says."""

    level: Level
    is_release: bool = False
    """Reaching it does not fire the rule, it arms it again."""
    touch_from: int = NEVER
    """Touch counts where the previous accepted quote has this revision or a later one."""
    not_before: datetime | None = None
    """An `every` rule rests until then, by the quotes' time."""

    def span(self, reading: Reading) -> Span:
        """The prices to judge by: touch only where the rule was armed at the previous quote."""
        rested = self.not_before is None or (
            reading.previous_at is not None and self.not_before <= reading.previous_at
        )
        if self.touch_from <= reading.previous_revision and rested:
            return Span(reading.low, reading.high)
        return Span(reading.last, reading.last)


@dataclass(frozen=True, slots=True)
class Life:
    """How a rule goes on after it fired."""

    repeat: Repeat
    rearm_gap: Decimal
    """Percent of the level."""
    cooldown: timedelta
    touch: bool
    demands: Demand = NOTHING

    def armed(self, kind: RuleKind, last: Decimal | None, revision: int) -> list[Armament]:
        """Arm the rule; touch counts from the quote with this revision on."""
        return [Armament(kind.watch(last), touch_from=revision if self.touch else NEVER)]

    def fired(self, kind: RuleKind, last: Decimal, at: datetime, revision: int) -> list[Armament]:
        """What to wait for after the rule fired on a quote of that time and price."""
        if self.repeat == Repeat.REARM:
            return [Armament(level, is_release=True) for level in kind.release(self.rearm_gap)]
        if self.repeat == Repeat.EVERY:
            touch_from = revision if self.touch else NEVER
            return [Armament(kind.watch(last), False, touch_from, at + self.cooldown)]
        return []


@dataclass(frozen=True, slots=True)
class Decision:
    """What a quote that reached a rule's level does to the rule."""

    fires: bool
    state: RuleState
    armaments: Sequence[Armament]
    span: Span | None = None


def decide(kind: RuleKind, life: Life, reached: Armament, reading: Reading) -> Decision:
    """Decide what happens to a rule whose level a reading has reached.

    A level is a necessary condition, not a sufficient one: a zone may have been jumped over. Then
    nothing fires and the level moves to the side where the price is now.
    """
    if reached.is_release:
        return Decision(False, RuleState.ARMED, life.armed(kind, reading.last, reading.revision))
    span = reached.span(reading)
    if kind.holds(span):
        after = life.fired(kind, reading.last, reading.at, reading.revision)
        state = RuleState.ARMED if life.repeat == Repeat.EVERY else RuleState.FIRED
        return Decision(True, state, after, span)
    moved = Armament(kind.watch(reading.last), False, reached.touch_from, reached.not_before)
    return Decision(False, RuleState.ARMED, [moved])
