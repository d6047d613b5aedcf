"""The buttons of the log's notifications."""

from collections.abc import Sequence

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from notifications.links import Deed


class Buttons:
    """Draws what can be done once a page, and not for each of its notifications again.

    They differ by the number in the address alone, and drawing them takes longer than the rest.
    """

    def __init__(self) -> None:
        self._drawn: dict[tuple[str, ...], str] = {}
        self._blank = reverse("notification-act", args=[0])

    def of(self, seq: int, deeds: Sequence[tuple[str, Deed]]) -> SafeString:
        """Return the buttons of a notification."""
        names = tuple(name for name, _deed in deeds)
        if names not in self._drawn:
            about = {"deeds": deeds, "act": self._blank}
            self._drawn[names] = render_to_string("notifications/_deeds.html", about)
        act = reverse("notification-act", args=[seq])
        return mark_safe(self._drawn[names].replace(self._blank, act))  # noqa: S308
