"""What a page shows of a monitor: the quote with its labels, and the way to each level."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils import timezone

from monitors.calendars import Calendar
from monitors.kinds import label
from monitors.life import RuleState
from monitors.market import Market, QuoteState
from monitors.models import CalendarOverride, Instrument, InstrumentChange, Monitor, Rule
from monitors.models.monitor import MonitorStatus
from monitors.rules.base import text
from monitors.views.freshness import Freshness, freshness, hours
from monitors.views.marks import Marks, marks
from monitors.wire import full_quote_data, monitor_data

PERCENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class LevelLine:
    """One level of a rule, and how far the price has to go to it."""

    level: str
    distance: str | None
    """Signed percent of the price; None where there is no price."""


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule of a card."""

    rule: Rule
    label: Any
    levels: list[LevelLine]


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """The quote as it is shown: plain values as on the wire, and what they mean to a reader."""

    data: dict[str, Any]
    at: datetime | None
    state_label: str
    label: str
    """What marks a price that is not the market's of now."""
    is_unknown: bool
    """Whether the sources were asked for the symbol and none knows it."""
    marks: Marks
    fresh: Freshness
    hours: str
    """When its market trades from now on, for the script."""

    @property
    def trend(self) -> str:
        """`up`, `down` or `flat`, by the change since the previous close."""
        change = Decimal(self.data["change"] or 0)
        return "up" if change > 0 else "down" if change < 0 else "flat"

    @property
    def change(self) -> str:
        """The change since the previous close, with its sign, as `static/quote.js` shows it."""
        return _signed(self.data["change"])

    @property
    def change_pct(self) -> str:
        """The same in percent."""
        percent = _signed(self.data["change_pct"])
        return f"{percent} %" if percent else ""

    @property
    def delay_minutes(self) -> int:
        """By how many minutes the source is late."""
        return int(self.data["delay"]) // 60


@dataclass(frozen=True, slots=True)
class Card:
    """A monitor as the list shows it."""

    monitor: Monitor
    quote: QuoteLine
    rules: list[RuleLine]

    @property
    def signature(self) -> str:
        """Changes when the card has to be drawn anew; the script computes it from a frame, too."""
        data = monitor_data(self.monitor)
        rules = [f"{rule['id']}:{rule['state']}:{rule['fired_count']}" for rule in data["rules"]]
        return " ".join([data["status"], data["updated_at"], *rules])

    @property
    def is_active(self) -> bool:
        """Whether it watches."""
        return self.monitor.status == MonitorStatus.ACTIVE

    @property
    def can_rearm(self) -> bool:
        """Whether re-arming would change anything: an active monitor with a rule that has fired."""
        return self.is_active and any(
            line.rule.state == RuleState.FIRED or line.rule.fired_count for line in self.rules
        )


def cards(monitors: Iterable[Monitor]) -> list[Card]:
    """Return the monitors' cards, by two queries beside those of MonitorQuerySet.with_all."""
    shown = list(monitors)
    calendar, now = CalendarOverride.objects.calendar(), timezone.now()
    changes = InstrumentChange.objects.newest_of(monitor.instrument_id for monitor in shown)
    return [
        _card(
            monitor, _quote_line(monitor.instrument, changes[monitor.instrument_id], calendar, now)
        )
        for monitor in shown
    ]


def quote_line(instrument: Instrument) -> QuoteLine:
    """Return an instrument's quote as it is shown; `quote` is loaded."""
    changes = InstrumentChange.objects.newest_of([instrument.pk]) if instrument.pk else {}
    calendar, now = CalendarOverride.objects.calendar(), timezone.now()
    return _quote_line(instrument, changes.get(instrument.pk, []), calendar, now)


def _quote_line(
    instrument: Instrument, changes: list[InstrumentChange], calendar: Calendar, now: datetime
) -> QuoteLine:
    quote, data = instrument.quote, full_quote_data(instrument, calendar, now)
    fresh, market = freshness(instrument, calendar, now), Market(instrument.market)
    return QuoteLine(
        data,
        quote.at,
        quote.get_state_display(),
        label(quote.source),
        # The time of asking is kept as long as there is no quote.
        instrument.polled_at is not None and quote.state == QuoteState.UNKNOWN,
        marks(instrument, changes, now),
        fresh,
        hours(market, calendar, now, always_open=not fresh.market),
    )


def distance(level: Decimal, price: Decimal | None) -> str | None:
    """Return how far the price has to go to the level, in signed percent of the price."""
    if not price:
        return None
    percent = ((level - price) * 100 / price).quantize(PERCENT, ROUND_HALF_UP)
    return f"{percent + 0:+}"  # adding nothing turns -0.00 into 0.00


def _card(monitor: Monitor, quote: QuoteLine) -> Card:
    price = monitor.instrument.quote.price
    return Card(monitor, quote, [_rule_line(rule, price) for rule in monitor.rules.all()])


def _rule_line(rule: Rule, price: Decimal | None) -> RuleLine:
    logic = rule.logic
    levels = [LevelLine(text(level), distance(level, price)) for level in logic.levels()]
    return RuleLine(rule, logic.label, levels)


def _signed(number: str | None) -> str:
    if number is None:
        return ""
    return number if number.startswith("-") else f"+{number}"
