"""The list is searched by code, name, initials, pinyin and English words, by one index probe."""

import json
from typing import Any

import pytest
from django.db import connection

from monitors.finding.listings import note
from monitors.models import Listing
from tests.market import analyse
from tests.monitors.listed import GONE, SEEN, list_known, reference
from tests.monitors.test_plans import nodes

pytestmark = pytest.mark.django_db


def found(text: str, limit: int = 10) -> list[str]:
    return [one.symbol for one in Listing.objects.search(text, limit)]


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("payh", ["000001.SZ"]),
        ("PAYH", ["000001.SZ"]),
        ("ＰＡＹＨ", ["000001.SZ"]),
        ("pinganyin", ["000001.SZ"]),
        ("cjdl", ["600900.SH"]),
        ("zjdl", ["600900.SH", "603338.SH"]),
        ("平安", ["000001.SZ", "601318.SH", "02318.HK"]),
        ("茅台", ["600519.SH"]),
        ("中国平安", ["601318.SH", "02318.HK"]),
        ("hs300", ["510300.SH"]),
        ("300etf", ["510300.SH"]),
        ("600519", ["600519.SH"]),
        ("600519.SH", ["600519.SH"]),
        ("sh600519", ["600519.SH"]),
        ("sh6005", ["600519.SH"]),
        ("60", ["600519.SH", "600900.SH", "601318.SH", "603338.SH"]),
        ("sh000001", ["000001.SH"]),
        ("000001", ["000001.SZ", "000001.SH"]),
        ("700", ["00700.HK"]),
        ("00700", ["00700.HK"]),
        ("hk700", ["00700.HK"]),
        ("usAAPL", ["AAPL.US"]),
        ("brk-b", ["BRK.B.US"]),
        ("brk", ["BRK.B.US"]),
        ("apple", ["AAPL.US", "APLE.US"]),
        ("apple h", ["APLE.US"]),
        ("moutai", ["600519.SH"]),
        ("hathaway", ["BRK.B.US"]),
        ("tencent", ["00700.HK"]),
        ("pgjg", []),
        ("%", []),
        ("_", []),
        ("\\", []),
        ("'", []),
        ("\x00", []),
        ("\ud83d", []),
        ("", []),
        ("x" * 500, []),
    ],
)
def test_what_is_found_in_which_order(text, symbols):
    list_known()
    assert found(text) == symbols


def test_codes_come_before_initials_and_whole_ones_first():
    list_known([reference("PA.US", "", "Some Company")])
    assert found("pa") == ["PA.US", "PAY.US", "000001.SZ"]
    assert found("pay") == ["PAY.US", "000001.SZ"]


def test_names_come_before_parts_of_names_and_shorter_ones_first():
    list_known([reference("000000.SZ", "平安长长的名字"), reference("300998.SZ", "平安")])
    assert found("平安")[:3] == ["300998.SZ", "000001.SZ", "000000.SZ"]


def test_what_is_no_longer_traded_comes_last_of_its_like():
    list_known([GONE])
    assert found("平安") == ["000001.SZ", "000000.SZ", "601318.SH", "02318.HK"]


def test_no_more_than_asked_for():
    list_known()
    assert len(found("60", 2)) == 2


def test_a_name_exactly():
    list_known([GONE])
    assert [one.symbol for one in Listing.objects.named("PAYH")] == ["000001.SZ"]
    assert [one.symbol for one in Listing.objects.named("中国平安")] == ["601318.SH", "02318.HK"]
    assert not Listing.objects.named("平安")
    assert not Listing.objects.named("平安旧股")


def many(count: int) -> None:
    note((reference(f"{at:06}.SZ", f"股份{at}") for at in range(300_000, 300_000 + count)), SEEN)


@pytest.mark.parametrize("analysed", [True, False])
def test_a_search_probes_the_index_of_the_terms(analysed):
    many(1500)
    list_known()
    if analysed:
        analyse()
    query = Listing.objects.search("payh", 10)
    if connection.vendor == "sqlite":
        steps = query.explain().splitlines()
        assert (
            "SEARCH monitors_listingterm USING INDEX listing_term_text (text>? AND text<?)"
            in (steps[0])
        )
        assert not [step for step in steps if " SCAN " in step]
    else:
        [plan] = json.loads(query.explain(format="json"))
        check_probes(list(nodes(plan["Plan"])))


def check_probes(plan: list[dict[str, Any]]) -> None:
    read = [node["Relation Name"] for node in plan if node["Node Type"] == "Seq Scan"]
    assert "monitors_listingterm" not in read
    conditions = {node["Index Name"]: node["Index Cond"] for node in plan if "Index Cond" in node}
    assert "~>=~" in conditions["listing_term_text"]
    assert "~<~" in conditions["listing_term_text"]
