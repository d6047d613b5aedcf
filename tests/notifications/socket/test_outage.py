"""Redis dies and comes back: sockets stay, nothing that is on record is lost, hints flow again."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from channels_redis.pubsub import RedisPubSubChannelLayer
from django.contrib.auth.models import User

from notifications.realtime import notifications_topic, publish, user_group
from tests.conftest import Tell
from tests.live import Daphne, Socket, start_daphne
from tests.servers import free_port, start_valkey


class Valkey:
    """A Valkey that a test may kill and start again, at the same address."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._port, self._running = folder, free_port(), ExitStack()
        self.address = self.start()

    def start(self) -> str:
        return self._running.enter_context(start_valkey(self._folder, self._port))

    def kill(self) -> None:
        self._running.close()


@pytest.fixture
def valkey(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Valkey]:
    valkey = Valkey(tmp_path)
    layer = RedisPubSubChannelLayer(hosts=[valkey.address], prefix="stockwatch")
    monkeypatch.setattr("notifications.realtime.get_channel_layer", lambda: layer)
    yield valkey
    valkey.kill()


@pytest.fixture
def server_on_it(valkey: Valkey, transactional_db: None) -> Iterator[Daphne]:
    with start_daphne(REDIS_URL=valkey.address) as server:
        yield server


def hint_arrives(socket: Socket, user: User) -> bool:
    """Publish a hint that no look at the log would replace; tell whether it got through."""
    publish({user_group(user.pk): {notifications_topic(user.pk): {"read_up_to": 7}}})
    try:
        return '"read"' in socket.wire.recv(timeout=0.5)
    except TimeoutError:
        return False


def test_sockets_outlive_redis(
    server_on_it: Daphne, valkey: Valkey, user: User, token: str, tell: Tell
) -> None:
    with Socket(server_on_it) as socket:
        socket.ask("auth", token=token)
        socket.subscribe(after=0)
        tell(user)
        assert socket.numbers(1) == [1]
        valkey.kill()
        tell(user, 2)
        assert socket.numbers(2) == [2, 3]
        valkey.start()
        assert any(hint_arrives(socket, user) for _ in range(30))


def test_who_comes_while_redis_is_away_is_served_from_the_log(
    server_on_it: Daphne, valkey: Valkey, user: User, token: str, tell: Tell
) -> None:
    valkey.kill()
    tell(user, 2)
    with Socket(server_on_it) as socket:
        assert socket.ask("auth", token=token)["type"] == "ok"
        assert socket.subscribe(after=0)["replayed"] == 2
        tell(user)
        assert socket.numbers(3) == [1, 2, 3]
        valkey.start()
        assert any(hint_arrives(socket, user) for _ in range(30))


def test_a_ticket_that_cannot_be_looked_up_may_be_tried_again(
    server_on_it: Daphne, valkey: Valkey
) -> None:
    valkey.kill()
    with Socket(server_on_it, "/ws/realtime/some-ticket") as socket:
        frames, code = socket.closed()
    assert (frames[-1]["code"], frames[-1]["retry_after"], code) == ("unavailable", 1, 4101)
