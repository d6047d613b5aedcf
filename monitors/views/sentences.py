"""What a rule does, in plain words: where the price is, what happened, what happens next."""

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from monitors.life import Repeat, RuleState
from monitors.models import Monitor, Rule
from monitors.models.monitor import MonitorStatus
from monitors.rules.base import Direction, Level, text
from monitors.symbols import Symbol
from monitors.wire import on_tick
from notifications.models import Notification
from stockwatch.fields import UNIT

PERCENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class RuleWords:
    """One rule as the page tells it."""

    rule: Rule
    label: str
    levels: list[str]
    low: str
    high: str
    now: str
    state: str
    """Sentences: what became of it, and what comes next."""


def rule_words(rule: Rule, monitor: Monitor, firing: Notification | None) -> RuleWords:
    """Return a rule in words; `firing` is its newest notification."""
    levels, instrument = rule.logic.levels(), monitor.instrument
    if firing is not None and firing.quote_at != rule.fired_at:
        firing = None  # it fired since, while notifications were off
    return RuleWords(
        rule=rule,
        label=str(rule.logic.label),
        levels=[text(level) for level in levels],
        low=text(levels[0]),
        high=text(levels[-1]),
        now=now(levels, instrument.quote.price, instrument.parsed),
        state=" ".join(_state(rule, monitor.status, firing, instrument.parsed.tick)),
    )


def now(levels: list[Decimal], price: Decimal | None, symbol: Symbol) -> str:
    """Say where the price is; `static/pages/monitor/rule_words.js` says the same of live ones."""
    if not price:
        return _("No price yet.")
    low, high = levels[0], levels[-1]
    percent = _percent(price, low if price < low else high)
    return _place(low, high, price).format(price=on_tick(price, symbol), percent=percent)


def _place(low: Decimal, high: Decimal, price: Decimal) -> str:
    if price < low:
        return _("Now {price}, {percent} below.")
    if price > high:
        return _("Now {price}, {percent} above.")
    return _("Now {price}, at the level.") if low == high else _("Now {price}, inside.")


def _percent(price: Decimal, level: Decimal) -> str:
    """The way to a level in percent of the price, as the cards show it."""
    percent = (abs(level - price) * 100 / price).quantize(PERCENT, ROUND_HALF_UP)
    return f"{percent} %"


def _state(rule: Rule, status: str, firing: Notification | None, tick: Decimal) -> list[str]:
    match rule.state:
        case RuleState.OFF if status == MonitorStatus.EXPIRED:
            return [_("Off: the monitor has expired.")]
        case RuleState.OFF:
            return [_("Off: the monitor is paused.")]
        case RuleState.FIRED:
            return [_("Fired %(when)s.") % {"when": _fired(rule, firing)}, _next(rule, tick)]
    if not rule.fired_at:
        return [_("Armed.")]
    return [_("Armed. Last fired %(when)s.") % {"when": _fired(rule, firing)}]


def _next(rule: Rule, tick: Decimal) -> str:
    if rule.repeat != Repeat.REARM:
        return _("Stays so until you re-arm it.")
    levels = rule.logic.release(rule.rearm_gap)
    bounds = _(" or ").join(_bound(level, tick) for level in levels)
    return _("Armed again once the price is %(bounds)s.") % {"bounds": bounds}


def _bound(level: Level, tick: Decimal) -> str:
    """A release level is a millionth beyond its bound, which no price meets between two ticks."""
    if level.direction == Direction.DOWN:
        whole = ((level.price + UNIT) / tick).to_integral_value(ROUND_CEILING)
        return _("below %(price)s") % {"price": text(whole * tick)}
    whole = ((level.price - UNIT) / tick).to_integral_value(ROUND_FLOOR)
    return _("above %(price)s") % {"price": text(whole * tick)}


def _fired(rule: Rule, firing: Notification | None) -> str:
    if rule.fired_at is None:
        return ""
    when = short_time(rule.fired_at)
    if firing is None:
        return _("on %(when)s") % {"when": when}
    return _("on %(when)s at %(price)s") % {"when": when, "price": firing.price}


def short_time(at: datetime) -> str:
    """Return a time as a sentence has it: 23 Nov 10:31; with the year, if it is another."""
    local = timezone.localtime(at)
    if local.year == timezone.localtime().year:
        return date_format(local, _("j M H:i"))
    return date_format(local, _("j M Y H:i"))
