"""A user reads who did what to what is the user's, newest first, and nothing of anybody else."""

import re

from django.contrib.auth.models import User
from django.test import Client

from monitors import lifecycle
from stockwatch.audit.models import AuditEntry
from tests.account.conftest import cost, logged_in
from tests.monitors.test_pages import watch

ADDRESS = "/settings/activity/"


def read(client: Client, query: str = "") -> str:
    answer = client.get(ADDRESS + query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_ones_own_deeds_are_read_and_nobody_elses(ann: Client, user: User, other: User) -> None:
    lifecycle.pause([watch(user)])
    watch(other, "00700.HK")
    text = read(ann)
    assert "Monitor: Paused" in text
    assert "User: Logged in" in text
    assert "192.0.2.7" in text
    assert "00700.HK" not in text


def test_what_staff_did_is_told_without_where_they_work(ann: Client, user: User) -> None:
    User.objects.create_superuser("root", password="a long password")
    monitor = watch(user)
    root = logged_in("root", address="198.51.100.9")
    root.post(
        "/admin/monitors/monitor/", {"action": "pause", "_selected_action": [str(monitor.pk)]}
    )
    text = read(ann)
    assert "root · Admin" in text
    assert "198.51.100.9" not in text


def test_older_ones_are_a_page_further_and_cost_the_same(ann: Client, user: User) -> None:
    read(ann)
    few = cost(ann, ADDRESS)
    monitor = watch(user)
    for _ in range(30):
        lifecycle.pause([monitor])
        lifecycle.resume([monitor])
    assert cost(ann, ADDRESS) == few
    first = read(ann)
    assert first.count("<li><time") == 50
    (older,) = re.findall(r'href="\?before=(\d+)"', first)
    second = read(ann, f"?before={older}")
    seen = AuditEntry.objects.concerning(user.pk).count()
    assert second.count("<li><time") == seen - 50
    for nonsense in ("x", "-1", "9" * 40, "0" * 30 + "9" * 5000, "²"):
        assert "Paused" in read(ann, f"?before={nonsense}")
