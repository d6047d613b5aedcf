"""Every recorded reply by Tencent, value by value, and how its markets differ."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from monitors.market import Market, QuoteState
from monitors.sources._tencent_row import code_of
from monitors.sources.tencent import parse
from monitors.symbols import Symbol
from tests.monitors.sources.lines import line
from tests.monitors.sources.rows import NOW
from tests.monitors.sources.tencent import (
    APPLE,
    EXPECTED,
    PUFA,
    RESPONSES,
    UNREADABLE,
    read,
    recorded,
    wanted_by,
    with_fields,
)


def test_each_recorded_reply_is_accounted_for():
    names = {path.name.removeprefix("tencent-") for path in RESPONSES.glob("tencent-*")}
    assert names == EXPECTED.keys() | UNREADABLE


@pytest.mark.parametrize("name", EXPECTED)
def test_recorded_reply(name):
    body = recorded(name)
    fetched = parse(body, wanted_by(body), NOW)
    assert list(map(line, fetched.snapshots)) == EXPECTED[name]
    assert fetched.problems == []
    assert {snapshot.at.tzinfo for snapshot in fetched.snapshots} <= {UTC}
    for snapshot in fetched.snapshots:
        assert snapshot.delay == (900 if snapshot.symbol.market is Market.HK else 0)
        assert snapshot.source == "tencent"


@pytest.mark.parametrize("name", EXPECTED)
def test_a_reply_recoded_to_utf8_reads_the_same(name):
    body = recorded(name)
    recoded = body.decode("gbk").encode()
    assert parse(recoded, wanted_by(body), NOW) == parse(body, wanted_by(body), NOW)


@pytest.mark.parametrize(
    ("symbol", "code"),
    [
        ("600519.SH", "sh600519"),
        ("000001.SZ", "sz000001"),
        ("430047.BJ", "bj430047"),
        ("00700.HK", "hk00700"),
        ("HSI.HK", "hkHSI"),
        ("AAPL.US", "usAAPL"),
        ("BRK.B.US", "usBRK.B"),
    ],
)
def test_codes(symbol, code):
    assert code_of(Symbol.parse(symbol)) == code


@pytest.mark.parametrize(
    ("letter", "state"),
    [
        ("", QuoteState.TRADING),
        ("S", QuoteState.SUSPENDED),
        ("D", QuoteState.DELISTED),
        ("Q", QuoteState.UNKNOWN),
    ],
)
def test_states(letter, state):
    [snapshot] = read(with_fields(PUFA, f40=letter), "600000.SH").snapshots
    assert snapshot.state is state


def test_no_open_but_volume_is_trading():
    [snapshot] = read(with_fields(PUFA, f5="0.00"), "600000.SH").snapshots
    assert snapshot.state is QuoteState.TRADING
    assert snapshot.open is None


@pytest.mark.parametrize("code", ["688981", "689009"])
def test_the_star_board_counts_shares(code):
    row = PUFA.replace("600000", code)
    [snapshot] = read(row, f"{code}.SH").snapshots
    assert snapshot.volume == 1150269


def test_beijing():
    row = with_fields(PUFA.replace("sh600000", "bj430047"), f0="62", f2="430047")
    [snapshot] = read(row, "430047.BJ").snapshots
    assert snapshot.symbol == Symbol("430047", "BJ")


def test_class_shares():
    row = APPLE.replace("usAAPL", "usBRK.B").replace("AAPL.OQ", "BRK.B.N")
    [snapshot] = read(row, "BRK.B.US").snapshots
    assert snapshot.symbol == Symbol("BRK.B", "US")


def test_new_york_in_winter():
    [snapshot] = read(with_fields(APPLE, f30="2026-01-15 16:00:02"), "AAPL.US").snapshots
    assert snapshot.at == datetime(2026, 1, 15, 21, 0, 2, tzinfo=UTC)


def test_more_and_fewer_fields_read_the_same():
    before = read(PUFA, "600000.SH")
    assert read(PUFA.replace('";', '~new~newer";'), "600000.SH") == before
    content = "~".join(PUFA.split('"')[1].split("~")[:41])
    assert read(f'v_sh600000="{content}";', "600000.SH") == before
    assert read(f'v_sh600000="{content.rpartition("~")[0]}";', "600000.SH").problems


def test_a_gbk_name_may_hold_the_separator_byte():
    row = with_fields(PUFA, f1="亊")
    assert b"~" in "亊".encode("gbk")
    [snapshot] = read(row, "600000.SH").snapshots
    assert snapshot.name == "亊"


def test_names_are_fit_to_be_stored():
    [snapshot] = read(with_fields(PUFA, f1=" 浦\x00发" + "银" * 200), "600000.SH").snapshots
    assert snapshot.name.startswith("浦 发银")
    assert len(snapshot.name) == 64


def test_rows_need_nothing_between_them():
    rows = PUFA.strip().rstrip(";") + APPLE.strip()
    assert len(read(rows, "600000.SH", "AAPL.US").snapshots) == 2


def test_amounts_are_exact():
    [snapshot] = read(PUFA, "600000.SH").snapshots
    assert snapshot.amount == Decimal(1106982193)
