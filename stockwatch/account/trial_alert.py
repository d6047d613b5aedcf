"""An alert to look at while no market trades: told as any other, and marked as a test."""

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from monitors.models import Monitor
from monitors.rules.base import text
from monitors.wire import on_tick
from notifications.composing.facts import FACT_LINES
from notifications.delivery.dispatch import Draft, notify

KIND = "test"
"""No rule's kind: whatever acts on those must not act on this."""

KINDS = ((KIND, _("Test alert")),)


@transaction.atomic
def tell(monitor: Monitor) -> None:
    """Tell a monitor's user what its first rule would say at its level, once for a monitor."""
    notify([_draft(monitor)])


def _draft(monitor: Monitor) -> Draft:
    rule, instrument = monitor.rules.all()[0], monitor.instrument
    symbol, name = instrument.parsed, instrument.name or instrument.symbol
    reached = rule.logic.levels()[0]
    price, level = on_tick(reached, symbol) or "", text(reached)
    values = {"name": name, "symbol": symbol, "price": price, "level": level}
    return Draft(
        user_id=monitor.owner_id,
        key=f"{KIND}:{monitor.pk}",
        kind=KIND,
        severity=rule.logic.severity,
        destinations=monitor.destinations,
        title=format_lazy(_("Test: {title}"), title=rule.logic.headline(values)),
        body=format_lazy(
            "{facts}\n{remark}",
            facts=f"{symbol} {price} {symbol.currency}",
            remark=_("This is a test. Nothing has fired: its price is the level itself."),
        ),
        monitor=monitor.pk,
        symbol=str(symbol),
        name=name,
        price=price,
        level=level,
        url=f"/monitors/{monitor.pk}/",
        data={"currency": symbol.currency, FACT_LINES: 1},
    )
