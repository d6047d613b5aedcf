"""Browsers in the words that people know them by."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from stockwatch.devices import device, is_handheld

SAFARI = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.5"


@pytest.mark.parametrize(
    ("agent", "words", "handheld"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0", "Firefox · Windows", False),
        (f"{SAFARI} Safari/605.1.15", "Safari · macOS", False),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36", "Chrome · Linux", False),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/5 Edg/140.0", "Edge · Windows", False),
        (
            "Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36",
            "Chrome · Android",
            True,
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Safari/604.1",
            "Safari · iPhone",
            True,
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5) Mobile MicroMessenger/8.0",
            "微信 · iPhone",
            True,
        ),
        (
            "Mozilla/5.0 (Linux; Android 12; HarmonyOS; ALN-AL00) Chrome/114.0 Mobile Safari",
            "Chrome · HarmonyOS",
            True,
        ),
        ("curl/8.5.0", "", False),
        ("", "", False),
    ],
)
def test_a_browser_is_known_by_its_usual_name(agent: str, words: str, handheld: bool) -> None:
    assert (device(agent), is_handheld(agent)) == (words, handheld)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("agent", "language", "name"),
    [
        ("Mozilla/5.0 (iPhone) Mobile MicroMessenger/8.0", "en", "微信 · iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) Chromium/140.0 Safari/537.36", "en", "Chrome · Linux"),
        ("curl/8.5.0", "en", "Browser"),
        ("curl/8.5.0", "zh-hans", "浏览器"),
    ],
)
def test_a_page_calls_its_browser_as_the_list_of_log_ins_does(
    user: User, agent: str, language: str, name: str
) -> None:
    client = Client(headers={"User-Agent": agent, "Accept-Language": language})
    client.force_login(user)
    for path in ("/destinations/", "/destinations/new/"):
        page = client.get(path).content.decode()
        assert re.findall(r'id="this-browser".* data-name="([^"]*)"', page) == [name]
