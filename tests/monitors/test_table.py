"""A pasted table as lines: pure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitors.oneline.reading import read
from monitors.oneline.table import lines


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        ("600519 1650-1680 tp 1800\n\nAAPL >200\n", ["600519 1650-1680 tp 1800", "AAPL >200"]),
        ("600519, 1650-1680, tp 1800", ["600519, 1650-1680, tp 1800"]),
        ("600519\t1650\t1680\t1800\t1600\tlong", ['600519 1650-1680 tp 1800 sl 1600 note "long"']),
        ("600519\t\t\t1800\t1600", ["600519 tp 1800 sl 1600"]),
        ("600519,1650,1680,1800,1600", ["600519 1650-1680 tp 1800 sl 1600"]),
        ("600519 1650 1680 1800 1600", ["600519 1650-1680 tp 1800 sl 1600"]),
        ("Symbol,Take profit,Stop loss\n600519,1800,1600", ["600519 tp 1800 sl 1600"]),
        ("代码\t名称\t止损\t备注\n600519\t贵州茅台\t1600\t财报", ['600519 sl 1600 note "财报"']),
        ("名称,评级,止盈\n贵州茅台,买入,1800", ['"贵州茅台" 买入 tp 1800']),
        ("symbol,above,repeat\nAAPL,200,once", ["AAPL above 200 once"]),
        ('symbol,rules,note\nAAPL,tp 200 once,"a, ""b"""', ['AAPL tp 200 once note "a, \\"b\\""']),
        ("\ufeffsymbol,entry_from,entry_to\nAAPL,150,160", ["AAPL 150-160"]),
        ("symbol,colour,below\nAAPL,red,150", ["AAPL below 150"]),
        ("", []),
        ("symbol,below", []),
    ],
)
def test_a_table_is_read_as_lines(table, rows):
    assert lines(table) == rows


def test_a_zone_that_lacks_a_bound_is_a_mistake_in_its_row():
    (line,) = lines("symbol,from,tp\nAAPL,150,200")
    (problem,) = read(line).problems
    assert line[slice(*problem.place)] == "150-?"


@given(st.text(alphabet=st.sampled_from("AAPL 600519,\t\n\"'-.%>代码止损symbolnote"), max_size=200))
def test_any_table_is_read(table):
    for line in lines(table):
        read(line)
