"""How closely the parts are watched."""

import pytest
from supervisor.options import ServerOptions
from supervisor.poller import Poller

from stockwatch.supervision import LOOKS_EVERY_SECONDS, _AttentivePoller


def test_the_parts_are_looked_at_often_though_nothing_is_heard(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """supervisord itself waits for a second, and looks twice until what died runs again."""
    waited: list[float] = []
    monkeypatch.setattr(Poller, "poll", lambda _poller, timeout: waited.append(timeout))
    poller = _AttentivePoller(ServerOptions())
    poller.poll(1)
    poller.poll(0.01)
    assert waited == [LOOKS_EVERY_SECONDS, 0.01]
    assert LOOKS_EVERY_SECONDS <= 0.2
