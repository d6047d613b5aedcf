"""Which level of a monitor the price meets first, and the bar that shows the way to it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from monitors.life import RuleState
from monitors.models import Monitor, MonitorStatus, Rule

FULL = 10.0
"""Percent of the price at which the bar is full; `static/watchlist/nearest.js` draws the same."""

MIDDLE = 50.0
REACH = 48.0
"""Of a bar a hundred wide: where the price is, and how far a full bar goes to either side."""


LevelledRule = tuple[Rule, list[Decimal]]
"""A rule and its levels, lowest first."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """The level that is nearest to the price, of those that a monitor waits for."""

    label: str
    level: Decimal
    percent: float
    """What the price has to go there, signed, in percent of itself."""

    @property
    def is_close(self) -> bool:
        """Whether a usual day's next hour may bring it there."""
        return abs(self.percent) < 1

    @property
    def x(self) -> float:
        """Where the bar begins."""
        return round(MIDDLE - self.width if self.percent < 0 else MIDDLE, 1)

    @property
    def width(self) -> float:
        """How long the bar is."""
        return round(min(abs(self.percent) / FULL, 1) * REACH, 1)


def waited_for(
    monitor: Monitor, rules: Sequence[LevelledRule], words: Mapping[str, str]
) -> list[tuple[str, Decimal]]:
    """Return what an active monitor's armed rules wait for: each level with its kind in words."""
    if monitor.status != MonitorStatus.ACTIVE:
        return []
    armed = [one for one in rules if one[0].state == RuleState.ARMED]
    return [(words[rule.kind], level) for rule, levels in armed for level in levels]


def nearest(waits: Sequence[tuple[str, Decimal]], price: Decimal | None) -> Nearest | None:
    """Return the nearest of these levels; None where there is no price, or no level."""
    if not price or not waits:
        return None
    label, level = min(waits, key=lambda one: abs(one[1] - price))
    return Nearest(label, level, float((level - price) * 100 / price))
