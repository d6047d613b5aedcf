"""Whatever bytes arrive: a source error or problems, never another exception or a wrong quote."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from monitors.market import Market, Snapshot
from monitors.sources.base import Fetched, SourceError
from monitors.sources.sina import parse
from tests.monitors.sources.sina import recorded, wanted_by

NOW = datetime(2026, 11, 24, tzinfo=UTC)
WHOLE = recorded("multi-market-live.gb18030.bin")
WANTED = wanted_by(WHOLE)
EXPECTED = {snapshot.symbol: snapshot for snapshot in parse(WHOLE, WANTED, NOW).snapshots}
STEP = Decimal("0.001")


def read(body: bytes) -> Fetched:
    """What a sweep gets of a reply: nothing where the source refuses it."""
    try:
        return parse(body, WANTED, NOW)
    except SourceError:
        return Fetched()


def check_possible(snapshot: Snapshot) -> None:
    """Every promise that a quote makes to the rest of the system."""
    assert snapshot.symbol in EXPECTED
    assert 0 < snapshot.price < 10**9
    assert snapshot.low is None or 0 < snapshot.low <= snapshot.price
    assert snapshot.high is None or snapshot.price <= snapshot.high
    assert 0 <= snapshot.volume < 10**15
    assert snapshot.at <= NOW + timedelta(minutes=10)
    assert snapshot.amount is None or 0 <= snapshot.amount < 10**18
    assert "\0" not in snapshot.name


def test_a_body_cut_anywhere_gives_whole_rows_or_none():
    counts = set()
    for end in range(len(WHOLE)):
        fetched = read(WHOLE[:end])
        counts.add(len(fetched.snapshots))
        for snapshot in fetched.snapshots:
            assert snapshot == EXPECTED[snapshot.symbol]
    assert counts == set(range(len(EXPECTED) + 1))


def test_a_body_that_lost_its_beginning_gives_whole_rows_or_none():
    for start in range(0, len(WHOLE), 3):
        for snapshot in read(WHOLE[start:]).snapshots:
            assert snapshot == EXPECTED[snapshot.symbol]


@given(st.binary(max_size=2000))
def test_random_bytes_give_nothing(body):
    assert read(body).snapshots == []


@given(st.binary(max_size=300))
def test_random_bytes_in_a_row_give_nothing(content):
    assert read(b'var hq_str_sh510300="' + content + b'";').snapshots == []


@given(
    st.lists(
        st.tuples(st.integers(0, len(WHOLE) - 1), st.binary(max_size=3), st.integers(0, 60)),
        min_size=1,
        max_size=6,
    )
)
def test_a_mutated_reply_gives_no_impossible_quote(edits):
    body = WHOLE
    for start, inserted, removed in edits:
        body = body[:start] + inserted + body[start + removed :]
    for snapshot in read(body).snapshots:
        check_possible(snapshot)


@given(
    st.integers(0, len(WHOLE) - 1),
    st.sampled_from(list(b'0123456789.,-/" x\x00\x81\xfe')),
)
def test_one_wrong_byte_never_makes_a_wrong_price(position, byte):
    """Mainland rows say nothing twice of a price but its range, so there the range has to do."""
    body = WHOLE[:position] + bytes([byte]) + WHOLE[position + 1 :]
    for snapshot in read(body).snapshots:
        check_possible(snapshot)
        if snapshot.symbol.market is not Market.CN:
            assert abs(snapshot.price - EXPECTED[snapshot.symbol].price) <= STEP


@given(st.data())
def test_a_lost_or_doubled_field_never_makes_a_wrong_price(data):
    rows = WHOLE.decode("gb18030").splitlines()
    number = data.draw(st.integers(0, len(rows) - 1))
    fields = rows[number].split(",")
    at = data.draw(st.integers(1, len(fields) - 2))
    fields[at : at + 1] = data.draw(st.sampled_from([[], [fields[at]] * 2, ["", fields[at]]]))
    rows[number] = ",".join(fields)
    for snapshot in read("\n".join(rows).encode("gb18030")).snapshots:
        assert snapshot.price == EXPECTED[snapshot.symbol].price
        assert snapshot.at == EXPECTED[snapshot.symbol].at


TOKENS = ["var hq_str_", "sh000001", "gb_aapl", "rt_hk00700", '="', '";', ",", "1", "00", "EDT"]


@given(
    st.lists(st.sampled_from([*TOKENS, "0.000", "10.5", "2026-08-18", "\n", "上证", " "])).map(
        "".join
    )
)
def test_pieces_of_the_format_in_any_order(text):
    for snapshot in read(text.encode("gb18030")).snapshots:
        check_possible(snapshot)


FIELDS = st.sampled_from(
    (
        *("0.000", "0", "1", "10.5", "-0.5", "", "00", "03", "-3", "2026-08-18", "2026/08/18"),
        *("11:21:26", "2026-08-18 09:30:10", "Aug 17 04:00PM EDT", "9" * 15, "nan", "1e30"),
    )
)


@given(st.sampled_from(sorted(WANTED)), st.lists(FIELDS, min_size=17, max_size=40))
def test_fields_of_the_format_at_any_place(key, fields):
    for snapshot in read(f'var hq_str_{key}="{",".join(fields)}";'.encode()).snapshots:
        check_possible(snapshot)
