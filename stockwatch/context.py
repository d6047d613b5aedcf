"""What every page shows around its own content: unread count, banners, calendar warnings."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from monitors.kinds import configured_sources, disclaimer, label
from monitors.models import CalendarOverride, Feed, Service
from notifications.models import Inbox, Notification
from stockwatch.account import tour


def market(request: HttpRequest) -> dict[str, Any]:
    """Return the frame's values; each is looked up only where a template asks for it."""
    source = next(iter(configured_sources()), "")  # one with a disclaimer stands alone
    return {
        "market_label": label(source),
        "market_disclaimer": disclaimer(source),
        "is_stopped": SimpleLazyObject(Service.objects.filter(pk=1, running=False).exists),
        "feeds_down": SimpleLazyObject(Feed.objects.down),
        "tour_offered": SimpleLazyObject(lambda: tour.is_offered(request.user.pk or 0)),
        "tour_promises": SimpleLazyObject(tour.is_demo),
        "inbox": SimpleLazyObject(lambda: _inbox(request)),
        "calendar_warnings": SimpleLazyObject(lambda: _warnings(request)),
    }


def _inbox(request: HttpRequest) -> dict[str, int]:
    user_id = request.user.pk or 0
    # The head first: a notification that comes in between is then told by the socket, not lost.
    head = Inbox.objects.head_of(user_id)
    unread = Notification.objects.for_user(user_id).unread().filter(seq__lte=head).count()
    return {"head": head, "unread": unread}


def _warnings(request: HttpRequest) -> list[str]:
    """Return the lines for those who can add calendar overrides."""
    if not request.user.is_staff:
        return []
    return CalendarOverride.objects.calendar().warnings(timezone.now())
