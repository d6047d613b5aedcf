"""What every page shows around its own content: unread count, banners, calendar warnings."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from monitors.kinds import configured_sources, disclaimer, label
from monitors.models import CalendarOverride, Feed, Service
from notifications.log.waiting import Waiting, waiting
from notifications.models import Inbox
from stockwatch.account import tour


def market(request: HttpRequest) -> dict[str, Any]:
    """Return the frame's values; each is looked up only where a template asks for it."""
    inbox = SimpleLazyObject(lambda: _inbox(request))
    source = next(iter(configured_sources()), "")  # one with a disclaimer stands alone
    return {
        "market_label": label(source),
        "market_disclaimer": disclaimer(source),
        "is_stopped": SimpleLazyObject(Service.objects.filter(pk=1, running=False).exists),
        "feeds_down": SimpleLazyObject(Feed.objects.down),
        "tour_offered": SimpleLazyObject(lambda: tour.is_offered(request.user.pk or 0)),
        "tour_promises": SimpleLazyObject(tour.is_demo),
        "inbox": inbox,
        "waiting": SimpleLazyObject(lambda: _waiting(request, inbox)),
        "calendar_warnings": SimpleLazyObject(lambda: _warnings(request)),
    }


def _inbox(request: HttpRequest) -> dict[str, int]:
    head, unread = Inbox.objects.standing_of(request.user.pk or 0)
    return {"head": head, "unread": unread}


def _waiting(request: HttpRequest, inbox: Any) -> Waiting:
    """Return what is urgent and unread; who has nothing unread costs no query."""
    if not inbox["unread"]:
        return Waiting()
    return waiting(request.user.pk or 0, before=inbox["head"] + 1)


def _warnings(request: HttpRequest) -> list[str]:
    """Return the lines for those who can add calendar overrides."""
    if not request.user.is_staff:
        return []
    return CalendarOverride.objects.calendar().warnings(timezone.now())
