"""The kinds that are installed: rules and sources, loaded once a process."""

from functools import cache

from monitors import rules, sources
from monitors.rules.base import RuleKind
from monitors.sources.base import Source
from stockwatch.plugins import load

MADE_UP_SOURCE = "demo"
"""The source whose prices have nothing to do with those of any real one."""


@cache
def rule_kinds() -> dict[str, type[RuleKind]]:
    """The rule kinds by name."""
    return load(rules, RuleKind)  # type: ignore[type-abstract]


@cache
def source_kinds() -> dict[str, type[Source]]:
    """The quote sources by name."""
    return load(sources, Source)  # type: ignore[type-abstract]
