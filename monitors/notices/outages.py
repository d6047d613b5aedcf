"""One outage, one alert: staff hear once that a market has no quotes, and once that it has."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.functional import lazy
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitors.instruments import history
from monitors.kinds import preferred_sources
from monitors.market import Market
from monitors.models import Feed, SourceHealth
from notifications.delivery.notices import tell_staff
from notifications.severity import Severity

LOST, BACK = "feed_lost", "feed_back"
KINDS = ((LOST, gettext_lazy("Quotes stay away")), (BACK, gettext_lazy("Quotes are back")))
"""The kinds of these notifications, with their labels."""

PATIENCE = timedelta(seconds=20)
"""So long nobody is troubled: sources fail for a moment all the time."""

PAGE = "/admin/monitors/service/"


@transaction.atomic
def tell(now: datetime) -> None:
    """Tell staff of the feeds that were lost, and of those that are back."""
    for feed in Feed.objects.lost(now, PATIENCE):
        title, body = _title_lost(feed), _body_lost(feed)
        tell_staff(LOST, _key(feed, now), title, body, PAGE, Severity.URGENT)
    for feed in Feed.objects.back():
        history.forget(feed.market, now)
        tell_staff(BACK, _key(feed, now), _title_back(feed), _body_back(), PAGE)


def _key(feed: Feed, now: datetime) -> str:
    return f"feed:{feed.market}:{now.isoformat()}"


def _title_lost_now(feed: Feed) -> str:
    return _("No quotes: %(market)s") % {"market": feed.get_market_display()}


def _body_lost_now(feed: Feed) -> str:
    lines = [_("Since %(time)s no source answers; no alert can fire.") % {"time": _time(feed)}]
    asked = SourceHealth.objects.filter(pk__in=preferred_sources(Market(feed.market)))
    lines += [f"{health.name}: {health.last_error}" for health in asked if health.last_error]
    return "\n".join(lines)


def _title_back_now(feed: Feed) -> str:
    return _("Quotes are back: %(market)s") % {"market": feed.get_market_display()}


def _body_back_now() -> str:
    return _(
        "What the day's high and low tell of the time without quotes has been judged. What went "
        "there and back within them cannot be known."
    )


def _time(feed: Feed) -> str:
    assert feed.silent_since is not None
    at = localtime(feed.silent_since, Market(feed.market).timezone)
    return f"{at:%H:%M:%S} ({at.tzinfo})"


_title_lost = lazy(_title_lost_now, str)
_body_lost = lazy(_body_lost_now, str)
_title_back = lazy(_title_back_now, str)
_body_back = lazy(_body_back_now, str)
