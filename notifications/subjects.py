"""What notifications are about belongs to other apps, which the composition root asks."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Kinds = Sequence[tuple[str, Any]]


@dataclass(frozen=True, slots=True)
class Subjects:
    """What the pages of the log must know of monitors."""

    kinds: Kinds
    """Names and labels of the kinds."""
    spelt: Callable[[str], str]
    """A word as the log spells it, if it is a symbol: `sh600519` is 600519.SH."""
    existing: Callable[[int, Collection[int]], Mapping[int, str]]
    """Which of a user's monitors, by id, are still there, and what they watch."""
