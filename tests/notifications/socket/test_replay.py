"""Each notification reaches a connected client once and in order, whatever is missed."""

import threading
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import connection

from notifications.log.reading import mark_read, read_one
from notifications.models import Inbox, Notification
from tests.conftest import Tell
from tests.live import Socket

Open = Callable[..., Socket]


def test_who_was_away_gets_exactly_what_was_missed_and_then_what_comes(
    open_socket: Open, user: User, tell: Tell
) -> None:
    with open_socket() as socket:
        socket.subscribe(after=0)
        tell(user, 3)
        assert socket.numbers(3) == [1, 2, 3]
    tell(user, 100)
    with open_socket() as back:
        answer = back.subscribe(after=3)
        assert answer == {"type": "ok", "id": 2, "head": 103, "recovered": True, "replayed": 100}
        missed = [back.next("notification") for _ in range(100)]
        assert [frame["seq"] for frame in missed] == list(range(4, 104))
        assert all(frame["replayed"] for frame in missed)
        tell(user)
        live = back.next()
        assert (live["seq"], live["replayed"]) == (104, False)
        assert live["data"]["title"] == "Reached"


def test_what_was_read_meanwhile_is_told_to_who_comes_back(
    open_socket: Open, user: User, other: User, tell: Tell
) -> None:
    tell(other, 3)
    tell(user, 6)
    with open_socket() as socket:
        socket.subscribe(after=6)
        tell(user)
        assert socket.next()["seq"] == 7  # where all are unread there is nothing to tell first
    mark_read(user.pk, 2)
    read_one(user.pk, 5)
    with open_socket() as back:
        back.subscribe(after=6)
        assert back.next("notification")["seq"] == 7
        told = back.next("read")
        assert told == {"type": "read", "up_to": 2, "seqs": [5], "head": 7, "unread": 4}
    mark_read(user.pk, 7)
    with open_socket() as back:
        back.subscribe(after=7)
        told = back.next("read")
        assert told == {"type": "read", "up_to": 7, "seqs": [], "head": 7, "unread": 0}


def test_single_marks_are_told_of_the_newest_alone(
    open_socket: Open, user: User, tell: Tell
) -> None:
    tell(user, 203)
    for seq in (2, 3, 4, 203):
        read_one(user.pk, seq)
    socket = open_socket()
    socket.subscribe(after=203)
    told = socket.next("read")
    assert told == {"type": "read", "up_to": 0, "seqs": [4, 203], "head": 203, "unread": None}


def test_without_after_only_what_comes_is_sent(open_socket: Open, user: User, tell: Tell) -> None:
    tell(user, 5)
    socket = open_socket()
    assert socket.subscribe()["replayed"] == 0
    tell(user)
    assert socket.next()["seq"] == 6


def test_a_hint_that_was_lost_is_made_good_by_the_next(
    open_socket: Open, user: User, tell: Tell, tell_silently: Tell
) -> None:
    socket = open_socket()
    socket.subscribe(after=0)
    tell_silently(user, 7)
    tell(user)
    assert socket.numbers(8) == list(range(1, 9))


def test_a_hint_that_was_lost_is_made_good_without_another(
    open_socket: Open, user: User, tell_silently: Tell
) -> None:
    socket = open_socket()
    socket.subscribe(after=0)
    tell_silently(user, 2)
    assert socket.numbers(2) == [1, 2]


@pytest.mark.parametrize("after", [99, 4])
def test_a_gap_that_the_log_cannot_fill_is_not_recovered(
    open_socket: Open, user: User, tell: Tell, after: int
) -> None:
    """99: a number never reached; 4: so much was missed that the log is read by pages."""
    tell(user, 4)
    if after == 4:
        tell(user, 501)
    socket = open_socket()
    answer = socket.subscribe(after=after)
    assert (answer["recovered"], answer["replayed"]) == (False, 0)
    tell(user)
    assert socket.next()["seq"] == answer["head"] + 1


def test_a_gap_of_500_is_recovered(open_socket: Open, user: User, tell: Tell) -> None:
    tell(user, 500)
    socket = open_socket()
    assert socket.subscribe(after=0)["replayed"] == 500
    assert socket.numbers(500) == list(range(1, 501))


def test_a_gap_that_retention_has_pruned_is_not_recovered(
    open_socket: Open, user: User, tell: Tell
) -> None:
    tell(user, 5)
    Notification.objects.filter(user=user, seq__lte=2).delete()
    socket = open_socket()
    assert socket.subscribe(after=1)["recovered"] is False
    assert socket.subscribe(after=2)["replayed"] == 3


def test_subscribing_again_begins_anew(open_socket: Open, user: User, tell: Tell) -> None:
    tell(user, 3)
    socket = open_socket()
    socket.subscribe()
    assert socket.subscribe(after=1)["replayed"] == 2
    assert socket.numbers(2) == [2, 3]
    tell(user)
    assert socket.numbers(1) == [4]


def test_a_subscribe_that_fails_changes_nothing(open_socket: Open, user: User, tell: Tell) -> None:
    socket = open_socket()
    socket.subscribe(after=0)
    for wrong in (-1, "3", 1.5, True, 2**64, [1]):
        answer = socket.subscribe(after=wrong)
        assert (answer["type"], answer["code"]) == ("error", "invalid")
        assert answer["message"].startswith("after:")
    tell(user)
    assert socket.numbers(1) == [1]


def test_after_unsubscribing_nothing_comes(open_socket: Open, user: User, tell: Tell) -> None:
    socket = open_socket()
    socket.subscribe(after=0)
    assert socket.ask("unsubscribe", stream="notifications")["type"] == "ok"
    tell(user)
    assert socket.ask("ping")["type"] == "pong"
    assert socket.subscribe(after=0)["replayed"] == 1


def test_clients_that_come_while_much_is_written_miss_nothing(
    open_socket: Open, user: User, tell: Tell
) -> None:
    rounds, each = 30, 3

    def write() -> None:
        for _ in range(rounds):
            tell(user, each)
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    sockets = []
    while writer.is_alive() and len(sockets) < 12:
        socket = open_socket()
        socket.subscribe(after=0)
        sockets.append(socket)
    writer.join()
    assert Inbox.objects.head_of(user.pk) == rounds * each
    for socket in sockets:
        assert socket.numbers(rounds * each) == list(range(1, rounds * each + 1))


def test_nobody_gets_what_is_for_someone_else(
    open_socket: Open, user: User, other: User, tell: Tell
) -> None:
    socket = open_socket()
    assert socket.subscribe(after=0)["head"] == 0
    tell(other, 3)
    tell(user, title="Yours")
    first = socket.next()
    assert (first["seq"], first["data"]["title"]) == (1, "Yours")


def test_a_read_mark_shows_on_all_devices(
    open_socket: Open, user: User, other: User, tell: Tell
) -> None:
    tell(user, 5)
    one, two = open_socket(), open_socket()
    one.subscribe()
    two.subscribe()
    answer = one.ask("read", up_to=3)
    assert (answer["up_to"], answer["marked"], answer["unread"], answer["head"]) == (3, 3, 2, 5)
    assert two.next() == {"type": "read", "up_to": 3}
    assert one.next() == {"type": "read", "up_to": 3}
    assert one.ask("read", up_to=99)["up_to"] == 5
    assert two.next() == {"type": "read", "up_to": 5}
    assert not Notification.objects.unread().exists()


def test_a_single_one_that_is_read_is_told_to_the_other_sockets_once(
    open_socket: Open, user: User, tell: Tell
) -> None:
    tell(user, 3)
    socket = open_socket()
    socket.subscribe()
    assert read_one(user.pk, 2)
    assert not read_one(user.pk, 2)
    assert not read_one(user.pk, 4)
    assert read_one(user.pk, 3)
    # Up to 0: who knows no single marks passes over them.
    assert socket.next() == {"type": "read", "up_to": 0, "seqs": [2]}
    assert socket.next() == {"type": "read", "up_to": 0, "seqs": [3]}
