"""REST: the log and the read marks."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from notifications.log.serializers import NotificationSerializer
from notifications.models import Notification
from notifications.wire import notification_data
from tests.conftest import Tell

LIST = "/api/v1/realtime/notifications"
READ = "/api/v1/realtime/notifications/read"

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(user: User, other: User, tell: Tell) -> None:
    tell(user, symbol="600519.SH", kind="take_profit", monitor=7)
    tell(user, symbol="AAPL.US", kind="stop_loss", monitor=8)
    tell(user, symbol="AAPL.US", kind="take_profit", monitor=8)
    tell(other, 5)


def numbers(api: APIClient, **asked: Any) -> list[int]:
    answer = api.get(LIST, asked)
    assert answer.status_code == 200, answer.content
    return [row["seq"] for row in answer.json()["results"]]


@pytest.mark.usefixtures("three")
def test_ones_own_newest_first(api: APIClient) -> None:
    answer = api.get(LIST).json()
    assert (answer["count"], answer["next"], answer["previous"]) == (3, None, None)
    assert [row["seq"] for row in answer["results"]] == [3, 2, 1]
    assert answer["results"][2] == notification_data(Notification.objects.get(monitor=7))


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"after_seq": 1}, [2, 3]),
        ({"after_seq": 99}, []),
        ({"unread": "true"}, [3, 2]),
        ({"unread": "false"}, [1]),
        ({"symbol": "aapl.us"}, [3, 2]),
        ({"symbol": "AAPL"}, [3, 2]),
        ({"symbol": "sh600519"}, [1]),
        ({"kind": "take_profit"}, [3, 1]),
        ({"monitor": 8, "kind": "stop_loss"}, [2]),
        ({"page_size": 2, "page": 2}, [1]),
        ({"page_size": 9999}, [3, 2, 1]),
        ({"page_size": "x" * 5000}, [3, 2, 1]),
    ],
)
def test_what_can_be_asked_for(api: APIClient, asked: dict[str, Any], found: list[int]) -> None:
    api.post(READ, {"up_to": 1})
    assert numbers(api, **asked) == found


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("after_seq", "-1"),
        ("after_seq", "x"),
        ("after_seq", "1e3"),
        ("after_seq", "9" * 5000),
        ("after_seq", str(2**63)),
        ("unread", "maybe"),
        ("monitor", "NaN"),
        ("monitor", "1.5"),
        ("symbol", "x" * 100),
        ("symbol", "***"),
        ("symbol", "a\0b"),
        ("kind", "a\0b"),
    ],
)
def test_a_bad_question_is_named(api: APIClient, name: str, value: str) -> None:
    answer = api.get(LIST, {name: value})
    assert answer.status_code == 400
    assert list(answer.json()) == [name]


@pytest.mark.parametrize("page", ["0", "-1", "99", "x", "1e400", "9" * 5000, "\0"])
def test_a_page_that_is_not_there_is_404(api: APIClient, page: str) -> None:
    assert api.get(LIST, {"page": page}).status_code == 404


@pytest.mark.usefixtures("three")
def test_reading_marks_up_to_a_number(api: APIClient, other: User) -> None:
    answer = api.post(READ, {"up_to": 2})
    assert answer.json() == {"up_to": 2, "marked": 2, "unread": 1, "head": 3}
    assert api.post(READ, {"up_to": 99}).json() == {"up_to": 3, "marked": 1, "unread": 0, "head": 3}
    assert Notification.objects.for_user(other.pk).unread().count() == 5
    assert all(row["read_at"] for row in api.get(LIST).json()["results"])


@pytest.mark.parametrize(
    ("sent", "named"),
    [
        ({}, "up_to"),
        ({"up_to": -1}, "up_to"),
        ({"up_to": "x"}, "up_to"),
        ({"up_to": 2**63}, "up_to"),
        ({"up_to": 1.5}, "up_to"),
        ({"up_to": None}, "up_to"),
        ({"up_to": 1, "upto": 2}, "upto"),
        ([1], "non_field_errors"),
    ],
)
def test_a_bad_mark_is_named(api: APIClient, sent: Any, named: str) -> None:
    answer = api.post(READ, sent)
    assert answer.status_code == 400
    assert list(answer.json()) == [named]


def test_the_schema_says_what_the_wire_has() -> None:
    fields = NotificationSerializer().fields.keys()
    assert fields == notification_data(Notification(seq=1)).keys()


@pytest.mark.parametrize(("method", "path"), [("get", LIST), ("post", READ)])
def test_nobody_sees_nothing(method: str, path: str) -> None:
    assert getattr(APIClient(), method)(path).status_code == 401
