"""static/realtime/hub.js: one fake socket for several tabs, in the order that the test says."""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.fake_sockets import HARNESS, Client, notification, start_client

pytestmark = pytest.mark.browser

# Ports that hand over at once: what comes is then told by the order of the test's lines alone.
HUB = f"""async (options) => {{
  await ({HARNESS})({{}});
  const {{ Hub }} = await import("/realtime/hub.js");
  const {{ RealtimeClient }} = await import("/realtime.js");
  const FakeSocket = window.FakeSocket;
  window.log = [];
  window.logged = [];
  window.hub = new Hub(
    (url, after, wake) => {{
      window.client = new RealtimeClient(url, {{
        after, wake, WebSocket: FakeSocket, random: () => 0.5,
      }});
      return window.client;
    }},
    (after) => new Promise((resolve, reject) => {{
      logged.push(after);
      window.answerLog = (rows) => rows === "fail" ? reject(new Error()) : resolve(rows);
    }}),
  );
  window.tabs = {{}};
  window.openTab = (name, after) => {{
    const heard = [];
    const port = {{
      postMessage: (reply) => heard.push(structuredClone(reply)),
    }};
    tabs[name] = {{ heard, port, say: (request) => port.onmessage({{ data: request }}) }};
    hub.serve(port);
    tabs[name].say({{ say: "attach", url: "/ws/realtime/", after }});
  }};
}}"""


class Tabs(Client):
    """Tabs by name, on one hub."""

    def open(self, name: str, after: int = 0) -> None:
        self.run(f"() => openTab('{name}', {after})")

    def say(self, name: str, what: str, **fields: Any) -> None:
        self.page.evaluate("([name, say]) => tabs[name].say(say)", [name, {"say": what, **fields}])

    def follow(self, name: str, **keys: list[Any]) -> None:
        for stream, some in keys.items():
            self.say(name, "follow", stream=stream, keys=some)

    def heard(self, name: str, kind: str = "frame") -> list[dict[str, Any]]:
        """Return what a tab was told since it was last asked about."""
        said = self.run(f"() => tabs['{name}'].heard.splice(0)")
        return [reply for reply in said if reply["say"] == kind]

    def frames(self, name: str, kind: str) -> list[Any]:
        return [r["frame"] for r in self.heard(name) if r["frame"]["type"] == kind]

    def numbers(self, name: str) -> list[int]:
        return [frame["seq"] for frame in self.frames(name, "notification")]

    def quote(self, *symbols: str, price: str = "1") -> None:
        data = [{"symbol": symbol, "price": price} for symbol in symbols]
        self.run(f"() => sockets.at(-1).say({{type: 'quotes', data: {data}}})")

    def monitor(self, pk: int, symbol: str) -> None:
        self.serve(f"say({{type: 'monitor', data: {{id: {pk}, symbol: '{symbol}'}}}})")

    def asked(self, op: str = "subscribe") -> list[Any]:
        """Return what was asked of the server since this was last asked about."""
        sent = self.run("() => sockets.at(-1).sent.splice(0)")
        return [f.get("symbols") or f.get("ids") or f["after"] for f in sent if f["op"] == op]


@pytest.fixture
def tabs(tab: Page) -> Tabs:
    start_client(tab, HUB)
    return Tabs(tab)


def live(tabs: Tabs, head: int = 0) -> None:
    tabs.serve("greet()")
    asked = next(frame for frame in tabs.sent if frame["stream"] == "notifications")
    tabs.serve(f'say({{type: "ok", id: {asked["id"]}, head: {head}, recovered: true}})')


def test_all_tabs_share_one_socket_that_ends_with_the_last(tabs: Tabs) -> None:
    tabs.open("a")
    tabs.open("b")
    live(tabs)
    assert tabs.sockets == 1
    assert tabs.heard("b", "state")[-1]["state"] == "live"
    tabs.say("a", "leave")
    assert tabs.run("() => sockets[0].readyState") == 1
    tabs.say("b", "leave")
    assert tabs.run("() => sockets[0].readyState") == 3
    tabs.wait(120)
    assert tabs.sockets == 1
    tabs.open("c", 7)
    live(tabs, 7)
    assert (tabs.sockets, tabs.asked()) == (2, [7])


def test_each_tab_gets_each_notification_once_from_its_own_head(tabs: Tabs) -> None:
    tabs.open("a", 10)
    live(tabs, 10)
    tabs.serve(notification(11), notification(12))
    tabs.open("behind", 10)
    tabs.open("even", 12)
    tabs.open("ahead", 13)
    tabs.serve(notification(13), notification(14))
    assert tabs.numbers("a") == [11, 12, 13, 14]
    assert tabs.numbers("behind") == [11, 12, 13, 14]
    assert tabs.numbers("even") == [13, 14]
    assert tabs.numbers("ahead") == [14]
    assert tabs.run("() => logged") == []


def test_a_page_from_before_the_first_tab_reads_the_log(tabs: Tabs) -> None:
    tabs.open("a", 12)
    live(tabs, 12)
    tabs.open("old", 10)
    assert tabs.run("() => logged") == [10]
    tabs.serve(notification(13))
    assert tabs.heard("old", "state")[-1]["state"] == "catching-up"
    # The log may know more than the socket has told by then.
    tabs.run("() => answerLog([{seq: 11}, {seq: 12}, {seq: 13}, {seq: 14}])")
    tabs.serve(notification(14), notification(15))
    told = tabs.run("() => tabs.old.heard")
    assert [r["frame"]["seq"] for r in told if r["say"] == "frame"] == [11, 12, 13, 14, 15]
    assert [r["state"] for r in told if r["say"] == "state"] == ["live"]
    assert tabs.run("() => logged") == [10]


@pytest.mark.parametrize("answer", ["null", "'fail'"])
def test_a_page_that_is_too_far_behind_is_told_so(tabs: Tabs, answer: str) -> None:
    tabs.open("a", 900)
    live(tabs, 900)
    tabs.open("old", 10)
    tabs.run(f"() => answerLog({answer})")
    tabs.serve(notification(901))
    frames = [reply["frame"] for reply in tabs.heard("old")]
    assert [(f["type"], f.get("recovered"), f.get("seq")) for f in frames] == [
        ("ok", False, None),
        ("notification", None, 901),
    ]


def test_what_retention_has_taken_is_passed_over(tabs: Tabs) -> None:
    tabs.open("a", 12)
    live(tabs, 12)
    tabs.open("old", 10)
    tabs.run("() => answerLog([])")
    tabs.serve(notification(13))
    assert tabs.numbers("old") == [13]
    assert tabs.run("() => logged") == [10]


def test_a_gap_that_the_server_cannot_fill_is_told_to_those_that_have_it(tabs: Tabs) -> None:
    tabs.open("a", 10)
    tabs.open("new", 905)
    tabs.serve("greet()")
    asked = tabs.sent[0]["id"]
    tabs.serve(f'say({{type: "ok", id: {asked}, head: 900, recovered: false}})')
    assert [f["head"] for f in tabs.frames("a", "ok")] == [900]
    assert tabs.frames("new", "ok") == []
    tabs.serve(*(notification(seq) for seq in range(901, 907)))
    assert tabs.numbers("a") == [901, 902, 903, 904, 905, 906]
    assert tabs.numbers("new") == [906]


def test_only_so_many_are_kept_then_the_log_helps(tabs: Tabs) -> None:
    tabs.open("a", 0)
    live(tabs)
    tabs.run("""() => { for (let seq = 1; seq <= 600; seq += 1)
        sockets[0].say({type: "notification", seq, data: {}}); }""")
    tabs.open("within", 100)
    assert tabs.numbers("within") == list(range(101, 601))
    tabs.open("before", 99)
    assert tabs.run("() => logged") == [99]


def test_what_was_read_meanwhile_is_read_in_a_late_tab(tabs: Tabs) -> None:
    tabs.open("a", 10)
    live(tabs, 10)
    tabs.serve(notification(11), notification(12), 'say({type: "read", up_to: 11})')
    tabs.open("late", 10)
    frames = [reply["frame"] for reply in tabs.heard("late")]
    assert [bool(f["data"].get("read_at")) for f in frames[:2]] == [True, False]
    assert frames[2] == {"type": "read", "up_to": 11}
    for _ in range(7):
        tabs.wait(9)
        tabs.say("a", "pong")
    tabs.open("later", 12)
    assert tabs.frames("later", "read") == []


def test_a_single_one_that_was_read_is_read_in_a_late_tab(tabs: Tabs) -> None:
    tabs.open("a", 10)
    live(tabs, 10)
    marks = 'say({type: "read", up_to: 0, seqs: [12]})', 'say({type: "read", up_to: 0, seqs: [9]})'
    tabs.serve(notification(11), notification(12), *marks)
    tabs.open("late", 10)
    frames = [reply["frame"] for reply in tabs.heard("late")]
    assert [bool(f["data"].get("read_at")) for f in frames[:2]] == [False, True]
    assert [frame["seqs"] for frame in frames[2:]] == [[12], [9]]


def test_what_any_tab_follows_is_asked_for_once_and_let_go_with_the_last(tabs: Tabs) -> None:
    tabs.open("a")
    tabs.open("b")
    live(tabs)
    tabs.asked()
    tabs.follow("a", quotes=["A.US", "B.US"])
    tabs.follow("b", quotes=["B.US", "C.US"], monitors=[7])
    assert tabs.asked() == [["A.US", "B.US"], ["C.US"], [7]]
    tabs.say("a", "unfollow", stream="quotes", keys=["A.US", "B.US"])
    assert tabs.asked("unsubscribe") == [["A.US"]]
    tabs.follow("a", monitors=[7, 8])
    tabs.say("b", "leave")
    assert tabs.asked("unsubscribe") == [["B.US", "C.US"]]
    tabs.serve("end(1006)")
    tabs.wait(1)
    live(tabs)
    assert tabs.asked() == [0, [7, 8]]


def test_each_tab_is_told_its_own_quotes_and_monitors(tabs: Tabs) -> None:
    tabs.open("a")
    tabs.open("b")
    live(tabs)
    tabs.follow("a", quotes=["A.US"])
    tabs.follow("b", monitors=[7])
    for name in ("a", "b"):
        tabs.heard(name)
    tabs.quote("A.US", "B.US")  # the quote of a monitor comes before the monitor
    tabs.monitor(7, "B.US")
    tabs.quote("A.US", "B.US", price="2")
    told = [reply["frame"]["data"] for reply in tabs.heard("a")]
    assert told == [[{"symbol": "A.US", "price": "1"}], [{"symbol": "A.US", "price": "2"}]]
    assert [reply["frame"]["data"] for reply in tabs.heard("b")] == [
        [{"symbol": "B.US", "price": "1"}],
        {"id": 7, "symbol": "B.US"},
        [{"symbol": "B.US", "price": "2"}],
    ]


def test_a_late_tab_is_told_the_last_values_but_no_stale_ones(tabs: Tabs) -> None:
    tabs.open("a")
    live(tabs)
    tabs.follow("a", quotes=["A.US"], monitors=[7])
    tabs.quote("A.US", "B.US")
    tabs.monitor(7, "B.US")
    tabs.quote("A.US", price="2")
    tabs.asked()
    tabs.open("late")
    tabs.follow("late", quotes=["A.US"], monitors=[7])
    assert [reply["frame"]["data"] for reply in tabs.heard("late")] == [
        [{"symbol": "A.US", "price": "2"}],
        [{"symbol": "B.US", "price": "1"}],
        {"id": 7, "symbol": "B.US"},
    ]
    assert tabs.asked() == []
    # What nobody followed for a while is not told.
    for name in ("a", "late"):
        tabs.say(name, "unfollow", stream="monitors", keys=[7])
    tabs.follow("late", monitors=[7])
    assert tabs.heard("late") == []
    # Nor is what was known before a pause.
    tabs.serve("end(1006)")
    tabs.open("later")
    tabs.follow("later", quotes=["A.US"])
    assert tabs.heard("later") == []


def test_a_monitor_that_is_gone_is_gone_for_every_tab(tabs: Tabs) -> None:
    tabs.open("a")
    tabs.open("b")
    live(tabs)
    tabs.follow("a", monitors=[7])
    tabs.follow("b", monitors=[7])
    asked = tabs.sent[-1]["id"]
    tabs.serve(f'say({{type: "error", id: {asked}, code: "not_found", missing: [7]}})')
    for name in ("a", "b"):
        assert tabs.frames(name, "monitor")[0]["data"] == {"id": 7, "deleted": True}
    tabs.serve("end(1006)")
    tabs.wait(1)
    live(tabs)
    assert tabs.asked() == [0]


def test_a_tab_that_would_be_too_much_for_one_connection_gets_its_own(tabs: Tabs) -> None:
    tabs.open("a")
    tabs.open("b")
    live(tabs)
    tabs.follow("a", monitors=list(range(1, 151)))
    tabs.asked()
    tabs.follow("b", monitors=list(range(140, 191)))
    assert tabs.asked() == [list(range(151, 191))]
    tabs.open("c")
    tabs.follow("c", monitors=list(range(180, 202)))
    assert len(tabs.heard("c", "full")) == 1
    assert tabs.asked() == []
    tabs.serve(notification(1))
    assert tabs.heard("c") == []


def test_a_tab_that_answers_no_more_is_dropped_with_what_it_follows(tabs: Tabs) -> None:
    tabs.open("a")
    tabs.open("dead")
    live(tabs)
    tabs.follow("dead", quotes=["A.US"])
    tabs.asked()
    for _ in range(3):
        assert tabs.asked("unsubscribe") == []
        tabs.wait(10)
        assert len(tabs.heard("a", "ping")) == 1
        tabs.say("a", "pong")
    assert tabs.asked("unsubscribe") == [["A.US"]]
    # If it only slept, it is told to introduce itself.
    tabs.heard("dead")
    tabs.say("dead", "pong")
    assert len(tabs.heard("dead", "unknown")) == 1
    tabs.serve(notification(1))
    tabs.say("dead", "attach", url="/ws/realtime/", after=0)
    assert tabs.numbers("dead") == [1]


def test_a_tab_wakes_the_connection_and_hears_when_it_is_tried_again(tabs: Tabs) -> None:
    tabs.open("a")
    tabs.open("b")
    for _ in range(3):
        tabs.serve("end(1006)")
        tabs.wait(3)
    tabs.serve("end(1006)")
    told = tabs.heard("b", "state")[-1]
    assert told["state"] == "offline"
    assert told["nextTry"] == tabs.run("() => client.nextTry") is not None
    before = tabs.sockets
    tabs.say("b", "wake")
    assert tabs.sockets == before + 1
    tabs.say("b", "wake")
    assert tabs.sockets == before + 1


@pytest.mark.parametrize("code", [4001, 4005])
def test_a_log_out_stops_it_for_all_until_a_new_page_comes(tabs: Tabs, code: int) -> None:
    tabs.open("a")
    tabs.open("b")
    live(tabs)
    tabs.serve(f"end({code})")
    for name in ("a", "b"):
        problem = tabs.heard(name, "problem")[0]["problem"]
        assert (problem["code"], problem["final"]) == (code, True)
    tabs.say("a", "wake")
    tabs.wait(25)
    assert tabs.sockets == 1
    tabs.open("new")
    assert tabs.sockets == 2
    live(tabs)
    assert tabs.heard("a", "state")[-1]["state"] == "live"


def test_answers_go_to_the_tab_that_asked(tabs: Tabs) -> None:
    tabs.open("a")
    tabs.open("b")
    live(tabs)
    for name in ("a", "b"):
        tabs.heard(name)
        tabs.say(name, "send", frame={"id": 1, "op": "read", "up_to": 3})
    first, second = [frame["id"] for frame in tabs.sent if frame["op"] == "read"]
    tabs.serve(
        f"say({{type: 'ok', id: '{second}', marked: 3}})",
        f"say({{type: 'error', id: '{first}', code: 'invalid', message: ''}})",
    )
    assert tabs.heard("b") == [{"say": "frame", "frame": {"type": "ok", "id": 1, "marked": 3}}]
    assert tabs.heard("a", "problem")[0]["problem"]["frame"]["id"] == 1
