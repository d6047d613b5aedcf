"""The kinds that are installed: rules and sources, loaded once a process."""

from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings

from monitors import rules, sources
from monitors.market import Market
from monitors.rules.base import RuleKind
from monitors.sources.base import Source
from stockwatch.plugins import load

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@cache
def rule_kinds() -> dict[str, type[RuleKind]]:
    """The rule kinds by name."""
    return load(rules, RuleKind)  # type: ignore[type-abstract]


@cache
def source_kinds() -> dict[str, type[Source]]:
    """The quote sources by name."""
    return load(sources, Source)  # type: ignore[type-abstract]


def configured_sources() -> dict[str, Source]:
    """The sources in use, by name: in the order of QUOTE_SOURCES, then those of one market."""
    used: dict[str, Source] = {}
    for market in Market:
        used |= preferred_sources(market)
    return {
        name: used[name] for name in dict.fromkeys((*settings.QUOTE_SOURCES, *used)) if name in used
    }


def preferred_sources(market: Market) -> dict[str, Source]:
    """The sources of a market, by name, in the order in which they are asked.

    It is the market's own order, or that of QUOTE_SOURCES with those last that are late by design.
    """
    if own := own_order(market):
        return {name: source_kinds()[name]() for name in own}
    common = {name: source_kinds()[name]() for name in settings.QUOTE_SOURCES}
    serving = [(name, source) for name, source in common.items() if market in source.markets]
    return dict(sorted(serving, key=lambda one: one[1].delays.get(market, 0) > 0))


def own_order(market: Market) -> list[str]:
    """The names that the market's own setting gives; empty where it is unset."""
    names: list[str] = getattr(settings, order_setting(market))
    return names


def order_setting(market: Market) -> str:
    """The name of the setting that gives a market an order of its own."""
    return f"QUOTE_SOURCES_{market.value}"


def disclaimer(source: str) -> "StrOrPromise":
    """What must be said beside the prices of a source; empty where they are the market's of now."""
    kind = source_kinds().get(source)
    return kind.disclaimer if kind else ""


def label(source: str) -> str:
    """What marks prices that are not the market's of now, such as DEMO; empty for others."""
    return source.upper() if disclaimer(source) else ""


def comparable(one: str, other: str) -> bool:
    """Whether prices of two sources may stand beside each other."""
    return one == other or not (disclaimer(one) or disclaimer(other))
