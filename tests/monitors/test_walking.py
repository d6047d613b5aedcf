"""Lists are read a page a run, each market once a day, and whoever comes next goes on."""

from datetime import UTC, datetime, timedelta

import pytest

from monitors import kinds, tasks
from monitors.calendars import Calendar
from monitors.finding import walking
from monitors.finding.listings import note
from monitors.finding.walking import AGAIN_AFTER, LONGEST, OVERDUE_AFTER, is_due, step
from monitors.market import Market
from monitors.models import Listing, ListWalk
from monitors.sources.base import Limits, Page, Source, SourceError
from monitors.sources.demo import DEMO_SYMBOLS
from tests.monitors.listed import reference

pytestmark = pytest.mark.django_db

CLOSED = datetime(2026, 11, 24, 22, tzinfo=UTC)
"""A moment at which no market trades."""
OPEN = datetime(2026, 11, 24, 2, tzinfo=UTC)
"""Mainland China and Hong Kong trade."""
SECOND = timedelta(seconds=1)


class Lister(Source):
    """A source that lists mainland stocks, two a page; `answer` may be an error."""

    markets = listed_markets = frozenset({Market.CN})
    batch_size = 1
    limits = Limits(requests_a_minute=400, at_once=4)
    codes: list[int]
    answer: Exception | None = None
    asked: list[int]

    async def fetch(self, symbols, http):
        raise NotImplementedError

    async def listing(self, market, page, http):
        self.asked.append(page)
        if self.answer:
            raise self.answer
        some = self.codes[2 * page - 2 : 2 * page]
        told = [reference(f"{code}.SZ", f"名{code}") for code in some]
        return Page(told, is_last=2 * page >= len(self.codes))


@pytest.fixture
def listers(monkeypatch, settings):
    """Configure listers, in the order given, by how many stocks they list."""

    def configure(**counts):
        settings.QUOTE_SOURCES = list(counts)
        made = {
            name: type(name, (Lister,), {"codes": list(range(300000, 300000 + n)), "asked": []})
            for name, n in counts.items()
        }
        monkeypatch.setattr(kinds, "source_kinds", lambda: made)
        return made

    return configure


def walk(steps: int, now: datetime = CLOSED) -> None:
    for at in range(steps):
        step(Calendar(), now + at * SECOND)


def test_a_list_is_read_page_by_page_once_a_day(listers):
    lister = listers(first=5)["first"]
    walk(5)
    assert lister.asked == [1, 2, 3]
    assert Listing.objects.count() == 5
    ended = ListWalk.objects.get(market="CN").ended_at
    assert ended == CLOSED + 2 * SECOND
    walk(5, ended + AGAIN_AFTER - 6 * SECOND)
    assert lister.asked == [1, 2, 3]
    walk(5, CLOSED + timedelta(days=1))
    assert lister.asked == [1, 2, 3] * 2


def test_what_the_next_list_lacks_is_no_longer_traded(listers):
    lister = listers(first=10)["first"]
    walk(5)
    lister.codes.remove(300003)
    walk(4, CLOSED + timedelta(days=1))
    assert not Listing.objects.filter(state="delisted"), "the list is not read to its end yet"
    walk(1, CLOSED + timedelta(days=1, minutes=1))
    assert Listing.objects.get(state="delisted").symbol == "300003.SZ"


def test_a_page_that_is_not_told_is_asked_for_again(listers):
    lister = listers(first=5)["first"]
    walk(1)
    lister.answer = SourceError("HTTP 503")
    walk(1, CLOSED + SECOND)
    lister.answer = None
    walk(2, CLOSED + 2 * SECOND)
    assert lister.asked == [1, 2, 2, 3]
    assert Listing.objects.count() == 5


def test_the_pages_of_a_walk_come_from_one_source(listers):
    stubs = listers(first=5, second=9)
    stubs["first"].answer = SourceError("HTTP 503")
    walk(1)
    stubs["first"].answer = None
    walk(2, CLOSED + SECOND)
    assert (stubs["first"].asked, stubs["second"].asked) == ([1], [1, 2, 3])


def test_a_walk_that_does_not_end_begins_anew(listers):
    lister = listers(first=5)["first"]
    walk(2)
    walk(1, CLOSED + LONGEST)
    assert lister.asked == [1, 2, 1]
    assert ListWalk.objects.get(market="CN").begun_at == CLOSED + LONGEST


def test_a_walk_whose_source_is_gone_begins_anew_when_its_time_is_over(listers):
    listers(first=5)
    walk(2)
    other = listers(second=5)["second"]
    walk(2, CLOSED + SECOND)
    assert not other.asked
    walk(1, CLOSED + LONGEST)
    assert other.asked == [1]


def test_of_two_workers_with_the_same_page_one_counts(listers, monkeypatch):
    listers(first=5)
    walk(1)
    mine = ListWalk.of(Market.CN)
    walk(1, CLOSED + SECOND)
    assert not mine.advance("first", CLOSED)
    assert ListWalk.of(Market.CN).pages == 2


def test_the_first_walk_waits_for_nothing_and_the_next_for_the_close(listers):
    lister = listers(first=2)["first"]
    walk(1, OPEN)
    assert lister.asked == [1]
    walk(1, OPEN + timedelta(days=1))
    assert lister.asked == [1]
    walk(1, OPEN + timedelta(days=1, hours=10))
    assert lister.asked == [1, 1]


@pytest.mark.parametrize(
    ("hours", "is_open", "due"),
    [(19, False, False), (21, False, True), (21, True, False), (73, True, True)],
)
def test_when_a_list_is_read_again(hours, is_open, due):
    done = ListWalk(market="CN", ended_at=CLOSED)
    assert is_due(done, CLOSED + timedelta(hours=hours), is_open=is_open) == due
    assert timedelta(hours=72) == OVERDUE_AFTER


def test_a_list_without_end_ends(listers, monkeypatch):
    monkeypatch.setattr(walking, "MOST_PAGES", 2)
    lister = listers(first=10)["first"]
    walk(4)
    assert lister.asked == [1, 2]
    assert ListWalk.objects.get(market="CN").ended_at is not None


def test_the_demo_market_lists_its_own_and_marks_nobody(settings):
    settings.QUOTE_SOURCES = ["demo"]
    tasks.walk_lists()
    listed = Listing.objects.values_list("symbol", flat=True)
    cn = [str(one) for one in DEMO_SYMBOLS if one.market is Market.CN]
    assert sorted(listed) == sorted(cn)
    Listing.objects.create(
        symbol="00001.HK", market="HK", name="长和", seen_at=CLOSED - timedelta(days=999)
    )
    note([reference("AAPL.US", "苹果", "Apple Inc.")], CLOSED)
    tasks.walk_lists()
    tasks.walk_lists()
    assert Listing.objects.count() == len(DEMO_SYMBOLS) + 1
    assert not Listing.objects.filter(state="delisted").exists()
    assert Listing.objects.get(symbol="AAPL.US").english_name == "Apple Inc."
    assert Listing.objects.get(symbol="KO.US").english_name == "Coca-Cola"
