"""The buttons of the log's notifications."""

from collections.abc import Sequence

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from notifications.links import Deed
from notifications.models import Notification


class Buttons:
    """Draws what can be done once a page, and not for each of its notifications again.

    They differ by the number in the address alone, and drawing them takes longer than the rest.
    """

    def __init__(self) -> None:
        self._drawn: dict[tuple[object, ...], str] = {}
        self._blank = reverse("notification-act", args=[0])

    def of(self, row: Notification, deeds: Sequence[tuple[str, Deed]]) -> SafeString:
        """Return the buttons of a notification: one that reads it, and the deeds'."""
        is_unread = row.read_at is None
        kind = (is_unread, *(name for name, _deed in deeds))
        if kind not in self._drawn:
            about = {"deeds": deeds, "is_unread": is_unread, "act": self._blank}
            self._drawn[kind] = render_to_string("notifications/_deeds.html", about)
        act = reverse("notification-act", args=[row.seq])
        return mark_safe(self._drawn[kind].replace(self._blank, act))  # noqa: S308
