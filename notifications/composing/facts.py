"""What a notification tells as values: for placeholders, and labelled for a reader. Pure.

Texts come out in the active language, times in the reader's zone.
"""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from notifications.message import Fact
from notifications.models import Notification
from notifications.wire import severity_name

FACT_LINES = "fact_lines"
"""In a notification's data: how many lines at the head of its body the facts say, too."""


def values(notification: Notification, zone: ZoneInfo, url: str) -> dict[str, str]:
    """Return what the placeholders stand for (`notifications.placeholders.NAMES`).

    `url` is the absolute address of its page, empty where the server does not know its own.
    """
    data, at = notification.data, notification.quote_at
    return {
        "title": notification.title,
        "body": notification.body,
        "name": notification.name,
        "symbol": notification.symbol,
        "price": notification.price,
        "currency": data.get("currency") or "",
        "level": notification.level,
        "change": _change(data.get("change_pct")),
        "touched": data.get("touched") or "",
        "time": f"{localtime(at, zone):%Y-%m-%d %H:%M:%S}" if at else "",
        "zone": str(zone) if at else "",
        "source": data.get("source") or "",
        "delay": _delay(data.get("delay")),
        "note": data.get("note") or "",
        "url": url,
        "kind": notification.kind,
        "severity": severity_name(notification.severity),
    }


def facts(notification: Notification, told: dict[str, str]) -> list[Fact]:
    """Return the facts of a notification whose data says that its body tells them in other words.

    `told` are its `values`. For every other notification its body is all that there is.
    """
    if not notification.data.get(FACT_LINES):
        return []
    return [fact for fact in _facts(notification, told) if fact.value]


def remarks(notification: Notification) -> list[str]:
    """Return the lines of the body that no fact says: a disclaimer, a note."""
    return notification.body.splitlines()[notification.data.get(FACT_LINES) or 0 :]


def _facts(notification: Notification, told: dict[str, str]) -> Iterator[Fact]:
    currency = told["currency"]
    trend = _trend(told["change"])
    yield Fact("symbol", _("Symbol"), told["symbol"])
    yield Fact("price", _("Price"), _joined(told["price"], currency))
    yield Fact("level", _("Level"), _joined(told["level"], currency))
    yield Fact("change", pgettext("price", "Change"), f"{_ARROWS[trend]}{told['change']}", trend)
    yield Fact("touched", _("Touched"), _joined(told["touched"], currency))
    yield Fact("time", _("Time"), _joined(told["time"], f"({told['zone']})"))
    yield Fact("source", _("Source"), told["source"])
    yield Fact("delay", _("Delay"), told["delay"])
    yield Fact("second_source", _("Second source"), _second_source(notification))


_ARROWS = {1: "▲ ", -1: "▼ ", 0: ""}


def _joined(value: str, unit: str) -> str:
    return f"{value} {unit}".rstrip() if value else ""


def _decimal(text: str | None) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return None


def _change(percent: str | None) -> str:
    """Return a change with its sign; a kind that tells none in percent tells none here."""
    number = _decimal(percent)
    return "" if number is None else f"{number:+} %"


def _trend(change: str) -> int:
    number = _decimal(change.removesuffix(" %"))
    return 0 if not number else 1 if number > 0 else -1


def _delay(seconds: int | None) -> str:
    if not seconds:
        return ""
    minutes = max(1, round(seconds / 60))
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}


def _second_source(notification: Notification) -> str:
    data = notification.data
    if "confirmed_by" not in data:
        return ""
    if data["confirmed_by"] is None:
        return _("none answered")
    return f"{data['confirmed_by']} {data.get('second_price') or ''}".rstrip()
