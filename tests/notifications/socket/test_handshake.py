"""Who may open a socket: by ticket, by the session's cookie, by a first frame."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from rest_framework.test import APIClient
from websockets.exceptions import InvalidStatus

from notifications.socket.connection import FORBIDDEN, NOT_AUTHENTICATED
from stockwatch.redis import client, key
from tests.live import Daphne, Socket

TICKET = "/api/v1/realtime/ticket"


def refused(socket: Socket) -> tuple[str, int]:
    """Return the code of the last error frame before the close, and the close code."""
    with socket:
        frames, code = socket.closed()
        return frames[-1]["code"], code


def cookie_of(user: User) -> str:
    browser = Client()
    browser.force_login(user)
    return f"sessionid={browser.cookies['sessionid'].value}"


def test_hello_says_what_a_client_needs(server: Daphne) -> None:
    with Socket(server, hello=False) as socket:
        hello = socket.next()
    assert hello.keys() == {"type", "version", "connection", "ping_interval", "time"}
    assert (hello["type"], hello["version"], hello["ping_interval"]) == ("hello", 1, 25)


def test_a_page_of_somebody_else_does_not_get_this_users_socket(
    server: Daphne, user: User, other: User
) -> None:
    cookie = cookie_of(user)

    def open_for(meant: object) -> Socket:
        path = f"/ws/realtime/?user={meant}"
        return Socket(server, path, cookie=cookie, origin=server.origin)

    with open_for(user.pk) as socket:
        assert socket.subscribe()["type"] == "ok"
    for wrong in (other.pk, "x", "%FF"):
        assert refused(open_for(wrong)) == ("not_authenticated", NOT_AUTHENTICATED)


def test_a_ticket_opens_one_socket_once(server: Daphne, api: APIClient) -> None:
    answer = api.post(TICKET).json()
    assert answer["expires_in"] == 30
    assert answer["url"] == f"/ws/realtime/{answer['ticket']}"
    with Socket(server, answer["url"]) as socket:
        assert socket.subscribe()["type"] == "ok"
        second = refused(Socket(server, answer["url"] + "/"))
        assert second == ("not_authenticated", NOT_AUTHENTICATED)


def test_a_ticket_that_nobody_took_is_gone_after_30_seconds(server: Daphne, api: APIClient) -> None:
    answer = api.post(TICKET).json()
    stored = key("ticket", answer["ticket"])
    assert 0 < client().ttl(stored) <= 30
    client().pexpire(stored, 0)
    assert refused(Socket(server, answer["url"])) == ("not_authenticated", NOT_AUTHENTICATED)


@pytest.mark.parametrize("ticket", ["nonsense", "x" * 3000, "%00", "%F0%9F%92%A9", "..%2F"])
def test_no_other_ticket_opens_anything(server: Daphne, ticket: str) -> None:
    wrong = refused(Socket(server, f"/ws/realtime/{ticket}"))
    assert wrong == ("not_authenticated", NOT_AUTHENTICATED)


def test_a_ticket_ends_with_the_log_in_that_asked_for_it(server: Daphne, api: APIClient) -> None:
    url = api.post(TICKET).json()["url"]
    api.post("/api/v1/auth/logout")
    assert refused(Socket(server, url)) == ("not_authenticated", NOT_AUTHENTICATED)


def test_a_session_gets_a_ticket_too(server: Daphne, user: User) -> None:
    browser = APIClient()
    browser.force_login(user)
    with Socket(server, browser.post(TICKET).json()["url"]) as socket:
        assert socket.subscribe()["type"] == "ok"


def test_nobody_gets_no_ticket(db: None) -> None:
    assert APIClient().post(TICKET).status_code == 401


@pytest.mark.parametrize("path", ["/ws/realtime/", "/ws/realtime"])
def test_the_cookie_opens_a_socket_for_our_own_pages(server: Daphne, user: User, path: str) -> None:
    with Socket(server, path, cookie=cookie_of(user), origin=server.origin) as socket:
        assert socket.subscribe()["type"] == "ok"


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://127.0.0.1:1",
        "http://127.0.0.1.evil.example",
        "null",
        "http://localhost",
    ],
)
def test_the_cookie_is_refused_from_elsewhere(server: Daphne, user: User, origin: str) -> None:
    socket = Socket(server, cookie=cookie_of(user), origin=origin)
    assert refused(socket) == ("forbidden", FORBIDDEN)


def test_the_cookie_is_refused_without_an_origin(server: Daphne, user: User) -> None:
    assert refused(Socket(server, cookie=cookie_of(user))) == ("forbidden", FORBIDDEN)


@pytest.mark.parametrize(
    "cookie", ["sessionid=" + "a" * 32, "sessionid=a", "sessionid=\u00ff\u00ff"]
)
def test_a_cookie_that_says_nothing_leaves_it_to_the_first_frame(
    server: Daphne, token: str, cookie: str
) -> None:
    with Socket(server, cookie=cookie, origin=server.origin) as socket:
        assert socket.ask("auth", token=token)["type"] == "ok"


def test_a_first_frame_opens_the_socket(open_socket: Callable[..., Socket]) -> None:
    socket = open_socket()
    assert socket.subscribe()["type"] == "ok"
    assert socket.ask("auth", token="x")["code"] == "already_authenticated"


@pytest.mark.parametrize("wrong", ["", "nonsense", "a" * 60_000, "\u0000", "名前"])
def test_a_wrong_token_closes(server: Daphne, user: User, wrong: str) -> None:
    socket = Socket(server)
    socket.send(op="auth", token=wrong)
    assert refused(socket) == ("not_authenticated", NOT_AUTHENTICATED)


def test_an_inactive_users_token_closes(server: Daphne, user: User, token: str) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)
    socket = Socket(server)
    socket.send(op="auth", token=token)
    assert refused(socket) == ("not_authenticated", NOT_AUTHENTICATED)


@pytest.mark.parametrize("op", ["subscribe", "read", "nonsense"])
def test_nothing_is_done_for_who_is_not_known(server: Daphne, op: str) -> None:
    socket = Socket(server)
    socket.send(op="ping")
    assert socket.next()["type"] == "pong"
    socket.send(op=op, stream="notifications")
    assert refused(socket) == ("not_authenticated", NOT_AUTHENTICATED)


def test_other_addresses_have_no_socket(server: Daphne) -> None:
    with pytest.raises(InvalidStatus, match="403"):
        Socket(server, "/ws/nowhere")
