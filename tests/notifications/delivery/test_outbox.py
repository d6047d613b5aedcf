"""The outbox: each notification arrives once, in order, within limits, whatever fails."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from notifications import tasks
from notifications.delivery import claims, delivering, outbox
from notifications.delivery.delivering import (
    GIVE_UP_AFTER,
    LONGEST_REST,
    REFUSALS_IN_A_ROW,
    SHARE_RESTED,
    SHORTEST_REST,
)
from notifications.delivery.outbox import HANDED_OUT_FOR
from notifications.models import Attempt, Delivery, Destination, Inbox, Notification
from notifications.severity import Severity
from notifications.transports.base import Rate, TransportError
from stockwatch.redis import client, key
from tests.notifications.outbox_desk import Desk, failing

pytestmark = pytest.mark.django_db

DOWN = TransportError("HTTP 503", answer="try later")
REFUSED = TransportError("HTTP 400", permanent=True, answer="bad token")


@pytest.fixture(autouse=True)
def _no_limits() -> None:
    for name in client().scan_iter(key("delivery", "*")):
        client().delete(name)


def states() -> list[str]:
    return list(Delivery.objects.order_by("pk").values_list("state", flat=True))


def test_a_notification_is_written_with_its_deliveries_and_sent_once(desk: Desk) -> None:
    desk.destination("a")
    desk.destination("b")
    desk.destination("off", enabled=False)
    desk.tell("first", "second")
    assert states() == ["pending"] * 4
    assert desk.work() == 2
    assert desk.told("a") == desk.told("b") == [["first"], ["second"]]
    assert desk.told("off") == []
    assert states() == ["sent"] * 4
    assert desk.work() == 0
    attempt = Attempt.objects.first()
    assert attempt is not None
    assert (attempt.ok, attempt.answer, attempt.together) == (True, "thanks", 1)
    assert Destination.objects.get(name="a").last_ok_at is not None


def test_a_notification_that_is_not_written_is_not_sent(desk: Desk) -> None:
    desk.destination()
    desk.tell("first")
    with pytest.raises(ZeroDivisionError):
        _tell_and_fail(desk)
    desk.work()
    assert desk.told() == [["first"]]


def _tell_and_fail(desk: Desk) -> None:
    from django.db import transaction

    with transaction.atomic():
        desk.tell("never")
        raise ZeroDivisionError


def test_a_service_that_is_down_is_tried_again_for_hours_and_nothing_is_lost(desk: Desk) -> None:
    desk.destination()
    desk.stub.fail = failing(*[DOWN] * 5)
    desk.tell("first", "second")
    rests = []
    for _try in range(5):
        desk.work()
        destination = Destination.objects.get()
        assert destination.wait_until is not None
        rests.append((destination.wait_until - timezone.now()).total_seconds())
        assert desk.work() == 0
        desk.later(rests[-1])
    assert all(
        SHARE_RESTED * most <= rest <= most
        for rest, most in zip(rests, [5, 10, 20, 40, 80], strict=True)
    )
    desk.work()
    assert desk.told() == [["first"], ["second"]]
    assert len(desk.stub.tried) == 7
    first = Delivery.objects.order_by("pk")[0]
    assert (first.attempts, first.tries.filter(ok=False).count()) == (6, 5)
    assert first.tries.filter(ok=False)[0].answer == "try later"


def test_the_rest_is_bounded_and_heeds_what_the_service_says(desk: Desk) -> None:
    assert delivering.rest_after(1) == SHORTEST_REST
    assert delivering.rest_after(50) == LONGEST_REST
    desk.destination()
    desk.stub.fail = failing(TransportError("HTTP 429", retry_after=100))
    desk.tell("first")
    desk.work()
    desk.later(99)
    assert desk.work() == 0
    desk.later(25)
    assert desk.work() == 1
    assert desk.told() == [["first"]]


@pytest.mark.parametrize("asked", [10**9, 2.5e11, 1e300, float("inf")])
def test_no_service_has_us_wait_for_ever(desk: Desk, asked: float) -> None:
    desk.destination()
    desk.stub.fail = failing(TransportError("HTTP 429", retry_after=asked))
    desk.tell("first")
    desk.work()
    assert desk.work() == 0
    desk.later(delivering.LONGEST_ASKED + 1)
    desk.work()
    assert desk.told() == [["first"]]


def test_who_may_not_log_in_any_more_is_sent_nothing(desk: Desk) -> None:
    desk.destination()
    desk.tell("before")
    User.objects.update(is_active=False)
    desk.tell("after")
    assert desk.work() == 0
    assert Delivery.objects.count() == 1
    User.objects.update(is_active=True)
    desk.work()
    assert desk.told() == [["before"]]


def test_one_that_fails_keeps_no_other_waiting(desk: Desk) -> None:
    desk.destination("a")
    desk.destination("b")

    def fail(message: object) -> None:
        if len(desk.stub.tried) == 1:
            raise DOWN

    desk.stub.fail = fail
    desk.tell("first")
    desk.work()
    assert desk.told("a") == []
    assert desk.told("b") == [["first"]]


def test_a_day_without_success_ends_it_and_it_can_be_sent_again(desk: Desk) -> None:
    desk.destination()
    desk.stub.fail = failing(*[DOWN] * 2)
    desk.tell("first")
    desk.work()
    desk.later(GIVE_UP_AFTER.total_seconds() + 1)
    desk.work()
    assert states() == ["failed"]
    assert Delivery.objects.get().last_error == "HTTP 503"
    desk.later(LONGEST_REST)
    assert desk.work() == 0
    assert Delivery.objects.all().again(timezone.now()) == 1
    desk.work()
    assert states() == ["sent"]
    assert "late: fired" in desk.stub.taken[0][1].text()
    assert desk.stub.taken[0][1].items[0].late


def test_a_refusal_ends_the_delivery_at_once(desk: Desk) -> None:
    desk.destination()
    desk.stub.fail = failing(REFUSED)
    desk.tell("first", "second")
    desk.work()
    assert states() == ["failed", "sent"]
    assert Destination.objects.get().refusals == 0


def test_several_refusals_turn_it_off_and_its_user_is_told_in_the_app(desk: Desk) -> None:
    wrong = desk.destination("wrong")
    desk.stub.fail = failing(*[REFUSED] * REFUSALS_IN_A_ROW)
    desk.tell(*[f"event {number}" for number in range(REFUSALS_IN_A_ROW + 1)])
    desk.work()
    wrong.refresh_from_db()
    assert not wrong.enabled
    assert wrong.disabled_reason == "HTTP 400"
    assert states() == ["failed"] * REFUSALS_IN_A_ROW + ["pending"]
    notice = Notification.objects.get(kind="destination_off")
    assert notice.title == "wrong (Stub) is turned off"
    assert "HTTP 400" in notice.body
    # What waits is sent once it is on again.
    assert desk.work() == 0
    Destination.objects.update(enabled=True)
    desk.work()
    assert desk.told("wrong") == [[f"event {REFUSALS_IN_A_ROW}"]]


def test_what_exceeds_the_limit_goes_into_one_digest_the_gravest_first(desk: Desk) -> None:
    desk.stub.rates = (Rate(3, 60),)
    desk.destination()
    desk.tell(*[f"profit {number}" for number in range(10)])
    desk.tell("stop", severity=Severity.URGENT)
    desk.work()
    assert desk.told() == [["stop", *[f"profit {number}" for number in range(10)]]]
    [message] = [message for _room, message in desk.stub.taken]
    assert message.title == "11 alerts: stop"
    assert message.severity == Severity.URGENT
    assert states() == ["sent"] * 11


def test_a_digest_is_cut_to_what_a_message_holds(desk: Desk) -> None:
    desk.stub.rates = (Rate(2, 60),)
    desk.stub.room = 450
    desk.destination()
    desk.tell(*[f"event {number}" for number in range(9)], body="x" * 60)
    desk.work()
    first, second = desk.told()
    assert [len(first), len(second)] == [4, 4]
    assert all(len(message.text()) <= 450 for _room, message in desk.stub.taken)
    assert Destination.objects.get().wait_until is not None
    assert states().count("pending") == 1


def test_no_window_ever_holds_more_than_the_limit(desk: Desk) -> None:
    desk.stub.rates = (Rate(2, 60),)
    desk.destination()
    for number in range(4):
        desk.tell(f"event {number}")
        desk.work()
    assert desk.told() == [["event 0"], ["event 1"]]
    destination = Destination.objects.get()
    assert destination.wait_until is not None
    assert 0 < (destination.wait_until - timezone.now()).total_seconds() <= 61


def test_what_was_read_meanwhile_does_not_escalate(desk: Desk) -> None:
    desk.destination("first")
    desk.destination("second", escalate_after=5)
    desk.tell("seen", "not seen")
    desk.work()
    assert desk.told("second") == []
    Notification.objects.filter(title="seen").update(read_at=timezone.now())
    desk.later(301)
    desk.work()
    assert desk.told("second") == [["not seen"]]
    assert Delivery.objects.filter(state="skipped").count() == 1


def test_a_crash_while_sending_repeats_the_same_message_once(desk: Desk) -> None:
    """Nobody knows whether it arrived: the receiver can tell by its key."""
    desk.destination()
    desk.tell("first", "second")
    real = delivering._put_down

    def die(*_arguments: object) -> None:
        raise KeyboardInterrupt

    delivering._put_down = die  # type: ignore[assignment]
    try:
        with pytest.raises(KeyboardInterrupt):
            desk.work()
    finally:
        delivering._put_down = real
    desk.tell("third")
    Destination.objects.update(lease_until=None)
    desk.work()
    assert desk.told() == [["first"], ["first"], ["second"], ["third"]]
    keys = [message.key for _room, message in desk.stub.taken]
    assert keys[0] == keys[1]
    assert len(set(keys)) == 3


def test_a_worker_that_dies_gives_its_destination_up_in_time(desk: Desk, monkeypatch) -> None:
    desk.destination()
    desk.tell("first")
    monkeypatch.setattr(tasks, "deliver", tasks.deliver)
    monkeypatch.setattr("celery.current_app.send_task", lambda *_a, **_k: None)
    assert desk.work() == 1
    assert desk.work() == 0
    desk.later(HANDED_OUT_FOR.total_seconds() + 1)
    assert desk.work() == 1


def test_a_worker_that_starts_again_sends_at_once_what_it_was_sending(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims, "_name", "")
    claims.start_as("messenger@here", timezone.now())
    mine = desk.destination()
    desk.tell("first")

    def die(*_arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(delivering, "_put_down", die)
        dying.setattr(delivering._Run, "release", lambda _run: None)
        with pytest.raises(KeyboardInterrupt):
            desk.work()
    held = Destination.objects.get(pk=mine.pk)
    assert (held.lease_by, held.lease_until > timezone.now()) == ("messenger@here", True)
    assert claims.start_as("messenger@there", timezone.now()) == 0
    assert desk.work() == 0
    assert claims.start_as("messenger@here", timezone.now()) == 1
    desk.work()
    assert desk.told() == [["first"], ["first"]]
    assert len({message.key for _room, message in desk.stub.taken}) == 1


def test_what_was_handed_out_and_lost_with_the_broker_is_handed_out_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims, "_name", "")
    destination = desk.destination()
    desk.tell("first")
    with monkeypatch.context() as lost:
        sent: list[tuple[int, str]] = []
        lost.setattr("celery.current_app.send_task", lambda _n, args, **_k: sent.append(args))
        assert desk.work() == 1
    assert claims.start_as("messenger@here", timezone.now()) == 1
    tasks.deliver(*sent[0])  # it was not lost after all
    assert desk.told() == []
    assert desk.work() == 1
    assert desk.told() == [["first"]]
    assert Destination.objects.get(pk=destination.pk).lease_until is None


def test_a_task_that_comes_too_late_sends_nothing(desk: Desk) -> None:
    destination = desk.destination()
    desk.tell("first")
    tasks.deliver(destination.pk, (timezone.now() - timedelta(seconds=1)).isoformat())
    assert desk.told() == []
    assert outbox.hand_out(timezone.now()) == 1


def test_secrets_are_encrypted_and_never_shown(desk: Desk, settings) -> None:
    destination = desk.destination("a")
    assert "secret" not in destination.sealed
    assert destination.params == {"room": "a"}
    assert destination.shown_params == {"room": "a", "token": "••••••••"}
    assert destination.transport.params["token"] == "secret of a"
    settings.SECRET_KEY = "another"
    Inbox.objects.update_or_create(user=desk.user, defaults={"language": "zh-hans"})
    desk.tell("first")
    desk.work()
    assert "无法读取密钥" in Destination.objects.get().last_error
