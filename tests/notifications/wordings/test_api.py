"""Wordings of one's own in REST: what is refused says why, and the most specific one counts."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from notifications import placeholders
from notifications.composing.wordings import chosen
from notifications.message import Message
from notifications.models import Notification, Wording
from notifications.transports.base import Rate
from tests.notifications.outbox_desk import Desk

URL = "/api/v1/templates"
PREVIEW = f"{URL}/preview"
FIELDS = {"id", "kind", "transport", "title", "text", "problem", "updated_at"}
QUOTED: dict[str, Any] = {
    "symbol": "600519.SH",
    "name": "贵州茅台",
    "price": "1800.10",
    "level": "1800",
}
DATA = {"currency": "CNY", "change_pct": "-5.8", "source": "sina", "delay": 0, "fact_lines": 1}


def create(api: APIClient, **fields: Any) -> dict[str, Any]:
    answer = api.post(URL, {"text": "{{ price }}"} | fields)
    assert answer.status_code == 201, answer.json()
    return answer.json()


def last(desk: Desk) -> Message:
    desk.work()
    return desk.stub.taken[-1][1]


def test_one_is_written_changed_and_deleted(api: APIClient, user: User) -> None:
    made = create(api, kind="take_profit", transport="telegram", title=" {{name}}\n{{level}} ")
    assert set(made) == FIELDS
    assert (made["title"], made["text"], made["problem"]) == (
        "{{name}} {{level}}",
        "{{ price }}",
        "",
    )
    one = f"{URL}/{made['id']}"
    assert api.patch(one, {"text": "{{zone}}"}).json()["text"] == "{{zone}}"
    assert api.get(URL).json()["results"] == [api.get(one).json()]
    assert api.put(one, {"text": "all"}).json() | {"updated_at": ""} == {
        "id": made["id"], "kind": "", "transport": "", "title": "", "text": "all", "problem": "",
        "updated_at": "",
    }  # fmt: skip
    assert api.delete(one).status_code == 204
    assert not Wording.objects.exists()


@pytest.mark.parametrize(
    ("body", "field", "mend"),
    [
        ({"text": "{{ prize }}"}, "text", "{{ prize }} is not known, write one of title, body"),
        ({"title": "{{}}"}, "title", "price, currency, level"),
        ({"text": "at {{ price } now"}, "text", "“{{ price } now” is not closed"),
        ({"title": "{{ {{price}}"}, "title", "is not closed: write }} behind a name, one of title"),
        ({}, "text", "Write a title, a text, or both."),
        ({"title": " ", "text": ""}, "text", "Write a title, a text, or both."),
        ({"text": "x", "kind": "nothing"}, "kind", "choose from entry_zone"),
        ({"text": "x", "transport": "pigeon"}, "transport", "bark, dingtalk"),
        ({"text": "x", "colour": "red"}, "colour", ""),
        ({"text": "x" * 2001}, "text", "2000"),
        ({"title": "x" * 201}, "title", "200"),
        ({"text": 5, "title": []}, "title", ""),
        ({"text": "\x00"}, "text", ""),
        ({"text": None}, "text", ""),
    ],
)
@pytest.mark.parametrize("url", [URL, PREVIEW])
def test_what_will_not_do_is_refused_with_the_mend(
    api: APIClient, url: str, body: dict[str, Any], field: str, mend: str
) -> None:
    answer = api.post(url, body)
    assert answer.status_code == 400
    assert field in answer.json()
    assert mend in str(answer.json()[field])


def test_every_placeholder_is_known_and_nothing_else(api: APIClient) -> None:
    every = " ".join(f"{{{{{name}}}}}" for name in placeholders.NAMES)
    assert api.post(PREVIEW, {"text": every}).status_code == 200


def test_there_is_one_for_a_kind_and_a_way(api: APIClient, other: User) -> None:
    Wording.objects.create(user=other, text="theirs")
    made, second = create(api), create(api, kind="stop_loss")
    for answer in (
        api.post(URL, {"text": "again"}),
        api.patch(f"{URL}/{second['id']}", {"kind": ""}),
    ):
        assert answer.status_code == 400
        assert "change that one" in answer.json()["kind"][0]
    assert api.patch(f"{URL}/{made['id']}", {"text": "same place"}).status_code == 200


def test_nobody_reads_or_changes_what_is_someone_elses(api: APIClient, other: User) -> None:
    theirs = Wording.objects.create(user=other, text="theirs")
    one = f"{URL}/{theirs.pk}"
    assert api.get(URL).json()["count"] == 0
    for answer in (api.get(one), api.patch(one, {"text": "x"}), api.delete(one)):
        assert answer.status_code == 404
    assert APIClient().get(URL).status_code == 401


def test_the_schema_has_it(api: APIClient) -> None:
    schema = api.get("/api/schema?format=json").json()
    assert {"get", "post"} <= schema["paths"]["/api/v1/templates"].keys()
    assert "/api/v1/templates/preview" in schema["paths"]


def test_a_preview_has_the_values_of_the_newest_of_the_kind(
    api: APIClient, desk: Desk, settings: Any
) -> None:
    settings.SITE_URL = "https://stocks.example"
    desk.tell("Reached", url="/monitors/7/", body="facts\nsell half", data=DATA, **QUOTED)
    Notification.objects.update(kind="stop_loss")
    desk.tell("Other", **QUOTED | {"price": "9"})
    body = {"kind": "stop_loss", "title": "{{symbol}}", "text": "{{price}} {{change}}"}
    assert api.post(PREVIEW, body).json() == {
        "title": "600519.SH", "text": "1800.10 -5.8 %\nhttps://stocks.example/monitors/7/", "of": 1,
    }  # fmt: skip
    ours = api.post(PREVIEW, body | {"text": ""}).json()["text"]
    assert "Price: 1800.10 CNY\n" in ours
    assert "Change: ▼ -5.8 %\n" in ours
    assert "sell half" in ours
    assert "facts" not in ours
    assert not Wording.objects.exists()
    assert desk.stub.tried == []


@pytest.mark.parametrize(("language", "word"), [("en", "Price: 12.35 CNY"), ("zh-hans", "价格")])
def test_a_preview_without_a_notification_is_an_example(
    api: APIClient, language: str, word: str
) -> None:
    answer = api.post(PREVIEW, {"title": "{{price}}"}, headers={"accept-language": language})
    assert (answer.json()["title"], answer.json()["of"]) == ("12.35", None)
    assert word in answer.json()["text"]


@pytest.mark.parametrize(
    ("there_are", "kind", "transport", "which"),
    [
        (["a×b", "a×", "×b", "×"], "a", "b", "a×b"),
        (["a×", "×b", "×"], "a", "b", "a×"),
        (["×b", "×"], "a", "b", "×b"),
        (["×", "a×c", "c×b"], "a", "b", "×"),
        (["a×c", "c×"], "a", "b", None),
    ],
)
def test_the_most_specific_counts(
    there_are: list[str], kind: str, transport: str, which: str | None
) -> None:
    wordings = [
        Wording(kind=name.partition("×")[0], transport=name.partition("×")[2], text=name)
        for name in there_are
    ]
    found = chosen(wordings, kind, transport)
    assert (found and found.text) == which


@pytest.mark.parametrize("broken", ["{{ of_old }}", "{{note}}", "{{ price }} {{ of_old }}"])
def test_a_broken_or_empty_wording_loses_no_alert(desk: Desk, broken: str) -> None:
    Wording.objects.create(user=desk.user, title=broken, text=broken)
    desk.destination()
    desk.tell("Reached 1800", body="at 1800.10")
    message = last(desk)
    assert (message.title, message.text()) == ("Reached 1800", "at 1800.10")


def test_a_broken_one_says_so(api: APIClient, user: User) -> None:
    made = Wording.objects.create(user=user, text="{{ of_old }}")
    assert "{{ of_old }} is not known" in api.get(f"{URL}/{made.pk}").json()["problem"]


def test_a_value_is_no_template(desk: Desk) -> None:
    Wording.objects.create(user=desk.user, title="{{name}}", text="{{ price }} {{")
    desk.destination()
    desk.tell("x", name="{{ price }}", price="5")
    message = last(desk)
    assert (message.title, message.text()) == ("{{ price }}", "5 {{")


def test_a_wording_says_that_it_comes_late_and_that_prices_are_none(desk: Desk) -> None:
    Wording.objects.create(user=desk.user, text="buy at {{ price }}")
    desk.destination()
    desk.tell("x", price="5", data={"label": "DEMO"})
    desk.later(120)
    late, mark, own = last(desk).text().splitlines()
    assert late.startswith("late: fired")
    assert mark == "DEMO: these are not the market's prices of now."
    assert own == "buy at 5"


def test_a_digest_is_a_line_an_item_and_its_link(desk: Desk, settings: Any) -> None:
    settings.SITE_URL = "https://stocks.example"
    desk.stub.rates = (Rate(1, 60),)
    Wording.objects.create(user=desk.user, kind="take_profit", title="{{name}} now {{price}}")
    desk.destination()
    desk.tell("one", "two", url="/monitors/7/", body="facts\nsell half", data=DATA, **QUOTED)
    item = "贵州茅台 now 1800.10 · ▼ -5.8 % · sell half\nhttps://stocks.example/monitors/7/"
    seen = "I have seen all of these: https://stocks.example/a/"
    assert last(desk).text().startswith(f"{item}\n\n{item}\n\n{seen}")


def test_a_digest_has_room_for_titles_of_ones_own(desk: Desk) -> None:
    desk.stub.rates = (Rate(2, 60),)
    desk.stub.room = 450
    Wording.objects.create(user=desk.user, title="x" * 150)
    desk.destination()
    desk.tell(*[f"event {number}" for number in range(9)])
    desk.work()
    assert [len(titles) for titles in desk.told()] == [2, 2]
    assert all(len(message.text()) <= 450 for _room, message in desk.stub.taken)
