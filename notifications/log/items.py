"""A notification as the log shows it.

A page has forty. So each is put together here, and its template, drawn once a page, only places the
parts (`stockwatch.patterns`).
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from html import escape

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from notifications import links
from notifications.delivery.words import delivery_words
from notifications.log.buttons import Buttons
from notifications.models import Delivery, DeliveryState, Notification
from stockwatch.patterns import Pattern

_PARTS = ("classes", "seq", "waiting", "title", "iso", "time", "text", "link", "buttons", "ways")


class Items:
    """Draws the notifications of one page, in the language and zone of now."""

    def __init__(self, now: datetime, aimed: int | None) -> None:
        self._now, self._aimed = now, aimed
        self._pattern = Pattern("notifications/_item.html", _PARTS)
        self._buttons = Buttons()
        self._deliveries = reverse("delivery-list")
        gone = escape(_("The monitor has been deleted."))
        self._gone = mark_safe(f'<span class="gone">{gone}</span>')  # noqa: S308
        self._show, self._open = escape(_("Show")), escape(_("Open the monitor"))

    def of(self, row: Notification, *, is_gone: bool) -> SafeString:
        """Return a notification with loaded `deliveries`; `is_gone`: its monitor is no more."""
        deliveries = list(row.deliveries.all())
        return self._pattern.fill(
            {
                "classes": " ".join(self._classes(row)),
                "seq": row.seq,
                "waiting": mark_safe(" data-waiting" if _is_waiting(deliveries) else ""),  # noqa: S308
                "title": row.title,
                "iso": localtime(row.created_at).isoformat(),
                "time": f"{localtime(row.created_at):%H:%M:%S}",
                "text": _text(row.body),
                "link": self._gone if is_gone else self._link(row),
                "buttons": self._buttons.of(row, [] if is_gone else _deeds(row)),
                "ways": mark_safe("".join(self._ways(row.seq, deliveries))),  # noqa: S308
            }
        )

    def _classes(self, row: Notification) -> Iterator[str]:
        yield row.kind
        if row.read_at is None:
            yield "unread"
        if row.seq == self._aimed:
            yield "aimed"

    def _link(self, row: Notification) -> SafeString:
        """Return the link to what it is about."""
        if not row.url:
            return mark_safe("")
        words = self._show if row.monitor is None else self._open
        return mark_safe(f'<a class="more" href="{escape(row.url)}">{words}</a>')  # noqa: S308

    def _ways(self, seq: int, deliveries: Sequence[Delivery]) -> Iterator[str]:
        """Yield how it stands with each delivery, with a link to its attempts."""
        for one in deliveries:
            error = f' title="{escape(one.last_error)}"' if one.last_error else ""
            address = f"{self._deliveries}?notification={seq}#delivery-{one.pk}"
            words = escape(delivery_words(one, self._now))
            yield f'<a class="way-of {one.state}" href="{address}"{error}>{words}</a>'


def _deeds(row: Notification) -> list[tuple[str, links.Deed]]:
    """Return what can be done with it, beside reading it."""
    return [(name, deed) for name, deed in links.deeds(row) if name != "read"]


def _is_waiting(deliveries: Sequence[Delivery]) -> bool:
    return any(one.state == DeliveryState.PENDING for one in deliveries)


def _text(body: str) -> SafeString:
    lines = escape(body).replace("\r\n", "\n").replace("\n", "<br>")
    return mark_safe(f'<p class="text">{lines}</p>' if body else "")  # noqa: S308
