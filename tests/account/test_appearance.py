"""How pages look, read and sound."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from notifications.models import Inbox
from stockwatch.models import Preferences

PAGE = "/settings/"
CHOSEN = {
    "language": "en",
    "zone": "Europe/Berlin",
    "theme": "dark",
    "colours": "red-up",
    "sound": "stops",
}
JSON = {"Accept": "application/json"}


def test_what_is_chosen_holds_on_every_page(ann: Client) -> None:
    answer = ann.post(PAGE, CHOSEN, follow=True)
    assert "Your settings are saved." in answer.content.decode()
    page = ann.get("/").content.decode()
    for sign in ("dark", "red-up", "stops"):
        assert f'="{sign}"' in page
    assert 'data-zone="Europe/Berlin"' in page
    again = ann.get(PAGE).content.decode()
    assert 'value="Europe/Berlin"' in again
    assert "Times are shown in Europe/Berlin." in again


def test_the_language_is_that_of_pages_and_of_notifications(ann: Client, user: User) -> None:
    answer = ann.post(PAGE, CHOSEN | {"language": "zh-hans"}, follow=True)
    assert "设置已保存" in answer.content.decode()
    assert Inbox.objects.get(pk=user.pk).language == "zh-hans"
    assert "监控" in ann.get("/").content.decode()


def test_a_script_is_told_what_holds_now(ann: Client) -> None:
    answer = ann.post(PAGE, CHOSEN | {"colours": "auto", "zone": ""}, headers=JSON)
    told = answer.json()
    assert told == {
        "theme": "dark",
        "colours": "green-up",
        "sound": "stops",
        "zone": "Asia/Shanghai",
        "language": "en",
        "said": "Saved",
    }


@pytest.mark.parametrize("typed", ["europe/berlin", " Europe/Berlin "])
def test_a_zone_is_found_however_it_is_typed(ann: Client, typed: str) -> None:
    ann.post(PAGE, CHOSEN | {"zone": typed})
    assert Preferences.objects.get().zone == "Europe/Berlin"
    ann.post(PAGE, CHOSEN | {"zone": "america/new york"})
    assert Preferences.objects.get().zone == "America/New_York"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("zone", "Mars/Olympus"),
        ("zone", "../etc/passwd"),
        ("zone", "x" * 100),
        ("zone", "localtime"),
        ("zone", "factory"),
        ("theme", "pink"),
        ("colours", ""),
        ("sound", "loud"),
        ("language", "de"),
    ],
)
def test_what_is_wrong_is_said_by_its_field_and_nothing_is_saved(
    ann: Client, field: str, value: str
) -> None:
    answer = ann.post(PAGE, CHOSEN | {field: value})
    assert answer.status_code == 422
    assert 'class="error"' in answer.content.decode()
    told = ann.post(PAGE, CHOSEN | {field: value}, headers=JSON)
    assert told.status_code == 422
    assert list(told.json()["errors"]) == [field]
    assert not Preferences.objects.exists()
    assert ann.get("/").status_code == 200


def test_ones_own_is_ones_own(ann: Client, other: User) -> None:
    ann.post(PAGE, CHOSEN)
    bob = Client()
    bob.force_login(other)
    assert "Europe/Berlin" not in bob.get("/").content.decode()


def test_all_zones_can_be_chosen(ann: Client) -> None:
    page = ann.get(PAGE).content.decode()
    assert '<option value="Asia/Shanghai">UTC+08:00</option>' in page
    assert '<option value="Asia/Kathmandu">UTC+05:45</option>' in page
    assert page.count("<option value=") > 400
