"""The short words of a row: what marks its stock and its quote, and its rules with their states."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from html import escape

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from monitors.kinds import rule_kinds
from monitors.life import RuleState
from monitors.market import QuoteState
from monitors.models import InstrumentChange, Monitor, MonitorStatus, Rating
from monitors.rules.base import text
from monitors.views.marks import Marks, marks
from monitors.views.nearest import LevelledRule
from monitors.views.row_quotes import RowQuote


class RowWords:
    """The words of all rows, translated once a page."""

    def __init__(self) -> None:
        self.ratings = {value: str(label) for value, label in Rating.choices}
        self.statuses = {value: str(label) for value, label in MonitorStatus.choices}
        self.quote_states = {value: str(label) for value, label in QuoteState.choices}
        self.rule_states = {value: str(label) for value, label in RuleState.choices}
        self.kinds = {name: str(kind.label) for name, kind in rule_kinds().items()}
        self.change = _("%(label)s %(level)s: change")
        self.pause, self.resume, self.rearm = _("Pause"), _("Resume"), _("Re-arm")
        self.stale, self.frozen = _("Stale"), _("Frozen")
        self.unknown = _("No source knows this symbol.")
        self.risk = _("The exchange warns of this stock's risk.")


@lru_cache(maxsize=32768)
def address(name: str, *keys: int) -> str:
    """Return a page's address; a list asks for hundreds, the same again and again."""
    return reverse(name, args=keys)


def rearm_button(monitor: Monitor, name: str, words: RowWords) -> SafeString:
    """Return the button that arms a monitor's rules again."""
    action, label = address("monitor-rearm", monitor.pk), escape(words.rearm)
    return mark_safe(  # noqa: S308
        f'<button class="small secondary outline" form="row-actions" formaction="{action}" '
        f'data-act="rearm" aria-label="{label} {escape(name)}">{label}</button>'
    )


def rule_items(monitor: Monitor, rules: Iterable[LevelledRule], words: RowWords) -> SafeString:
    """Return the rules with their levels and states, an item each."""
    return mark_safe("".join(_rule_items(monitor, rules, words)))  # noqa: S308


def _rule_items(monitor: Monitor, rules: Iterable[LevelledRule], words: RowWords) -> Iterator[str]:
    form = address("monitor-edit", monitor.pk)
    for rule, levels in rules:
        kind = escape(words.kinds[rule.kind])
        change = address("monitor-level", monitor.pk, rule.pk)
        shown = "–".join(_level(text(one), kind, form, change, words) for one in levels)
        yield (
            f'<li class="rule {rule.state}">{kind} <b>{shown}</b> '
            f'<span class="label {rule.state}">{escape(words.rule_states[rule.state])}</span></li>'
        )


def _level(level: str, kind: str, form: str, change: str, words: RowWords) -> str:
    """Return a level that is changed where it is shown, as `monitors/_level.html` has it."""
    spoken = escape(words.change % {"label": kind, "level": level})
    return (
        f'<a class="level" href="{form}" data-level-edit="{change}" data-value="{level}" '
        f'data-label="{kind}" aria-label="{spoken}">{level}</a>'
    )


def labels(
    monitor: Monitor,
    quote: RowQuote,
    changes: Iterable[InstrumentChange],
    words: RowWords,
    now: datetime,
) -> SafeString:
    """Return what marks a row's stock, its quote and itself, as labels."""
    known = marks(monitor.instrument, changes, now)
    parts = [
        *_of_monitor(monitor, words),
        *_of_quote(quote, known, words),
        *_of_stock(known, words),
    ]
    return mark_safe("".join(parts))  # noqa: S308


def _of_monitor(monitor: Monitor, words: RowWords) -> Iterator[str]:
    if monitor.rating:
        yield _label(f"rating {monitor.rating}", words.ratings[monitor.rating])
    if monitor.group:
        yield _label("own-group", f"#{monitor.group}")
    if monitor.status != MonitorStatus.ACTIVE:
        yield _label(f"status {monitor.status}", words.statuses[monitor.status])


def _of_quote(quote: RowQuote, known: Marks, words: RowWords) -> Iterator[str]:
    if quote.label:
        yield _label("disclaimer", quote.label)
    if quote.is_unknown:
        yield _label("warning", words.unknown, "data-unknown")
    elif quote.state != QuoteState.TRADING:
        yield _label("", _state(quote, known, words), "data-state-label")
    if quote.late_minutes:
        yield _label("warning", _("%(minutes)s min late") % {"minutes": quote.late_minutes})
    yield _label(
        "warning", words.stale, "data-stale" if quote.fresh.is_stale else "data-stale hidden"
    )
    yield _label(
        "warning", words.frozen, "data-frozen" if quote.is_frozen else "data-frozen hidden"
    )


def _of_stock(known: Marks, words: RowWords) -> Iterator[str]:
    if known.has_risk_warning:
        yield _label("warning", "ST", f'title="{escape(words.risk)}"')
    if known.renamed:
        values = {"name": known.renamed.before, "date": _day(known.renamed.at)}
        yield _label("long", _("Renamed from %(name)s on %(date)s") % values)


def _state(quote: RowQuote, known: Marks, words: RowWords) -> str:
    state = words.quote_states[quote.state]
    return f"{state} {_('since %(date)s') % {'date': _day(known.since)}}" if known.since else state


def _label(classes: str, words: str, attributes: str = "") -> str:
    space = " " if attributes else ""
    return f'<span class="label {classes}"{space}{attributes}>{escape(words)}</span>'


def _day(at: datetime) -> str:
    return date_format(localtime(at), "SHORT_DATE_FORMAT")
