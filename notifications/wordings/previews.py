"""How a wording reads, before it is saved: on the user's newest notification, else an example."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from notifications import composing
from notifications.composing.facts import FACT_LINES
from notifications.models import Delivery, Notification, Wording
from notifications.models.destination import server_zone


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be sent."""

    title: str
    text: str
    of: int | None
    """The number of the notification that it tells of; None where it is an example."""


def preview(user_id: int, wording: Wording, now: datetime) -> Preview:
    """Return what a wording makes, in the active language; it need not be saved."""
    newest = Notification.objects.for_user(user_id).order_by("-seq")
    if wording.kind:
        newest = newest.filter(kind=wording.kind)
    notification = newest.exclude(symbol="").first() or newest.first()
    told = notification or _example(wording.kind, now)
    reader = composing.Reader(
        language=get_language() or settings.LANGUAGE_CODE,
        zone=ZoneInfo(server_zone()),
        site=settings.SITE_URL,
        transport=wording.transport,
        wordings=[wording],
    )
    # As it was when it fired: nothing is late in a preview.
    message = composing.compose([Delivery(notification=told)], uuid4(), told.created_at, reader)
    return Preview(message.title, message.text(), notification.seq if notification else None)


def _example(kind: str, now: datetime) -> Notification:
    name, note, price, level = _("Example Ltd"), _("A note of yours."), "12.35", "12.30"
    values = {"name": name, "price": price, "level": level}
    return Notification(
        seq=0,
        kind=kind or "price_above",
        symbol="600000.SH",
        name=name,
        price=price,
        level=level,
        title=_("%(name)s reached %(level)s, now %(price)s") % values,
        body=f"600000.SH {price} CNY\n{note}",
        data={
            FACT_LINES: 1,
            "currency": "CNY",
            "change_pct": "1.25",
            "touched": None,
            "source": "tencent",
            "delay": 0,
            "note": note,
        },
        url="/monitors/",
        quote_at=now,
        created_at=now,
    )
