"""Which destinations a notification goes to, and when."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from notifications.delivery.routing import Route, routes
from notifications.models import Destination
from notifications.severity import Severity

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2030, 3, 4, 12, tzinfo=SHANGHAI)


def to(**fields: object) -> Destination:
    return Destination(pk=1, zone="Asia/Shanghai", **fields)


def ids(found: list[Route]) -> list[int]:
    return [route.destination_id for route in found]


@pytest.mark.parametrize(
    ("fields", "goes"),
    [
        ({}, True),
        ({"kinds": ["stop_loss"]}, True),
        ({"kinds": ["take_profit"]}, False),
        ({"least_severity": Severity.NORMAL}, True),
        ({"least_severity": Severity.URGENT}, False),
    ],
)
def test_kind_and_severity_choose(fields, goes):
    found = routes([to(**fields)], "stop_loss", Severity.NORMAL, NOON)
    assert ids(found) == ([1] if goes else [])


def test_a_monitor_may_name_its_own_which_then_take_anything():
    picky = to(kinds=["take_profit"], least_severity=Severity.URGENT)
    assert ids(routes([picky], "stop_loss", Severity.INFO, NOON, chosen=[1])) == [1]
    assert routes([picky], "stop_loss", Severity.INFO, NOON, chosen=[2]) == []
    assert routes([to()], "stop_loss", Severity.INFO, NOON, chosen=[]) == []


@pytest.mark.parametrize(
    ("at", "due"),
    [
        (time(21, 59), None),
        (time(22, 0), (5, time(7, 30))),
        (time(23, 30), (5, time(7, 30))),
        (time(0, 0), (4, time(7, 30))),
        (time(7, 29), (4, time(7, 30))),
        (time(7, 30), None),
    ],
)
def test_quiet_hours_over_midnight_hold_until_they_end(at, due):
    now = datetime.combine(NOON.date(), at, SHANGHAI)
    quiet = to(quiet_from=time(22), quiet_until=time(7, 30))
    [route] = routes([quiet], "take_profit", Severity.NORMAL, now)
    expected = now
    if due is not None:
        day, end = due
        expected = datetime.combine(NOON.date().replace(day=day), end, SHANGHAI)
    assert route.due_at == expected


def test_quiet_hours_within_a_day():
    quiet = to(quiet_from=time(11), quiet_until=time(13))
    [route] = routes([quiet], "take_profit", Severity.NORMAL, NOON)
    assert route.due_at == NOON.replace(hour=13)


def test_urgent_ones_come_at_any_time_unless_told_otherwise():
    quiet = {"quiet_from": time(11), "quiet_until": time(13)}
    [route] = routes([to(**quiet)], "stop_loss", Severity.URGENT, NOON)
    assert route.due_at == NOON
    [route] = routes([to(quiet_lets_urgent=False, **quiet)], "stop_loss", Severity.URGENT, NOON)
    assert route.due_at == NOON.replace(hour=13)


def test_escalation_waits_and_looks_whether_it_was_read():
    [route] = routes([to(escalate_after=10)], "stop_loss", Severity.URGENT, NOON)
    assert route == Route(1, NOON + timedelta(minutes=10), only_if_unread=True)


def test_the_hours_are_those_of_its_zone():
    quiet = to(quiet_from=time(22), quiet_until=time(7))
    quiet.zone = "America/New_York"
    night = datetime(2030, 3, 4, 23, tzinfo=ZoneInfo("America/New_York"))
    [route] = routes([quiet], "take_profit", Severity.NORMAL, night)
    assert route.due_at == datetime(2030, 3, 5, 7, tzinfo=ZoneInfo("America/New_York"))
