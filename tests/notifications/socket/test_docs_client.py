"""docs/client.py does what it says, also when the connection dies under it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.contrib.auth.models import User

from tests.conftest import Tell
from tests.live import Daphne, start_daphne

CLIENT = Path(__file__).parents[3] / "docs" / "client.py"


@contextmanager
def running(server: Daphne, after: int = 0) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, str(CLIENT), server.origin, "ann", "a long password", str(after)]
    client = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1
    )
    try:
        yield client
    finally:
        client.kill()
        client.communicate()


def lines(client: "subprocess.Popen[str]", count: int) -> list[str]:
    assert client.stdout is not None
    return [client.stdout.readline().strip() for _ in range(count)]


def test_it_goes_on_where_it_was_after_the_server_was_killed(
    user: User, tell: Tell, transactional_db: None
) -> None:
    tell(user, 2, title="Before")
    with start_daphne() as server, running(server, after=1) as client:
        assert lines(client, 1) == ["2 Before"]
        tell(user, title="Live")
        assert lines(client, 1) == ["3 Live"]
        server.process.kill()
        server.process.wait()
        tell(user, 2, title="Missed")
        with start_daphne(server.port):
            assert lines(client, 2) == ["4 Missed", "5 Missed"]
            tell(user, title="Live again")
            assert lines(client, 1) == ["6 Live again"]
            # A log-out everywhere ends it: there is nothing to come back for.
            user.set_password("another long password")
            user.save()
            assert client.wait(timeout=20) != 0


def test_what_a_socket_does_not_replay_comes_from_the_log(
    server: Daphne, user: User, tell: Tell
) -> None:
    tell(user, 620)
    with running(server) as client:
        assert lines(client, 620) == [f"{seq} Reached" for seq in range(1, 621)]
        tell(user, title="Live")
        assert lines(client, 1) == ["621 Live"]
