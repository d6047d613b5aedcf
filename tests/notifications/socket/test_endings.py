"""How a socket ends: revoked, expired, silent, slow, too many, or the server goes."""

import asyncio
import signal
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import psutil
import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken
from rest_framework.test import APIClient

from notifications.socket import connection
from notifications.socket.hub import Hub
from notifications.socket.registry import REVOCATION_EVERY, Registry
from tests.conftest import Tell
from tests.live import Daphne, Socket, start_daphne

Open = Callable[..., Socket]


@pytest.fixture(scope="module")
def running_impatient(django_db_setup: None) -> Iterator[Daphne]:
    with start_daphne(
        TEST_WS_AUTH_SECONDS="0.5",
        TEST_WS_PING_SECONDS="0.5",
        TEST_WS_PONG_SECONDS="0.5",
        WS_CONNECTIONS_PER_USER="2",
    ) as server:
        yield server


@pytest.fixture
def impatient(running_impatient: Daphne, transactional_db: None) -> Iterator[Daphne]:
    """A server that waits half a second where the real one waits ten, and allows two sockets."""
    yield running_impatient
    assert running_impatient.complaints() == []


def log_out(user: User) -> None:
    AuthToken.objects.filter(user=user).delete()


def change_password(user: User) -> None:
    user.set_password("another long password")
    user.save()


def disable(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def delete(user: User) -> None:
    user.delete()


@pytest.mark.parametrize("revoke", [log_out, change_password, disable, delete])
def test_what_opened_the_socket_is_revoked(
    open_socket: Open, user: User, other: User, revoke: Callable[[User], None]
) -> None:
    socket, bystander = open_socket(), open_socket(AuthToken.objects.create(other)[1])
    revoke(user)
    frames, code = socket.closed()
    assert (frames[-1]["code"], code) == ("revoked", connection.REVOKED)
    assert bystander.ask("ping")["type"] == "pong"


def test_log_ins_are_looked_at_often_enough() -> None:
    assert REVOCATION_EVERY <= 4, "the contract promises five seconds, the query included"


def test_logging_out_ends_this_log_in_only(open_socket: Open, user: User, api: APIClient) -> None:
    mine, same_user = open_socket(), open_socket(AuthToken.objects.create(user)[1])
    api.post("/api/v1/auth/logout")
    assert mine.closed()[1] == connection.REVOKED
    assert same_user.ask("ping")["type"] == "pong"


@pytest.mark.parametrize("end", ["logout", "password"])
def test_the_session_ends(server: Daphne, user: User, end: str) -> None:
    browser = Client()
    browser.force_login(user)
    cookie = f"sessionid={browser.cookies['sessionid'].value}"
    with Socket(server, cookie=cookie, origin=server.origin) as socket:
        assert socket.ask("ping")["type"] == "pong"
        if end == "logout":
            browser.logout()
        else:
            change_password(user)
        assert socket.closed()[1] == connection.REVOKED


def test_the_token_expires(open_socket: Open, user: User) -> None:
    socket = open_socket()
    AuthToken.objects.filter(user=user).update(expiry=timezone.now() - timedelta(seconds=1))
    frames, code = socket.closed()
    assert (frames[-1]["code"], code) == ("expired", connection.EXPIRED)


def test_the_session_expires(server: Daphne, user: User) -> None:
    browser = Client()
    browser.force_login(user)
    cookie = f"sessionid={browser.cookies['sessionid'].value}"
    with Socket(server, cookie=cookie, origin=server.origin) as socket:
        assert socket.ask("ping")["type"] == "pong", "the cookie has been looked at"
        Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
        assert socket.closed()[1] == connection.EXPIRED


def test_who_never_says_who_it_is_is_closed(impatient: Daphne) -> None:
    with Socket(impatient) as socket:
        frames, code = socket.closed()
    assert (frames[-1]["code"], code) == ("not_authenticated", connection.NOT_AUTHENTICATED)


def test_who_answers_pings_stays_and_who_does_not_is_closed(
    impatient: Daphne, user: User, token: str, tell: Tell
) -> None:
    tell(user, 3)
    with Socket(impatient) as socket:
        socket.ask("auth", token=token)
        for _ in range(2):
            assert socket.next() == {"type": "ping", "head": 3}
            socket.send(op="pong")
        frames, code = socket.closed()
    assert (frames[-1]["type"], code) == ("ping", connection.NO_PONG)


def test_a_user_may_have_so_many_sockets(impatient: Daphne, token: str) -> None:
    sockets = [Socket(impatient) for _ in range(3)]
    answers = [socket.ask("auth", token=token) for socket in sockets]
    assert [answer["type"] for answer in answers] == ["ok", "ok", "error"]
    assert answers[-1]["code"] == "too_many_connections"
    assert sockets[-1].closed()[1] == connection.TOO_MANY
    sockets[0].close()
    with Socket(impatient) as socket:
        assert socket.ask("auth", token=token)["type"] == "ok"
    for socket in sockets[1:]:
        socket.close()


def test_who_does_not_read_is_closed(server: Daphne, user: User, token: str, tell: Tell) -> None:
    with Socket(server) as socket:
        socket.ask("auth", token=token)
        socket.subscribe(after=0)
        # More than the buffers of both machines hold; the client reads nothing until the end.
        for _ in range(5):
            tell(user, 100, body="x" * 50_000)
        frames, code = socket.closed()
    assert code == connection.SLOW
    assert len(frames) < 500


def test_who_reads_again_after_a_while_is_told_why(
    server: Daphne, user: User, token: str, tell: Tell
) -> None:
    # With a small buffer at the client the server itself is left with what is unread.
    with Socket(server, receive_buffer=4096) as socket:
        socket.ask("auth", token=token)
        socket.subscribe(after=0)
        for _ in range(5):
            tell(user, 100, body="x" * 50_000)
        time.sleep(3)
        assert socket.closed()[1] == connection.SLOW


def test_those_who_read_nothing_cost_no_more_than_their_bound(
    server: Daphne, open_socket: Open, user: User, tell: Tell
) -> None:
    sockets = [open_socket(receive_buffer=4096) for _ in range(40)]
    for socket in sockets:
        socket.subscribe(after=0)
    process = psutil.Process(server.process.pid)
    before = process.memory_info().rss
    for _ in range(5):
        tell(user, 100, body="x" * 50_000)  # 25 MB for each of them, a gigabyte in all
    assert [socket.closed()[1] for socket in sockets] == [connection.SLOW] * 40
    grown = process.memory_info().rss - before
    assert grown < 40 * (connection.MAX_QUEUE_BYTES + 2**20) + 100 * 2**20


def test_an_address_may_have_so_many_sockets(settings: Any) -> None:
    settings.WS_CONNECTIONS_PER_ADDRESS = 2

    async def come_and_go() -> list[bool]:
        async def send(_message: dict[str, Any]) -> None: ...

        doors = Registry(Hub())
        first, second, third, local, more = (
            connection.Connection(send, 0.0, address)
            for address in ("192.0.2.1", "192.0.2.1", "192.0.2.1", "127.0.0.1", "127.0.0.1")
        )
        answers = [doors.add(one) for one in (first, second, third, local, more)]
        doors.remove(third)
        doors.remove(first)
        answers.append(doors.add(third))
        for one in (second, third, local, more):
            doors.remove(one)
        return answers

    assert asyncio.run(come_and_go()) == [True, True, False, True, True, True]


def test_a_server_that_shuts_down_says_so(transactional_db: None, token: str) -> None:
    with start_daphne() as leaving, Socket(leaving) as socket:
        socket.ask("auth", token=token)
        leaving.process.send_signal(signal.SIGTERM)
        assert socket.closed()[1] == connection.RESTART
        leaving.process.wait()
        assert leaving.complaints() == []
