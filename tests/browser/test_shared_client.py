"""static/realtime/shared.js: a page and a fake worker, on a clock that the test moves."""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.fake_sockets import HARNESS, Client, start_client

pytestmark = pytest.mark.browser

SHARED = f"""async (options) => {{
  await ({HARNESS})({{}});
  window.WebSocket = FakeSocket;
  const {{ SharedClient }} = await import("/realtime/shared.js");
  window.workers = [];
  window.SharedWorker = class {{
    constructor(url, {{ type, name }}) {{
      this.made = {{ url, type, name }};
      this.heard = [];
      this.port = {{
        closed: false,
        postMessage: (request) => this.heard.push(request),
        close: () => {{ this.port.closed = true; }},
      }};
      workers.push(this);
    }}
    say(reply) {{ this.port.onmessage({{ data: reply }}); }}
  }};
  window.client = new SharedClient("/ws/realtime/?user=7", {{
    after: 4, worker: "/worker.js", name: "user 7",
  }});
  client.onOpen = () => {{ told.open += 1; }};
  client.onMessage = (frame) => told.frames.push(frame);
  client.onError = (problem) => told.problems.push(problem);
  client.onState = (state) => told.states.push(state);
}}"""


class Shared(Client):
    """The page's client, and the newest worker."""

    def say(self, what: str, **fields: Any) -> None:
        self.page.evaluate("(reply) => workers.at(-1).say(reply)", {"say": what, **fields})

    def notify(self, seq: int) -> None:
        self.say("frame", frame={"type": "notification", "seq": seq, "data": {}})

    def heard(self, worker: int = -1) -> list[dict[str, Any]]:
        """Return what a worker was told since it was last asked about."""
        heard: list[dict[str, Any]] = self.run(f"() => workers.at({worker}).heard.splice(0)")
        return heard

    @property
    def workers(self) -> int:
        return int(self.run("() => workers.length"))

    def numbers(self) -> list[int]:
        return [f["seq"] for f in self.told("frames") if f["type"] == "notification"]


ATTACH = {"say": "attach", "url": "/ws/realtime/?user=7", "after": 4}
FOLLOW = {"say": "follow", "stream": "quotes", "keys": ["A.US"]}


@pytest.fixture
def shared(tab: Page) -> Shared:
    start_client(tab, SHARED)
    client = Shared(tab)
    client.do('follow("quotes", ["A.US"])', "connect()", "connect()")
    return client


def live(shared: Shared) -> None:
    shared.say("state", state="live", nextTry=None)


def test_it_attaches_with_what_its_page_shows(shared: Shared) -> None:
    assert shared.workers == 1
    made = shared.run("() => workers[0].made")
    assert made == {"url": "/worker.js", "type": "module", "name": "user 7"}
    assert shared.heard() == [ATTACH, FOLLOW]
    assert shared.state == "connecting"
    live(shared)
    shared.say("open")
    assert (shared.state, shared.told("open")) == ("live", 1)
    shared.do('follow("monitors", [7, 8])', 'follow("monitors", [8])', 'unfollow("monitors", [8])')
    assert shared.heard() == [
        {"say": "follow", "stream": "monitors", "keys": [7, 8]},
        {"say": "unfollow", "stream": "monitors", "keys": [8]},
    ]


def test_each_notification_is_passed_on_once(shared: Shared) -> None:
    for seq in (4, 5, 5, 6):
        shared.notify(seq)
    assert shared.numbers() == [5, 6]
    shared.say("frame", frame={"type": "ok", "recovered": False, "head": 900})
    assert shared.run("() => client.after") == 900


def test_it_answers_pings_and_sends_while_it_is_live(shared: Shared) -> None:
    assert shared.run('() => client.send({op: "ping"})') is False
    live(shared)
    assert shared.run('() => client.send({op: "ping"})') is True
    shared.say("ping")
    shared.say("problem", problem={"code": "invalid", "message": "", "final": False})
    assert shared.heard()[2:] == [{"say": "send", "frame": {"op": "ping"}}, {"say": "pong"}]
    assert shared.told("problems")[0]["code"] == "invalid"


def test_a_worker_that_has_gone_is_replaced_and_nothing_is_told_twice(shared: Shared) -> None:
    live(shared)
    shared.notify(5)
    for _ in range(4):
        shared.wait(10)
        shared.say("ping")
    assert shared.workers == 1
    shared.wait(29)
    assert shared.workers == 1
    shared.wait(2)
    assert shared.workers == 2
    assert shared.heard(0)[-1] == {"say": "leave"}
    assert shared.heard() == [ATTACH | {"after": 5}, FOLLOW]
    assert shared.state == "connecting"
    shared.run("() => workers[0].say({say: 'frame', frame: {type: 'quotes', data: []}})")
    assert [f["type"] for f in shared.told("frames")] == ["notification"]


def test_a_worker_that_never_answers_is_done_without(shared: Shared) -> None:
    shared.wait(9)
    assert shared.sockets == 0
    shared.wait(2)
    assert shared.sockets == 1
    assert shared.heard()[-1] == {"say": "leave"}
    shared.serve("greet()")
    assert [(f["stream"], f.get("after")) for f in shared.sent] == [
        ("notifications", 4),
        ("quotes", None),
    ]
    shared.do('follow("quotes", ["B.US"])', 'unfollow("quotes", ["A.US"])')
    assert [(f["op"], f["symbols"]) for f in shared.sent[2:]] == [
        ("subscribe", ["B.US"]),
        ("unsubscribe", ["A.US"]),
    ]
    shared.serve('say({type: "notification", seq: 5, data: {}})')
    assert shared.numbers() == [5]
    shared.wait(60)
    assert shared.workers == 1


@pytest.mark.parametrize("end", ["workers[0].onerror()", 'workers[0].say({say: "full"})'])
def test_a_worker_that_does_not_run_or_is_full_is_done_without(shared: Shared, end: str) -> None:
    shared.run(f"() => {{ {end} }}")
    assert shared.sockets == 1
    assert shared.run("() => workers[0].port.closed") is True
    shared.do("reconnect()")
    assert shared.sockets == 2
    shared.do("close()")
    assert (shared.run("() => sockets[1].readyState"), shared.state) == (3, "offline")


def test_a_worker_that_has_forgotten_the_page_is_told_again(shared: Shared) -> None:
    live(shared)
    shared.notify(5)
    shared.heard()
    shared.say("unknown")
    assert shared.heard() == [ATTACH | {"after": 5}, FOLLOW]


def test_a_page_that_is_put_away_leaves_and_comes_back_where_it_was(shared: Shared) -> None:
    live(shared)
    shared.notify(5)
    shared.run('() => { window.dispatchEvent(new Event("pagehide")) }')
    assert shared.heard()[-1] == {"say": "leave"}
    shared.wait(120)
    assert shared.workers == 1
    shared.run(
        """() => { window.dispatchEvent(
             new PageTransitionEvent("pageshow", {persisted: true})) }"""
    )
    assert shared.workers == 2
    assert shared.heard() == [ATTACH | {"after": 5}, FOLLOW]


def test_the_network_and_a_look_wake_the_worker(shared: Shared) -> None:
    shared.heard()
    shared.run('() => { window.dispatchEvent(new Event("online")) }')
    shared.run('() => { document.dispatchEvent(new Event("visibilitychange")) }')
    assert shared.heard() == [{"say": "wake"}] * 2
    shared.do("reconnect()")
    assert shared.heard() == [{"say": "reconnect"}]


def test_close_is_for_good(shared: Shared) -> None:
    live(shared)
    shared.do("close()")
    assert shared.heard()[-1] == {"say": "leave"}
    shared.run('() => { window.dispatchEvent(new Event("online")) }')
    shared.run("() => workers[0].say({say: 'ping'})")
    shared.wait(120)
    assert (shared.workers, shared.sockets, shared.state) == (1, 0, "offline")
