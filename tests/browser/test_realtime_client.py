"""static/realtime.js in a real browser, with a WebSocket and a clock that the test moves."""

import pytest

from tests.browser.fake_sockets import Start, notification, ok

pytestmark = pytest.mark.browser


def test_it_connects_to_the_pages_own_site(start: Start) -> None:
    client = start()
    client.do("connect()", "connect()")
    assert client.sockets == 1
    assert client.run("() => sockets[0].url") == "ws://stockwatch.test/ws/realtime/"
    assert client.run('() => client.send({op: "ping"})') is False
    client.serve("greet()")
    assert client.told("open") == 1
    assert client.run('() => client.send({op: "ping"})') is True


def test_pauses_are_full_jitter_from_half_a_second_to_twenty(start: Start) -> None:
    client = start()
    client.run("() => { window.chance = 0 }")
    client.run(
        """async () => {
          const { Retry } = await import("/realtime/retry.js");
          window.retry = new Retry(() => window.chance);
        }"""
    )
    every = "() => [0, 1, 2, 3, 4, 5, 6, 50].map((at) => retry.pauseBefore(at))"
    assert client.run(every) == [500] * 8
    client.run("() => { window.chance = 1 }")
    assert client.run(every) == [1000, 2000, 4000, 8000, 16_000, 20_000, 20_000, 20_000]


def test_pauses_grow_until_a_connection_has_lasted(start: Start) -> None:
    client = start()
    client.do("connect()")
    for pause in (0.75, 1.25, 2.25, 4.25, 8.25, 10.25, 10.25):  # the middle of each range
        client.serve("end(1006)")
        before = client.sockets
        client.wait(pause - 0.01)
        assert client.sockets == before
        client.wait(0.02)
        assert client.sockets == before + 1
    client.serve("greet()")
    client.wait(11)
    client.serve("end(1006)")
    before = client.sockets
    client.wait(0.76)
    assert client.sockets == before + 1


@pytest.mark.parametrize("code", [4001, 4003, 4005])
def test_where_coming_back_changes_nothing_it_stops_and_says_so(start: Start, code: int) -> None:
    client = start()
    client.do("connect()")
    client.serve("greet()", f"end({code})")
    client.wait(120)
    assert client.sockets == 1
    assert client.state == "stopped"
    assert [(p["code"], p["final"]) for p in client.told("problems")] == [(code, True)]


@pytest.mark.parametrize("code", [4100, 4101, 4108, 4000, 4004, 1006, 1011])
def test_other_ends_are_answered_after_a_pause(start: Start, code: int) -> None:
    client = start()
    client.do("connect()")
    client.serve("greet()")
    client.wait(11)
    client.serve(f"end({code})")
    assert (client.sockets, client.state) == (1, "offline")
    client.wait(0.49)
    assert client.sockets == 1
    client.wait(0.6)
    assert client.sockets == 2


@pytest.mark.parametrize("code", [4200, 4202])
def test_it_comes_back_at_once_where_the_server_says_so_but_not_in_a_circle(
    start: Start, code: int
) -> None:
    client = start()
    client.do("connect()")
    client.serve("greet()")
    client.wait(11)
    client.serve(f"end({code})")
    client.wait(0.001)
    assert client.sockets == 2
    client.serve("greet()", f"end({code})")
    client.wait(0.49)
    assert client.sockets == 2
    client.wait(2)
    assert client.sockets == 3


def test_it_resumes_behind_the_last_notification_and_passes_each_on_once(start: Start) -> None:
    client = start(after=4)
    client.do("followNotifications()", "connect()")
    client.serve("greet()")
    assert [frame.get("after") for frame in client.sent] == [4]
    ok(client, head=6)
    assert client.state == "catching-up"
    client.serve(notification(5), notification(6))
    assert client.state == "live"
    client.serve("end(1006)")
    client.wait(20)
    client.serve("greet()")
    assert [frame.get("after") for frame in client.sent] == [6]
    client.serve(notification(6), notification(7))
    frames = client.told("frames")
    assert [f["seq"] for f in frames if f["type"] == "notification"] == [5, 6, 7]


def test_a_gap_that_cannot_be_filled_moves_on_to_the_head(start: Start) -> None:
    client = start(after=4)
    client.do("followNotifications()", "connect()")
    client.serve("greet()")
    ok(client, head=900, recovered=False)
    assert client.run("() => client.after") == 900
    assert client.state == "live"
    assert client.told("frames")[-1]["recovered"] is False


def test_without_a_position_it_takes_what_comes(start: Start) -> None:
    client = start()
    client.do("followNotifications()", "connect()")
    client.serve("greet()")
    assert "after" not in client.sent[0]
    ok(client, head=7)
    assert client.run("() => client.after") == 7


def test_what_it_follows_is_followed_again(start: Start) -> None:
    client = start()
    client.do('follow("quotes", ["AAPL.US"])', "connect()", 'follow("monitors", [7, 9])')
    client.serve("greet()")
    client.do('follow("quotes", ["KO.US"])', 'unfollow("monitors", [9])')
    assert [{k: v for k, v in frame.items() if k != "id"} for frame in client.sent] == [
        {"op": "subscribe", "stream": "quotes", "symbols": ["AAPL.US"]},
        {"op": "subscribe", "stream": "monitors", "ids": [7, 9]},
        {"op": "subscribe", "stream": "quotes", "symbols": ["KO.US"]},
        {"op": "unsubscribe", "stream": "monitors", "ids": [9]},
    ]
    client.serve("end(1006)")
    client.wait(20)
    client.serve("greet()")
    assert [frame.get("symbols") or frame.get("ids") for frame in client.sent] == [
        ["AAPL.US", "KO.US"],
        [7],
    ]


def test_it_answers_pings(start: Start) -> None:
    client = start()
    client.do("connect()")
    client.serve("greet()", 'say({type: "ping", head: 3})')
    assert client.sent == [{"op": "pong"}]


def test_a_silent_connection_is_given_up(start: Start) -> None:
    client = start()
    client.do("connect()")
    client.serve("greet()")
    client.wait(64)
    assert client.sockets == 1
    client.wait(2)
    assert client.sockets == 2
    client.wait(16)  # no hello at all, and a pause
    assert client.sockets == 3


def test_close_is_for_good(start: Start) -> None:
    client = start()
    client.do("connect()")
    client.serve("greet()", "end(1006)")
    client.do("close()")
    client.run('() => { window.dispatchEvent(new Event("online")) }')
    client.wait(120)
    assert (client.sockets, client.state) == (1, "offline")


def test_close_while_connected_does_not_come_back(start: Start) -> None:
    client = start()
    client.do("connect()")
    client.serve("greet()")
    client.do("close()")
    assert client.run("() => sockets[0].readyState") == 3
    client.serve("end(1000)")
    client.wait(120)
    assert client.sockets == 1


@pytest.mark.parametrize(
    "event",
    ['window.dispatchEvent(new Event("online"))',
     'document.dispatchEvent(new Event("visibilitychange"))'],
)  # fmt: skip
def test_a_network_or_a_look_ends_the_waiting(start: Start, event: str) -> None:
    client = start()
    client.do("connect()")
    for _ in range(6):
        client.serve("end(1006)")
        client.wait(20)
    client.serve("end(1006)")
    before = client.sockets
    client.run(f"() => {{ {event} }}")
    assert client.sockets == before + 1
    client.run(f"() => {{ {event} }}")
    assert client.sockets == before + 1


def test_in_a_hidden_tab_the_network_ends_the_waiting_but_hiding_does_not(start: Start) -> None:
    client = start()
    client.run(
        """() => Object.defineProperty(document, "visibilityState", { get: () => "hidden" })"""
    )
    client.do("connect()")
    client.serve("end(1006)")
    client.run('() => { document.dispatchEvent(new Event("visibilitychange")) }')
    assert client.sockets == 1
    client.run('() => { window.dispatchEvent(new Event("online")) }')
    assert client.sockets == 2


def test_reconnect_drops_the_connection_and_makes_another(start: Start) -> None:
    client = start()
    client.do("connect()")
    client.serve("greet()")
    client.do("reconnect()")
    assert client.sockets == 2
    assert client.run("() => sockets[0].readyState") == 3
    client.serve("greet()", "end(4001)")
    client.do("reconnect()")
    assert (client.sockets, client.state) == (3, "connecting")


def test_it_gives_up_after_so_many_attempts(start: Start) -> None:
    client = start(maxReconnectAttempts=2)
    client.do("connect()")
    for _ in range(3):
        client.serve("end(1006)")
        client.wait(20)
    client.wait(120)
    assert (client.sockets, client.state) == (3, "stopped")
    assert client.told("problems")[-1]["final"] is True


def test_attempts_count_anew_after_a_connection_that_has_lasted(start: Start) -> None:
    client = start(maxReconnectAttempts=1)
    client.do("connect()")
    for _ in range(4):
        client.serve("greet()")
        client.wait(11)
        client.serve("end(1006)")
        assert client.state == "offline"
        client.wait(1)
    client.serve("end(1006)")
    assert (client.sockets, client.state) == (5, "stopped")


def test_it_says_when_it_tries_again(start: Start) -> None:
    client = start()
    assert client.run("() => client.nextTry") is None
    client.do("connect()")
    client.serve("end(1006)")
    assert client.run("() => client.nextTry - Date.now()") == 750
    client.wait(1)
    assert client.run("() => client.nextTry") is None
    client.serve("end(1006)")
    client.do("close()")
    assert client.run("() => client.nextTry") is None
