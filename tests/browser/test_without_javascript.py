"""Everything but what is live works without JavaScript: one walk through the whole app."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page, expect

from monitors.models import Monitor, MonitorStatus
from notifications import destinations
from notifications.models import Destination, Notification
from stockwatch.models import Preferences
from tests.browser.conftest import PATIENCE_MS, log_in
from tests.conftest import Tell
from tests.live import Daphne
from tests.monitors.listed import list_known

pytestmark = pytest.mark.browser

LOOKS = pytest.mark.parametrize(("language", "width"), [("en", 1280), ("zh-hans", 390)])


@pytest.fixture
def plain(chrome: Browser) -> Iterator[Page]:
    """A page in a browser that runs no scripts."""
    context = chrome.new_context(java_script_enabled=False)
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


@LOOKS
def test_the_whole_app(
    plain: Page, server: Daphne, user: User, tell: Tell, language: str, width: int
) -> None:
    plain.context.add_cookies(
        [{"name": "django_language", "value": language, "url": server.origin}]
    )
    plain.set_viewport_size({"width": width, "height": 844})
    log_in(plain, server)
    monitor = make(plain)
    paste(plain, server)
    change(plain, server, monitor)
    describe(plain, server, monitor)
    pause(plain, server, monitor)
    read(plain, server, user, tell)
    choose(plain, server, user)
    log_out(plain)


def make(page: Page) -> Monitor:
    page.fill("#quick-line", "600519 tp 1800")
    page.click("#quick-create")
    expect(page.locator("#monitors")).to_contain_text("600519.SH")
    return Monitor.objects.get()


def paste(page: Page, server: Daphne) -> None:
    """A table with a name of two stocks: a button says which is meant."""
    list_known()
    page.goto(f"{server.origin}/monitors/bulk/")
    page.fill("#table", "中国平安 tp 60")
    page.click("button[value=look]")
    page.locator(".meant button", has_text="601318.SH").click()
    expect(page.locator("#line-1")).to_have_value("601318.SH tp 60")
    expect(page.locator("#line-1")).to_be_focused()


def change(page: Page, server: Daphne, monitor: Monitor) -> None:
    page.goto(f"{server.origin}/monitors/{monitor.pk}/edit/")
    page.fill("[name$=-price]", "1900")
    page.click("#save")
    expect(page.locator(".message").first).to_be_visible()
    assert monitor.rules.get().params == {"price": "1900"}


def describe(page: Page, server: Daphne, monitor: Monitor) -> None:
    page.goto(f"{server.origin}/monitors/{monitor.pk}/")
    page.click(".writing summary")
    page.fill("[name=note]", "After the report")
    page.fill("[name=group]", "Holdings")
    page.click("[data-about] button")
    expect(page.locator(".message").first).to_be_visible()
    expect(page.locator(".monitor-note")).to_have_text("After the report")
    monitor.refresh_from_db()
    assert (monitor.note, monitor.group) == ("After the report", "Holdings")


def pause(page: Page, server: Daphne, monitor: Monitor) -> None:
    for status in (MonitorStatus.PAUSED, MonitorStatus.ACTIVE):
        page.goto(f"{server.origin}/monitors/{monitor.pk}/actions/")
        name = "pause" if status == MonitorStatus.PAUSED else "resume"
        page.click(f"main button[formaction$='/{name}/']")
        expect(page.locator(".message").first).to_be_visible()
        monitor.refresh_from_db()
        assert monitor.status == status


def read(page: Page, server: Daphne, user: User, tell: Tell) -> None:
    tell(user, 3)
    page.goto(f"{server.origin}/notifications/")
    expect(page.locator("#unread")).to_have_text("3")
    page.click("#read-all button")
    expect(page.locator("#read-all button")).to_be_disabled()
    assert not Notification.objects.for_user(user.pk).unread().exists()


def choose(page: Page, server: Daphne, user: User) -> None:
    page.goto(f"{server.origin}/settings/")
    page.check("[name=theme][value=dark]")
    page.click("#appearance .saving button")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert Preferences.objects.get(pk=user.pk).theme == "dark"
    place = destinations.create(user.pk, {"topic": "stocks"}, kind="ntfy", name="My phone")
    page.click(".sections a[href='/settings/telling/']")
    page.fill("[name=quiet_from]", "22:00")
    page.fill("[name=quiet_until]", "07:00")
    page.click("form:has([name=destinations]) button")
    expect(page.locator("#quiet-hours")).to_contain_text("22:00–07:00")
    assert Destination.objects.get(pk=place.pk).quiet_from is not None
    page.click(".sections a[href='/settings/tokens/']")
    page.fill("[name=name]", "My NAS")
    page.click(".panel button")
    expect(page.locator("#made-token")).to_be_visible()
    page.click(".sections a[href='/settings/security/']")
    expect(page.locator("#log-ins li")).to_have_count(1)
    page.click(".sections a[href='/settings/data/']")
    expect(page.locator("a[download]")).to_be_visible()


def log_out(page: Page) -> None:
    page.click("#menu summary")
    page.click("#menu form[action='/logout/'] button")
    expect(page.locator("[name=username]")).to_be_visible()
