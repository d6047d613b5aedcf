"""Rows of text, whatever bytes arrive: a source error or problems, and no other exception.

Nor a wrong quote, as far as what a row says twice can tell.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitors.market import Market, Snapshot
from monitors.sources.base import Fetched, SourceError
from monitors.symbols import Symbol
from tests.fuzz import impossible
from tests.monitors.sources import sina, tencent
from tests.monitors.sources.damage import EDITS, edited
from tests.monitors.sources.rows import NOW, RowFormat


@dataclass(frozen=True, slots=True)
class Reply:
    """A recorded reply with instruments of all markets."""

    name: str
    format: RowFormat
    body: bytes
    wanted: Mapping[str, Symbol]
    bears_out: Callable[[Snapshot, Snapshot], bool]
    """Whether a quote of a reply with one wrong byte is as right as its source's rows can tell."""
    tokens: tuple[str, ...]

    def read(self, body: bytes) -> Fetched:
        """What a sweep gets of a reply: nothing where the source refuses it. All is possible."""
        try:
            fetched = self.format.parse(body, self.wanted, NOW)
        except SourceError:
            return Fetched()
        for snapshot in fetched.snapshots:
            assert not impossible(snapshot, self.wanted), snapshot
        return fetched

    def expected(self) -> dict[Symbol, Snapshot]:
        """What the reply says when nothing happened to it."""
        return {snapshot.symbol: snapshot for snapshot in self.read(self.body).snapshots}


def says_nothing_twice_in_the_mainland(snapshot: Snapshot, expected: Snapshot) -> bool:
    """There a row has nothing but the day's range to bear out a price."""
    if snapshot.symbol.market is Market.CN:
        return True
    return abs(snapshot.price - expected.price) <= Decimal("0.001")


def says_price_and_volume_twice(snapshot: Snapshot, expected: Snapshot) -> bool:
    return (snapshot.price, snapshot.volume) == (expected.price, expected.volume)


ANY_TOKENS = ('="', '";', "1", "10.5", "\n", "上证", " ")
SINA_BODY = sina.recorded("multi-market-live.gb18030.bin")
SINA = Reply(
    "sina",
    sina.FORMAT,
    SINA_BODY,
    sina.wanted_by(SINA_BODY),
    says_nothing_twice_in_the_mainland,
    (
        *("var hq_str_", "sh000001", "gb_aapl", "rt_hk00700", ",", "00", "EDT", "0.000"),
        *("2026-08-18", *ANY_TOKENS),
    ),
)
TENCENT_BODY = tencent.recorded("multi-market-live.gbk.bin")
TENCENT = Reply(
    "tencent",
    tencent.FORMAT,
    TENCENT_BODY,
    tencent.wanted_by(TENCENT_BODY),
    says_price_and_volume_twice,
    (
        *("v_", "sh000001", "usAAPL", "hk00700", "~", "100", "200", "000001", "0.00"),
        *("20260818112030", *ANY_TOKENS),
    ),
)
EXPECTED = {reply.name: reply.expected() for reply in (SINA, TENCENT)}
every_source = pytest.mark.parametrize("reply", [SINA, TENCENT], ids=lambda reply: reply.name)


@every_source
def test_a_body_cut_anywhere_gives_whole_rows_or_none(reply):
    expected, counts = EXPECTED[reply.name], set()
    for end in range(len(reply.body)):
        fetched = reply.read(reply.body[:end])
        counts.add(len(fetched.snapshots))
        for snapshot in fetched.snapshots:
            assert snapshot == expected[snapshot.symbol]
    assert counts == set(range(len(expected) + 1))


@every_source
def test_a_body_that_lost_its_beginning_gives_whole_rows_or_none(reply):
    for start in range(0, len(reply.body), 3):
        for snapshot in reply.read(reply.body[start:]).snapshots:
            assert snapshot == EXPECTED[reply.name][snapshot.symbol]


@every_source
@given(body=st.binary(max_size=2000))
def test_random_bytes_give_nothing(reply, body):
    assert reply.read(body).snapshots == []


@every_source
@given(content=st.binary(max_size=300))
def test_random_bytes_in_a_row_give_nothing(reply, content):
    head, _, _ = reply.body.partition(b'"')
    assert reply.read(head + b'"' + content + b'";').snapshots == []


@every_source
@given(edits=EDITS)
def test_a_mutated_reply_gives_no_impossible_quote(reply, edits):
    reply.read(edited(reply.body, edits))


@every_source
@given(data=st.data())
def test_one_wrong_byte_never_makes_a_wrong_price(reply, data):
    at = data.draw(st.integers(0, len(reply.body) - 1))
    odd = b'0123456789.-/" x\x00\x81\xfe' + reply.format.separator.encode()
    byte = bytes([data.draw(st.sampled_from(list(odd)))])
    for snapshot in reply.read(reply.body[:at] + byte + reply.body[at + 1 :]).snapshots:
        assert reply.bears_out(snapshot, EXPECTED[reply.name][snapshot.symbol])


@every_source
@given(data=st.data())
def test_a_lost_or_doubled_field_never_makes_a_wrong_price(reply, data):
    charset, separator = reply.format.charset, reply.format.separator
    rows = reply.body.decode(charset).splitlines()
    number = data.draw(st.integers(0, len(rows) - 1))
    fields = rows[number].split(separator)
    at = data.draw(st.integers(1, len(fields) - 2))
    fields[at : at + 1] = data.draw(st.sampled_from([[], [fields[at]] * 2, ["", fields[at]]]))
    rows[number] = separator.join(fields)
    for snapshot in reply.read("\n".join(rows).encode(charset)).snapshots:
        expected = EXPECTED[reply.name][snapshot.symbol]
        assert (snapshot.price, snapshot.at) == (expected.price, expected.at)


@every_source
@given(data=st.data())
def test_pieces_of_the_format_in_any_order(reply, data):
    text = "".join(data.draw(st.lists(st.sampled_from(reply.tokens))))
    reply.read(text.encode(reply.format.charset))


FIELDS = st.sampled_from(
    (
        *("0.000", "0", "1", "10.5", "-0.5", "", "00", "03", "-3", "2026-08-18", "2026/08/18"),
        *("11:21:26", "2026-08-18 09:30:10", "Aug 17 04:00PM EDT", "9" * 15, "nan", "1e30"),
    )
)


@given(st.sampled_from(sorted(SINA.wanted)), st.lists(FIELDS, min_size=17, max_size=40))
def test_fields_of_the_format_at_any_place(key, fields):
    SINA.read(f'var hq_str_{key}="{",".join(fields)}";'.encode())
