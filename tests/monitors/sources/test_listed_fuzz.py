"""Lists and searches, whatever bytes arrive: a source error, or what can be written down."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitors.market import Market, Reference
from monitors.sources import _eastmoney_listing, _tencent_search
from monitors.sources.base import SourceError
from tests.monitors.sources.damage import EDITS, edited
from tests.monitors.sources.eastmoney_listing import LISTED, listing_of
from tests.monitors.sources.tencent import recorded


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole reply, how it is read, and of which markets it may tell."""

    name: str
    body: bytes
    parse: Callable[[bytes], list[Reference]]
    markets: frozenset[Market]

    def __str__(self) -> str:
        return self.name

    def check(self, body: bytes) -> None:
        """Fail where what is read of a body could not be written down."""
        try:
            references = self.parse(body)
        except SourceError:
            return
        for one in references:
            assert one.symbol.market in self.markets
            assert 0 < len(one.name) <= 64
            assert one.name.isprintable()
            assert one.name.encode().decode() == one.name


LISTING = Reply(
    "eastmoney",
    listing_of(LISTED[Market.CN]),
    lambda body: _eastmoney_listing.parse(body, Market.CN, 1).references,
    frozenset({Market.CN}),
)
SEARCH = Reply("tencent", recorded("smartbox-search.txt"), _tencent_search.parse, frozenset(Market))
every_reply = pytest.mark.parametrize("reply", [LISTING, SEARCH], ids=str)


@every_reply
@given(body=st.binary(max_size=500))
def test_random_bytes(reply, body):
    reply.check(body)


@every_reply
@given(edits=EDITS)
def test_a_mutated_reply(reply, edits):
    reply.check(edited(reply.body, edits))


PIECES = ["sh", "us", "~", "^", "600519", "aapl.oq", "\\u8d35", "\\ud800", "\\", "GP-A", "ZS", "茅"]


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_pieces_of_a_search_in_any_order(hints):
    SEARCH.check(f'v_hint="{hints}";'.encode())
