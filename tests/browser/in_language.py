"""Both languages, and the sizes of a phone and a desk, for tests of what a person sees."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page

from notifications.models import Inbox

EVERYWHERE = [
    pytest.param("en", 1280, id="en-desk"),
    pytest.param("zh-hans", 1280, id="zh-desk"),
    pytest.param("en", 360, id="en-phone"),
    pytest.param("zh-hans", 360, id="zh-phone"),
]


def choose(page: Page, language: str, width: int = 1280) -> None:
    """Have the next page of somebody who is logged in drawn so."""
    page.set_viewport_size({"width": width, "height": 800 if width > 768 else 740})
    read_in(language)


def read_in(language: str) -> None:
    """Have all accounts read a language, as if they had chosen it on another device."""
    everybody = [Inbox(user=user) for user in User.objects.all()]
    Inbox.objects.bulk_create(everybody, ignore_conflicts=True)
    Inbox.objects.update(language=language)
