from datetime import date

import pytest
from django.core.exceptions import ValidationError

from monitors.calendars import OverrideKind
from monitors.market import Market
from monitors.models import CalendarOverride

pytestmark = pytest.mark.django_db

TYPHOON = date(2026, 11, 23)


def override(kind: OverrideKind, market: Market = Market.HK) -> CalendarOverride:
    return CalendarOverride(market=market, date=TYPHOON, kind=kind, note="Typhoon signal 10")


def test_the_calendar_takes_all_overrides_by_one_query(django_assert_num_queries):
    override(OverrideKind.CLOSED).save()
    override(OverrideKind.HALF_DAY, Market.US).save()
    with django_assert_num_queries(1):
        calendar = CalendarOverride.objects.calendar()
    assert calendar.sessions(Market.HK, TYPHOON) == []
    assert calendar.sessions(Market.US, TYPHOON)[0][1].hour == 18
    assert len(calendar.sessions(Market.CN, TYPHOON)) == 2


def test_an_edited_override_holds_for_the_next_calendar():
    typhoon = override(OverrideKind.CLOSED)
    typhoon.save()
    typhoon.kind = OverrideKind.OPEN
    typhoon.save()
    assert len(CalendarOverride.objects.calendar().sessions(Market.HK, TYPHOON)) == 2


def test_a_day_of_a_market_has_one_override():
    override(OverrideKind.CLOSED).save()
    override(OverrideKind.CLOSED, Market.CN).full_clean()
    with pytest.raises(ValidationError, match="There is an override for this market and date"):
        override(OverrideKind.OPEN).full_clean()


def test_an_override_says_what_it_is():
    assert str(override(OverrideKind.HALF_DAY)) == "HK 2026-11-23 Half day"
