"""A secret that was made for a destination is on the next page, and on no other."""

import re
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.test import Client

from notifications.models import Destination

FORM = {"name": "My program", "least_severity": "1", "zone": "UTC"}
URL = "/destinations/new/?kind=webhook"


@pytest.fixture
def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_it_is_shown_with_a_button_that_copies_it(browser: Client) -> None:
    answer = browser.post(URL, FORM | {"params-url": "https://hooks.example/x"})
    secret = Destination.objects.get().secret_params["secret"]
    assert secret not in str(dict(browser.session))
    assert secret not in str(answer.cookies)
    page = unescape(browser.get("/destinations/").content.decode())
    [shown] = re.findall(r'<input id="([\w-]+)" value="([^"]+)" readonly>', page)
    assert shown == ("made-1", secret)
    assert 'data-copy="made-1"' in page
    assert "Made for My program" in page
    again = browser.get("/destinations/").content.decode()
    edit = browser.get(f"/destinations/{Destination.objects.get().pk}/").content.decode()
    assert secret not in again + edit
    assert "shown only this once" not in again


def test_what_a_user_typed_is_not_shown(browser: Client) -> None:
    typed = {"params-url": "https://hooks.example/x", "params-secret": "MyOwnLongSecret-2026"}
    browser.post(URL, FORM | typed)
    page = browser.get("/destinations/").content.decode()
    assert "MyOwnLongSecret" not in page
    assert "shown only this once" not in page


def test_one_that_was_deleted_meanwhile_shows_nothing(browser: Client) -> None:
    browser.post(URL, FORM | {"params-url": "https://hooks.example/x"})
    Destination.objects.all().delete()
    assert "shown only this once" not in browser.get("/destinations/").content.decode()
