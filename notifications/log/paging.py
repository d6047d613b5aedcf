"""Pages of the log by number: what comes in meanwhile shifts none of them."""

from dataclasses import dataclass

from notifications.models import Notification
from notifications.models.log import NotificationQuerySet

ABOVE = 5


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of the log, newest first."""

    rows: list[Notification]
    older: int | None
    """Behind which number the next page begins; None where there is none."""
    newer: int | None
    """Before which number the former page ends; None on the first."""

    @property
    def is_newest(self) -> bool:
        """Whether what comes in belongs on this page."""
        return self.newer is None


def newest(rows: NotificationQuerySet, size: int) -> Page:
    """Return the first page."""
    found = list(rows.order_by("-seq")[: size + 1])
    return Page(found[:size], _older(found, size), None)


def before(rows: NotificationQuerySet, seq: int, size: int) -> Page:
    """Return the page behind a number, into the past."""
    found = list(rows.filter(seq__lt=seq).order_by("-seq")[: size + 1])
    return Page(found[:size], _older(found, size), found[0].seq if found else seq - 1)


def after(rows: NotificationQuerySet, seq: int, size: int) -> Page:
    """Return the page before a number, towards now; near its end that is the first page."""
    found = list(rows.after(seq)[: size + 1])
    if len(found) <= size:
        return newest(rows, size)
    shown = found[:size][::-1]
    return Page(shown, shown[-1].seq, shown[0].seq)


def around(rows: NotificationQuerySet, seq: int, size: int) -> Page:
    """Return a page with a number near its top, and a few newer ones above."""
    above = list(rows.after(seq)[: ABOVE + 1])
    shown = above[:ABOVE][::-1]
    found = list(rows.filter(seq__lte=seq).order_by("-seq")[: size + 1])
    newer = shown[0].seq if len(above) > ABOVE else None
    return Page(shown + found[:size], _older(found, size), newer)


def _older(found: list[Notification], size: int) -> int | None:
    return found[size - 1].seq if len(found) > size else None
