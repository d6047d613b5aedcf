"""The kinds that are installed: rules and sources, loaded once a process."""

from functools import cache

from django.conf import settings

from monitors import rules, sources
from monitors.market import Market
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


def configured_sources() -> dict[str, Source]:
    """The sources in use, by name, in the order of QUOTE_SOURCES."""
    return {name: source_kinds()[name]() for name in settings.QUOTE_SOURCES}


def preferred_sources(market: Market) -> dict[str, Source]:
    """The sources in use that serve a market, those first whose quotes are not late by design."""
    serving = [
        (name, source) for name, source in configured_sources().items() if market in source.markets
    ]
    return dict(sorted(serving, key=lambda one: one[1].delays.get(market, 0) > 0))
