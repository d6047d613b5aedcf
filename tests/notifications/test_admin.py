import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from notifications.models import Notification

pytestmark = pytest.mark.django_db

LIST = reverse("admin:notifications_notification_changelist")


@pytest.fixture
def log():
    wang, li = (User.objects.create_user(name) for name in ("wang", "li"))
    Notification.objects.create(
        user=wang, seq=1, key="a", kind="stop_loss", symbol="600519.SH", title="Moutai fell"
    )
    Notification.objects.create(
        user=li, seq=1, key="b", kind="take_profit", symbol="AAPL.US", title="Apple rose",
        read_at=timezone.now(), data={"currency": "USD"},
    )  # fmt: skip
    return {row.user.username: row for row in Notification.objects.all()}


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def admin():
    return client_of(User.objects.create_superuser("root"))


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", {"Moutai fell", "Apple rose"}),
        ("?q=AAPL", {"Apple rose"}),
        ("?q=wang", {"Moutai fell"}),
        ("?q=stop_loss", {"Moutai fell"}),
        ("?q=fell", {"Moutai fell"}),
        ("?read=yes", {"Apple rose"}),
        ("?read=no", {"Moutai fell"}),
    ],
)
def test_the_log_is_searched_and_filtered(admin, log, query, titles):
    shown = admin.get(LIST + query)
    assert {row.title for row in shown.context["cl"].result_list} == titles


def test_a_notification_shows_everything_and_changes_nothing(admin, log):
    address = reverse("admin:notifications_notification_change", args=[log["li"].pk])
    assert "USD" in admin.get(address).content.decode()
    assert admin.post(address, {"title": "Nothing happened"}).status_code == 403
    assert Notification.objects.get(pk=log["li"].pk).title == "Apple rose"


def test_the_log_cannot_be_written_or_erased(admin, log):
    assert admin.get(reverse("admin:notifications_notification_add")).status_code == 403
    row = log["wang"].pk
    erase = reverse("admin:notifications_notification_delete", args=[row])
    assert admin.post(erase, {"post": "yes"}).status_code == 403
    admin.post(LIST, {"action": "delete_selected", "_selected_action": [row], "post": "yes"})
    assert Notification.objects.count() == 2


def test_only_staff_with_permission_see_the_log(log):
    history = reverse("admin:notifications_notification_history", args=[log["li"].pk])
    staff = User.objects.create_user("staff", is_staff=True)
    for address in (LIST, history):
        assert client_of(staff).get(address).status_code == 403
        assert client_of(log["wang"].user).get(address).status_code == 302


def test_a_kind_is_shown_by_its_label(admin, log):
    address = reverse("admin:notifications_notification_change", args=[log["wang"].pk])
    for shown in (admin.get(LIST), admin.get(address)):
        assert "Stop loss" in shown.content.decode()
    Notification.objects.filter(pk=log["li"].pk).update(kind="of_a_plugin_that_is_gone")
    assert "of_a_plugin_that_is_gone" in admin.get(LIST).content.decode()
