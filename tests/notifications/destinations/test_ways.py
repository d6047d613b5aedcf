"""What users are told of each way: before they choose it, and beside its form."""

from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.utils import translation
from rest_framework.test import APIClient

from notifications.kinds import transport_kinds
from notifications.transports import webpush
from notifications.transports._guide import Group

every_kind = pytest.mark.parametrize("kind", sorted(transport_kinds()))


@pytest.fixture
def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(answer: Any) -> str:
    assert answer.status_code == 200
    return unescape(answer.content.decode())


@every_kind
def test_each_way_has_a_guide_in_both_languages(kind: str) -> None:
    guide = transport_kinds()[kind].guide
    assert guide.group in Group
    assert 2 <= len(guide.steps) <= 3
    for text in (guide.summary, *guide.steps):
        with translation.override("en"):
            english = str(text)
        with translation.override("zh-hans"):
            chinese = str(text)
        assert english.endswith(".")
        assert chinese.endswith("。")
    if guide.document:
        assert (settings.BASE_DIR / "docs" / f"{guide.document}.md").is_file()


@every_kind
def test_each_way_is_offered_and_its_form_says_where_to_find_what_it_asks(
    browser: Client, kind: str
) -> None:
    way = transport_kinds()[kind]
    offered = page(browser.get("/destinations/new/"))
    assert str(way.guide.group.label) in offered
    form = page(browser.get(f"/destinations/new/?kind={kind}"))
    if way.browser_key():
        assert f'data-kind="{kind}" data-key="{way.browser_key()}"' in offered
        assert f'data-kind="{kind}"' in form
        assert "params-" not in form
        return
    assert f'href="?kind={kind}"' in offered
    assert str(way.guide.summary) in offered
    for step in (way.guide.summary, *way.guide.steps):
        assert str(step) in form


def test_the_groups_come_in_their_order(browser: Client) -> None:
    offered = page(browser.get("/destinations/new/"))
    places = [offered.index(f"<h2>{group.label}</h2>") for group in Group]
    assert places == sorted(places)


def test_clients_get_the_guides_and_the_key_that_browsers_need(api: APIClient) -> None:
    answer = api.get("/api/v1/destinations/kinds", headers={"Accept-Language": "zh-hans"}).json()
    ways = {way["kind"]: way for way in answer["results"]}
    assert ways["ntfy"]["group"] == "phone"
    assert ways["ntfy"]["steps"][-1] == "在这里填写同一个名称。"
    assert [kind for kind, way in ways.items() if way["browser_key"]] == ["webpush"]
    assert ways["webpush"]["browser_key"] == webpush.public_key()


def test_the_document_that_a_form_refers_to_is_shown(browser: Client) -> None:
    assert "/docs/webhooks/" in page(browser.get("/destinations/new/?kind=webhook"))
    assert "X-Stockwatch-Signature" in page(browser.get("/docs/webhooks/"))
    assert browser.get("/docs/nonsense/").status_code == 404
    assert Client().get("/docs/webhooks/").status_code == 302
