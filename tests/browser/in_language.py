"""Both languages, and the sizes of a phone and a desk, for tests of what a person sees."""

import pytest
from playwright.sync_api import Page

EVERYWHERE = [
    pytest.param("en", 1280, id="en-desk"),
    pytest.param("zh-hans", 1280, id="zh-desk"),
    pytest.param("en", 360, id="en-phone"),
    pytest.param("zh-hans", 360, id="zh-phone"),
]


def choose(page: Page, language: str, width: int = 1280) -> None:
    """Have the page's next address drawn so."""
    page.set_viewport_size({"width": width, "height": 800 if width > 768 else 740})
    page.context.add_cookies(
        [{"name": "django_language", "value": language, "url": page.url.rpartition("/")[0]}]
    )
