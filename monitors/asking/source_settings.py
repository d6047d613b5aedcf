"""Refuses, at the start, settings by which quotes could not be fetched as they say."""

from django.conf import settings

from monitors.kinds import configured_sources, disclaimer, order_setting, own_order, source_kinds
from monitors.market import Market
from monitors.sources.base import ConfigurationError
from stockwatch.environment import refuse


def check() -> None:
    """End the start with one line where a source is unknown, lacks a setting, or does not fit."""
    if not settings.QUOTE_SOURCES:
        refuse("QUOTE_SOURCES", f"no source is named, write {', '.join(source_kinds())}")
    orders = {"QUOTE_SOURCES": settings.QUOTE_SOURCES}
    orders |= {order_setting(market): own_order(market) for market in Market}
    for setting, names in {**orders, "SOURCE_BUDGETS": [*settings.SOURCE_BUDGETS]}.items():
        _check_known(setting, names)
    for name in dict.fromkeys(name for names in orders.values() for name in names):
        _check_usable(name)
    for market in Market:
        _check_served(market)
    _check_alone(orders)


def _check_known(setting: str, names: list[str]) -> None:
    known = source_kinds()
    if unknown := [name for name in names if name not in known]:
        refuse(setting, f"{unknown[0]!r} is not known, write {', '.join(known)}")


def _check_usable(name: str) -> None:
    kind = source_kinds()[name]
    for setting in kind.settings:
        if not getattr(settings, setting):
            refuse(setting, f"{name} cannot be asked without it")
    try:
        kind().check()
    except ConfigurationError as error:
        refuse(error.setting, str(error))


def _check_served(market: Market) -> None:
    for name in own_order(market):
        if market not in source_kinds()[name]().markets:
            refuse(order_setting(market), f"{name} does not serve this market, leave it out")


def _check_alone(orders: dict[str, list[str]]) -> None:
    """Refuse a source whose prices are not the market's of now beside any other in use."""
    used = list(configured_sources())
    for name in used:
        if disclaimer(name) and len(used) > 1:
            setting = next(setting for setting, names in orders.items() if name in names)
            others = ", ".join(other for other in used if other != name)
            refuse(
                setting,
                f"{name} has prices that are not the market's of now and cannot stand beside "
                f"{others}, write the one or the other",
            )
