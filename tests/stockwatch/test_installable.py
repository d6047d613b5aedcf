"""What makes the site an app: manifest, service worker, icons, the page for when it is away."""

import json
import re
import struct
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.staticfiles.storage import staticfiles_storage
from django.test import Client

from stockwatch.installable import THEME
from stockwatch.models import Preferences


def test_the_worker_is_a_script_for_the_whole_site(client: Client) -> None:
    answer = client.get("/push/worker.js")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/javascript")
    assert (answer["Service-Worker-Allowed"], answer["Cache-Control"]) == ("/", "no-cache")
    assert b"notificationclick" in answer.content
    assert client.post("/push/worker.js").status_code == 405


def kept(client: Client) -> dict[str, Any]:
    script = client.get("/push/worker.js").content.decode()
    return dict(json.loads(re.match(r"self\.KEPT = (.*);", script)[1]))  # type: ignore[index]


def test_the_worker_keeps_the_page_and_all_that_it_needs(client: Client) -> None:
    found = kept(client)
    page = client.get(found["page"])
    assert page.status_code == 200
    wanted = set(re.findall(r'(?:src|href)="(/[^"]+)"', page.content.decode()))
    assert wanted <= set(found["parts"])
    for part in found["parts"]:
        assert part.startswith("/static/"), "nothing of anybody is kept"


def test_another_page_is_another_worker(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    before = kept(client)["name"]
    assert kept(client)["name"] == before
    monkeypatch.setattr("stockwatch.installable.THEME", {"light": "#000", "dark": "#fff"})
    assert kept(client)["name"] != before


def test_the_offline_page_is_the_same_for_everybody_and_has_both_languages(
    client: Client, admin_client: Client
) -> None:
    page = client.get("/offline/", headers={"Accept-Language": "zh-hans"}).content
    assert page == client.get("/offline/").content == admin_client.get("/offline/").content
    assert "No connection to Stockwatch" in page.decode()
    assert 'lang="zh-hans"' in page.decode()
    assert "无法连接" in page.decode()


@pytest.mark.parametrize(
    ("language", "name"), [("en", "alerts on stocks"), ("zh-hans", "股价提醒")]
)
def test_the_manifest_speaks_ones_language(client: Client, language: str, name: str) -> None:
    answer = client.get("/manifest.webmanifest", headers={"Accept-Language": language})
    assert answer["Content-Type"] == "application/manifest+json"
    told = answer.json()
    assert name in told["name"]
    assert (told["lang"], told["start_url"], told["scope"]) == (language, "/", "/")


def test_the_icons_are_as_large_as_they_say(client: Client) -> None:
    told = client.get("/manifest.webmanifest").json()["icons"]
    assert {(one["sizes"], one["purpose"]) for one in told} == {
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    }
    for one in told:
        name = re.sub(r"\.[0-9a-f]{12}(?=\.)", "", one["src"].removeprefix("/static/"))
        assert one["src"] == staticfiles_storage.url(name)
        with staticfiles_storage.open(name) as file:
            head = file.read(24)
        assert head[:8] == b"\x89PNG\r\n\x1a\n"
        assert one["sizes"] == "{}x{}".format(*struct.unpack(">II", head[16:24]))


def test_pages_name_the_manifest(db: None, client: Client) -> None:
    page = client.get("/login/").content.decode()
    assert 'rel="manifest" href="/manifest.webmanifest"' in page
    assert 'rel="apple-touch-icon"' in page


def test_pages_name_the_colour_of_their_frame(client: Client, user: User) -> None:
    client.force_login(user)
    page = client.get("/").content.decode()
    for scheme, colour in THEME.items():
        assert f'content="{colour}" media="(prefers-color-scheme: {scheme})"' in page
    Preferences.objects.create(user=user, theme="dark")
    page = client.get("/").content.decode()
    assert page.count('name="theme-color"') == 1
    assert f'<meta name="theme-color" content="{THEME["dark"]}">' in page
