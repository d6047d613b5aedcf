"""What is urgent and unread comes along with each page, and costs nobody else a thing."""

import re
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from notifications.log.reading import mark_read
from notifications.log.waiting import waiting
from notifications.severity import Severity
from tests.conftest import Tell

URGENT = {"kind": "stop_loss", "severity": Severity.URGENT}


@pytest.fixture
def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def shown(client: Client, address: str = "/destinations/") -> list[int]:
    text = client.get(address).content.decode()
    return [int(seq) for seq in re.findall(r'<template data-seq="(\d+)"', text)]


def test_the_newest_five_urgent_ones_are_on_each_page_until_they_are_read(
    browser: Client, user: User, other: User, tell: Tell
) -> None:
    assert shown(browser) == []
    tell(other, **URGENT)
    tell(user, title="No haste")
    tell(user, 7, **URGENT, title="Fell", body='<b>1600</b> "low"', url="/monitors/7/")
    assert shown(browser) == shown(browser, "/settings/") == [4, 5, 6, 7, 8]
    text = browser.get("/").content.decode()
    assert 'data-more="2"' in text
    assert 'data-link="/monitors/7/"' in text
    assert "<b>1600</b>" not in text
    assert '<b>1600</b> "low"' in unescape(text)
    browser.post("/notifications/8/act/", {"deed": "read"})
    assert shown(browser) == [3, 4, 5, 6, 7]
    mark_read(user.pk, 6)
    assert shown(browser) == [7]
    browser.post("/notifications/read/", {"up_to": "8"})
    assert shown(browser) == []


@pytest.mark.parametrize("address", ["/notifications/", "/tour/"])
def test_they_are_not_where_they_are_shown_anyway(
    browser: Client, user: User, tell: Tell, address: str
) -> None:
    tell(user, **URGENT)
    assert shown(browser) == [1]
    assert shown(browser, address) == []


def test_a_page_asks_for_older_ones(browser: Client, user: User, other: User, tell: Tell) -> None:
    tell(other, 20, **URGENT)
    tell(user, 12, **URGENT)
    address = "/notifications/waiting/"
    text = browser.get(address, {"before": "8"}).content.decode()
    assert [int(seq) for seq in re.findall(r'data-seq="(\d+)"', text)] == [3, 4, 5, 6, 7]
    assert 'data-more="2"' in text
    assert browser.get(address, {"before": "1"}).content.decode().strip() == ""
    for nonsense in ({}, {"before": "x"}, {"before": "-1"}, {"before": "9" * 30}):
        assert browser.get(address, nonsense).status_code == 400
    assert Client().get(address, {"before": "8"}).status_code == 302


def test_who_has_nothing_unread_pays_nothing_and_others_one_query(
    browser: Client, user: User, tell: Tell
) -> None:
    costs = []
    for fields in (None, {}, URGENT, URGENT):
        if fields is not None:
            tell(user, 2, **fields)
        with CaptureQueriesContext(connection) as queries:
            browser.get("/destinations/new/")
        costs.append(len(queries))
    assert costs == [costs[0], costs[0] + 1, costs[0] + 1, costs[0] + 1]


@pytest.mark.parametrize("analysed", [False, True])
def test_they_are_found_by_an_index_that_holds_nothing_else(
    user: User, tell: Tell, analysed: bool
) -> None:
    tell(user, 2000)
    tell(user, **URGENT)
    with connection.cursor() as cursor:
        if analysed:
            cursor.execute("ANALYZE")
        with CaptureQueriesContext(connection) as queries:
            assert [one.seq for one in waiting(user.pk, 2002).notes] == [2001]
        [query] = queries
        plan = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
        if connection.vendor == "postgresql" and not analysed:
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"{plan} {query['sql']}")
        assert "notification_pressing" in str(cursor.fetchall())


def test_the_count_in_the_header_is_of_the_same_moment_as_the_head(
    browser: Client, user: User, tell: Tell
) -> None:
    def state() -> Any:
        text = browser.get("/destinations/").content.decode()
        return re.findall(r'data-head="(\d+)" data-unread="(\d+)"', text)

    assert state() == [("0", "0")]
    tell(user, 5)
    assert state() == [("5", "5")]
    mark_read(user.pk, 3)
    assert state() == [("5", "2")]
