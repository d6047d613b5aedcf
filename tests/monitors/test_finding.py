"""What somebody means: by the list, then by the sources, which are asked once."""

import pytest
from redis.exceptions import ConnectionError as RedisAway

from monitors import kinds
from monitors.asking.gates import FAILURES_IN_A_ROW, Gate
from monitors.finding import find, recognise
from monitors.finding.search import NAMED
from monitors.market import Market, Reference
from monitors.models import Listing
from monitors.sources.base import Limits, Source, SourceError
from monitors.symbols import SymbolError
from tests.monitors.listed import list_known, reference

pytestmark = pytest.mark.django_db

NEW = reference("301999.SZ", "新股份", "")


class Searcher(Source):
    """A source that searches as it is told."""

    markets = frozenset(Market)
    batch_size = 1
    limits = Limits(requests_a_minute=400, at_once=4)
    can_search = True
    answer: list[Reference] | Exception
    asked: list[str]

    async def fetch(self, symbols, http):
        raise NotImplementedError

    async def search(self, text, http):
        self.asked.append(text)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def searchers(monkeypatch, settings):
    """Configure searchers, in the order given."""

    def configure(**answers):
        settings.QUOTE_SOURCES = list(answers)
        made = {
            name: type(name, (Searcher,), {"answer": answer, "asked": []})
            for name, answer in answers.items()
        }
        monkeypatch.setattr(kinds, "source_kinds", lambda: made)
        return made

    return configure


def symbols(text: str, *, ask: bool = True) -> list[str]:
    return [one.symbol for one in find(text, 5, ask=ask)]


def test_what_the_list_has_nobody_is_asked_for(searchers):
    list_known()
    stub = searchers(first=[NEW])["first"]
    assert symbols("茅台") == ["600519.SH"]
    assert not stub.asked


def test_what_it_has_not_the_sources_are_asked_for_and_it_stays(searchers):
    stub = searchers(first=[NEW])["first"]
    assert symbols("新股", ask=False) == []
    assert symbols("新股") == ["301999.SZ"]
    assert symbols("xgf", ask=False) == ["301999.SZ"]
    assert stub.asked == ["新股"]
    assert Listing.objects.get().name == "新股份"


def test_about_one_text_they_are_asked_once(searchers):
    stub = searchers(first=[])["first"]
    for text in ("没有", "没有", " 没有 ", "没 有"):
        assert symbols(text) == []
    assert stub.asked == ["没有"]


@pytest.mark.parametrize("text", ["", "x", "  ", "没", "x" * 41, "\x00\x00\x00"])
def test_about_some_texts_they_are_not_asked(searchers, text):
    stub = searchers(first=[NEW])["first"]
    assert symbols(text) == []
    assert not stub.asked


def test_where_one_fails_the_next_is_asked(searchers):
    stubs = searchers(first=SourceError("HTTP 503"), second=[NEW])
    assert symbols("新股") == ["301999.SZ"]
    assert [len(one.asked) for one in stubs.values()] == [1, 1]


def test_searches_that_fail_do_not_keep_quotes_from_being_asked_for(searchers):
    stub = searchers(first=SourceError("timeout"))["first"]
    for number in range(FAILURES_IN_A_ROW + 3):
        assert symbols(f"没有{number}") == []
    assert len(stub.asked) == FAILURES_IN_A_ROW
    assert Gate("first", Searcher.limits).state().breaker == "closed"


def test_without_redis_nobody_is_asked(searchers, monkeypatch):
    def away(*_args):
        raise RedisAway

    stub = searchers(first=[NEW])["first"]
    monkeypatch.setattr("monitors.finding.search.cache.add", away)
    assert symbols("新股") == []
    assert not stub.asked


@pytest.mark.parametrize(
    ("text", "symbol"),
    [
        ("600519", "600519.SH"),
        ("sh000001", "000001.SH"),
        ("000001", "000001.SZ"),
        ("700.HK", "00700.HK"),
        ("AAPL", "AAPL.US"),
        ("aapl", "AAPL.US"),
        ("NEWS", "NEWS.US"),
        ("平安银行", "000001.SZ"),
        ("payh", "000001.SZ"),
        ("PAYH.US", "PAYH.US"),
        ("usPAYH", "PAYH.US"),
        ("pinganyinhang", "000001.SZ"),
        ("茅台", "600519.SH"),
        ("apple hospitality", "APLE.US"),
    ],
)
def test_a_symbol_or_the_only_one_that_is_called_so(settings, text, symbol):
    settings.QUOTE_SOURCES = ["demo"]
    list_known()
    assert str(recognise(text)) == symbol


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("中国平安", "601318.SH 中国平安, 02318.HK 中国平安$"),
        ("zgpa", "601318.SH 中国平安, 02318.HK 中国平安$"),
        ("平安", "000001.SZ 平安银行, 601318.SH 中国平安, 02318.HK 中国平安$"),
        ("没有这个", "Nothing is called so"),
        ("700", "Say which market"),
        ("<b>", "Not a symbol"),
        ("", "Enter a symbol"),
        ("\x00", "Enter the code"),
    ],
)
def test_what_is_several_or_nothing_is_refused_with_the_mend(settings, text, why):
    settings.QUOTE_SOURCES = ["demo"]
    list_known()
    with pytest.raises(SymbolError, match=why):
        recognise(text)


def test_a_refusal_names_a_few():
    list_known([reference(f"30{at:04}.SZ", f"同名{at}") for at in range(20)])
    with pytest.raises(SymbolError) as refusal:
        recognise("同名")
    assert str(refusal.value).count(".SZ") == NAMED
    assert str(refusal.value).endswith("…")
