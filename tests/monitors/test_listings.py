"""Listings are written by one door: what is new comes in, names change, the missing are marked."""

from datetime import timedelta

import pytest

from monitors.finding import listings
from monitors.finding.listings import mark_missing, note
from monitors.market import InstrumentKind, Market, QuoteState, Reference
from monitors.market.terms import TermKind
from monitors.models import Listing, ListingTerm
from tests.monitors.listed import SEEN, reference

pytestmark = pytest.mark.django_db

LATER = SEEN + timedelta(days=1)


def test_what_is_new_is_written_with_its_terms():
    assert note([reference("600519.SH", "贵州茅台", "Kweichow Moutai")], SEEN) == 1
    row = Listing.objects.get()
    assert (row.symbol, row.market, row.name, row.english_name) == (
        *("600519.SH", "CN", "贵州茅台"),
        "Kweichow Moutai",
    )
    assert (row.kind, row.state, row.seen_at) == ("stock", "trading", SEEN)
    assert row.terms.filter(kind=TermKind.INITIALS).get().text == "gzmt"


def test_a_name_that_changed_is_found_by_the_new_one_alone():
    note([reference("000001.SZ", "深发展A", "Ping An Bank")], SEEN)
    assert note([reference("000001.SZ", "平安银行")], LATER) == 1
    row = Listing.objects.get()
    assert (row.name, row.english_name, row.seen_at) == ("平安银行", "Ping An Bank", LATER)
    assert not ListingTerm.objects.filter(text="深发展a")
    assert ListingTerm.objects.filter(text="payh").exists()


def test_the_same_again_only_says_when_it_was_seen():
    note([reference("000001.SZ", "平安银行")], SEEN)
    before = list(ListingTerm.objects.values_list("pk"))
    assert note([reference("000001.SZ", "平安银行")], LATER) == 0
    assert Listing.objects.get().seen_at == LATER
    assert list(ListingTerm.objects.values_list("pk")) == before


def test_what_is_not_said_stays():
    note([reference("SPY.US", "标普500", "SPDR S&P 500", kind=InstrumentKind.FUND)], SEEN)
    assert note([reference("SPY.US", "", "")], LATER) == 0
    row = Listing.objects.get()
    assert (row.name, row.english_name, row.kind) == ("标普500", "SPDR S&P 500", "fund")


def test_what_was_listed_later_is_left_alone():
    note([reference("000001.SZ", "平安银行")], LATER)
    assert note([reference("000001.SZ", "深发展A")], SEEN) == 0
    assert (Listing.objects.get().name, Listing.objects.get().seen_at) == ("平安银行", LATER)


@pytest.mark.parametrize(
    ("symbol", "name", "kind"),
    [
        ("000001.SH", "上证指数", "index"),
        ("HSI.HK", "恒生指数", "index"),
        ("03033.HK", "恒生科技ETF", "fund"),
        ("161725.SZ", "白酒LOF", "fund"),
        ("SPY.US", "SPDR S&P 500 ETF Trust", "fund"),
        ("600519.SH", "贵州茅台", "stock"),
    ],
)
def test_a_kind_that_is_not_said_is_the_likeliest(symbol, name, kind):
    note([reference(symbol, name)], SEEN)
    assert Listing.objects.get().kind == kind


def test_names_longer_than_their_column_and_what_no_name_has():
    note([reference("600519.SH", "长" * 300 + "\x00", "word " * 100)], SEEN)
    row = Listing.objects.get()
    assert len(row.name) == len(row.english_name) == 100


def test_many_are_written_in_parts(monkeypatch):
    monkeypatch.setattr(listings, "A_WRITE", 3)
    told = [reference(f"{code}.SZ", "名") for code in range(300_000, 300_010)]
    assert note([*told, told[0]], SEEN) == 10
    assert Listing.objects.count() == 10


def ten(kind: InstrumentKind = InstrumentKind.STOCK, start: int = 300_000) -> list[Reference]:
    return [reference(f"{code}.SZ", "名", kind=kind) for code in range(start, start + 10)]


def test_what_a_complete_list_lacks_is_no_longer_traded_and_may_come_back():
    note(ten(), SEEN)
    note([reference("AAPL.US", "Apple")], SEEN)
    note(ten()[1:], LATER)
    assert mark_missing(Market.CN, LATER) == 1
    gone = Listing.objects.get(state=QuoteState.DELISTED)
    assert gone.symbol == "300000.SZ"
    note(ten()[:1], LATER)
    assert not Listing.objects.filter(state=QuoteState.DELISTED).exists()


def test_a_list_that_lacks_much_marks_nothing():
    note(ten(), SEEN)
    note(ten()[5:], LATER)
    assert mark_missing(Market.CN, LATER) == 0


def test_kinds_that_a_list_does_not_have_are_not_missing():
    funds = ten(InstrumentKind.FUND, 150_000)
    note([*ten(), *funds, reference("399001.SZ", "深证成指")], SEEN)
    note(ten()[1:], LATER)
    assert mark_missing(Market.CN, LATER) == 1
    assert Listing.objects.get(state=QuoteState.DELISTED).symbol == "300000.SZ"
