"""What a user is told when a rule fires, in that user's language and on the instrument's tick."""

from decimal import Decimal
from typing import Any

from django.utils.functional import lazy
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from monitors.evaluation.acceptance import Update
from monitors.evaluation.agreement import Opinion
from monitors.kinds import disclaimer, label
from monitors.life import Armament
from monitors.models import Rule
from monitors.rules.base import Span, text
from monitors.wire import change_pct, on_tick
from notifications.composing.facts import FACT_LINES
from notifications.delivery.dispatch import Draft
from stockwatch.fields import from_units


def draft(
    rule: Rule, reached: Armament, span: Span, update: Update, opinion: Opinion | None = None
) -> Draft:
    """Return the notification of a firing; `rule.monitor` is loaded.

    `opinion` is that of a second source, where the rule demanded one.
    """
    snapshot, monitor = update.snapshot, rule.monitor
    symbol = snapshot.symbol
    name = snapshot.name or update.standing.name or str(symbol)
    price = on_tick(from_units(update.price), symbol) or ""
    level = text(reached.level.price)
    touched = _touched(reached, span, snapshot.price)
    percent = change_pct(snapshot)
    data: dict[str, Any] = {
        "currency": symbol.currency,
        "change_pct": None if percent is None else str(percent),
        "touched": on_tick(touched, symbol),
        "source": snapshot.source,
        "delay": snapshot.delay,
        "label": label(snapshot.source),
    }
    if opinion is not None:
        data["confirmed_by"] = opinion.other.source if opinion.other else None
        data["second_price"] = on_tick(opinion.other_price, symbol)
    if monitor.note:
        data["note"] = monitor.note
    # What the body says in these lines, messages show as labelled facts.
    told_twice = (data["touched"], data["delay"], opinion)
    data[FACT_LINES] = 1 + sum(map(bool, told_twice))
    values = {"name": name, "symbol": symbol, "price": price, "level": level}
    return Draft(
        user_id=monitor.owner_id,
        key=f"rule:{rule.pk}:{symbol}:{update.revision}",
        kind=rule.kind,
        severity=rule.logic.severity,
        destinations=monitor.destinations,
        title=rule.logic.headline(values),
        body=_body(update, monitor.note, data, price),
        monitor=monitor.pk,
        rule=rule.pk,
        symbol=str(symbol),
        name=name,
        price=price,
        level=level,
        url=f"/monitors/{monitor.pk}/",
        quote_at=snapshot.at,
        data=data,
    )


def _touched(reached: Armament, span: Span, last: Decimal) -> Decimal | None:
    """The extreme that counts, where it was touch that fired and not the last price."""
    extreme = span.high if reached.level.direction > 0 else span.low
    return None if extreme == last else extreme


def _body_now(update: Update, note: str, data: dict[str, Any], price: str) -> str:
    snapshot = update.snapshot
    at = localtime(snapshot.at, snapshot.symbol.market.timezone)
    facts = [f"{snapshot.symbol} {price} {data['currency']}"]
    if data["change_pct"] is not None:
        facts.append(f"{Decimal(data['change_pct']):+} %")
    facts.append(_("at %(time)s (%(zone)s)") % {"time": f"{at:%H:%M:%S}", "zone": at.tzinfo})
    facts.append(_("source %(name)s") % {"name": snapshot.source})
    lines = [", ".join(facts)]
    if data["touched"]:
        lines.append(_("The price touched %(price)s in between.") % {"price": data["touched"]})
    if data["delay"]:
        minutes = data["delay"] // 60
        lines.append(_("This source is %(minutes)d minutes late.") % {"minutes": minutes})
    if "confirmed_by" in data:
        lines.append(_second_source(data))
    if data["label"]:
        says = {"label": data["label"], "disclaimer": disclaimer(snapshot.source)}
        lines.append(_("%(label)s: %(disclaimer)s") % says)
    if note:
        lines.append(note)
    return "\n".join(lines)


def _second_source(data: dict[str, Any]) -> str:
    if data["confirmed_by"] is None:
        return _("Not confirmed: no second source answered.")
    return _("Confirmed by %(name)s: %(price)s.") % {
        "name": data["confirmed_by"],
        "price": data["second_price"],
    }


_body = lazy(_body_now, str)
