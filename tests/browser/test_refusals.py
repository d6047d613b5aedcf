"""What static/realtime.js does about requests that the server refuses."""

import json
from typing import Any

import pytest

from tests.browser.fake_sockets import Client, Start, notification, ok

pytestmark = pytest.mark.browser


def without_id(frames: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: value for key, value in frame.items() if key != "id"} for frame in frames]


def refuse(client: Client, frame: dict[str, Any], code: str, **fields: Any) -> None:
    error = {"type": "error", "id": frame.get("id"), "code": code, "retry_after": None, **fields}
    client.run(f"() => sockets.at(-1).say({json.dumps(error)})")


def followed(client: Client, gone: set[int], *, named: bool) -> list[int]:
    """Serve subscriptions to monitors as the server does; return which it accepted, in order."""
    accepted: list[int] = []
    answered: set[int] = set()
    while unanswered := [f for f in client.sent if f["id"] not in answered]:
        for frame in unanswered:
            answered.add(frame["id"])
            missing = [pk for pk in frame["ids"] if pk in gone]
            if missing:
                refuse(client, frame, "not_found", **({"missing": missing} if named else {}))
            else:
                accepted += frame["ids"]
                client.serve(f'say({{type: "ok", id: {frame["id"]}, ids: []}})')
    return accepted


def test_monitors_that_are_gone_cost_one_frame_more(start: Start) -> None:
    client = start()
    client.do('follow("monitors", Array.from({length: 200}, (_, at) => at + 1))', "connect()")
    client.serve("greet()")
    gone = set(range(1, 200, 3))
    assert followed(client, gone, named=True) == [pk for pk in range(1, 201) if pk not in gone]
    assert len(client.sent) == 2
    told = [f["data"] for f in client.told("frames") if f["type"] == "monitor"]
    assert told == [{"id": pk, "deleted": True} for pk in sorted(gone)]
    assert client.told("problems") == []


def test_a_server_that_does_not_name_them_is_asked_by_halves_one_at_a_time(start: Start) -> None:
    client = start()
    client.do('follow("monitors", [1, 2, 3, 4, 5])', "connect()")
    client.serve("greet()")
    refuse(client, client.sent[0], "not_found")
    assert [frame["ids"] for frame in client.sent] == [[1, 2, 3, 4, 5], [1, 2]]
    client.serve("end(1006)")
    client.wait(2)
    client.serve("greet()")
    assert sorted(followed(client, {2, 5}, named=False)) == [1, 3, 4]
    told = [f["data"]["id"] for f in client.told("frames") if f["type"] == "monitor"]
    assert told == [2, 5]


@pytest.mark.parametrize("named", [True, False])
def test_when_all_are_gone_nothing_is_asked_any_more(start: Start, named: bool) -> None:
    client = start()
    client.do('follow("monitors", [1, 2, 3])', "connect()")
    client.serve("greet()")
    assert followed(client, {1, 2, 3}, named=named) == []
    client.serve("end(1006)")
    client.wait(2)
    client.serve("greet()")
    assert client.sent == []


def test_a_monitor_that_is_deleted_is_not_asked_for_again(start: Start) -> None:
    client = start()
    client.do('follow("monitors", [1, 2])', "connect()")
    client.serve("greet()", 'say({type: "monitor", data: {id: 1, deleted: true}})', "end(1006)")
    client.wait(2)
    client.serve("greet()")
    assert [frame["ids"] for frame in client.sent] == [[2]]


def test_what_came_too_fast_is_asked_again_as_it_is_wanted_then(start: Start) -> None:
    client = start(after=4)
    client.do("followNotifications()", 'follow("quotes", ["A.US", "B.US"])', "connect()")
    client.serve("greet()")
    ok(client, head=4)
    client.do('follow("quotes", ["C.US"])', 'unfollow("quotes", ["B.US"])')
    for frame in client.sent[1:]:
        refuse(client, frame, "rate_limit", retry_after=0.4)
    client.do('follow("quotes", ["B.US"])', 'unfollow("quotes", ["C.US"])')
    before = len(client.sent)
    client.wait(0.39)
    assert len(client.sent) == before
    client.wait(0.02)
    again = without_id(client.sent[before:])
    assert [(f["op"], sorted(f["symbols"])) for f in again] == [
        ("subscribe", ["A.US", "B.US"]),
        ("unsubscribe", ["C.US"]),
    ]
    client.wait(60)
    assert len(client.sent) == before + 2
    assert client.told("problems") == []


def test_notifications_are_resumed_from_where_they_are_then(start: Start) -> None:
    client = start(after=4)
    client.do("followNotifications()", "connect()")
    client.serve("greet()")
    refuse(client, client.sent[0], "rate_limit", retry_after=0.4)
    client.serve(notification(5))
    client.wait(0.5)
    assert [frame["after"] for frame in client.sent] == [4, 5]
    assert client.state == "catching-up"
    client.serve(f'say({{type: "ok", id: {client.sent[1]["id"]}, head: 5, recovered: true}})')
    assert client.state == "live"


def test_of_several_refusals_the_longest_wait_counts(start: Start) -> None:
    client = start()
    client.do('follow("quotes", ["A.US"])', 'follow("monitors", [7])', "connect()")
    client.serve("greet()")
    first, second = client.sent
    refuse(client, first, "rate_limit", retry_after=2)
    refuse(client, second, "rate_limit", retry_after=1)
    client.wait(1.9)
    assert len(client.sent) == 2
    client.wait(0.2)
    assert without_id(client.sent[2:]) == without_id([first, second])


def test_where_the_refused_frame_is_not_named_all_is_asked_again(start: Start) -> None:
    client = start(after=4)
    client.do("followNotifications()", 'follow("quotes", ["A.US"])', "connect()")
    client.serve("greet()")
    asked = client.sent
    refuse(client, {}, "rate_limit", retry_after=0.2)
    client.wait(0.3)
    assert without_id(client.sent[2:]) == without_id(asked)


def test_a_new_connection_asks_once_whatever_the_former_refused(start: Start) -> None:
    client = start()
    client.do('follow("quotes", ["A.US"])', "connect()")
    client.serve("greet()")
    refuse(client, client.sent[0], "rate_limit", retry_after=2)
    client.serve("end(1006)")
    client.wait(1)
    client.serve("greet()")
    client.wait(5)
    assert len(client.sent) == 1


def test_a_part_that_is_away_is_asked_again(start: Start) -> None:
    client = start()
    client.do('follow("quotes", ["A.US"])', "connect()")
    client.serve("greet()")
    refuse(client, client.sent[0], "unavailable", retry_after=1)
    client.wait(1.1)
    assert len(client.sent) == 2
    assert client.told("problems") == []


def test_a_refusal_is_told_with_what_it_refuses(start: Start) -> None:
    client = start()
    client.do('follow("quotes", ["?"])', "connect()")
    client.serve("greet()")
    refuse(client, client.sent[0], "invalid", message="m")
    problem = client.told("problems")[0]
    assert (problem["code"], problem["message"], problem["final"]) == ("invalid", "m", False)
    assert problem["request"]["symbols"] == ["?"]
