"""The line that makes a monitor: what is read, what is refused and where, and what is written."""

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitors.oneline.line import Line
from monitors.oneline.reading import MOST_PROBLEMS, read
from monitors.oneline.vocabulary import meanings
from monitors.oneline.writing import write


def said(line: Line) -> list[str]:
    """The rules as a line has them, each with its repeat where that is unusual."""
    return write(line._replace(stock="", rating="", note="")).split()


@pytest.mark.parametrize(
    ("text", "stock", "rules", "rating", "note"),
    [
        ("600519 1650-1680 tp 1800 sl 1600", "600519", "1650-1680 tp 1800 sl 1600", "", ""),
        ("茅台 买入 1650-1680 止盈 1800 止损 1600", "茅台", "1650-1680 tp 1800 sl 1600", "buy", ""),
        (
            "茅台买入1650到1680，止盈1800；止损：1600",
            "茅台",
            "1650-1680 tp 1800 sl 1600",
            "buy",
            "",
        ),
        ("payh >12 <10.5 once", "payh", "above 12 below 10.5 once", "", ""),
        ("AAPL above 200 below 150 hold", "AAPL", "above 200 below 150", "hold", ""),
        ("AAPL +5% -3%", "AAPL", "above +5% below -3%", "", ""),
        ("AAPL tp 5% sl 3%", "AAPL", "tp +5% sl -3%", "", ""),
        ("AAPL once tp 1 every sl 2", "AAPL", "tp 1 every sl 2 once", "", ""),
        ("00700 tp1,800.50 sl=300", "00700", "tp 1800.5 sl 300", "", ""),
        ("600519 1650 - 1680", "600519", "1650-1680", "", ""),
        ("６００５１９　＞１８００", "600519", "above 1800", "", ""),
        ("Ping An Bank take profit 12", "Ping An Bank", "tp 12", "", ""),
        ("上证50ETF >2.5 卖出", "上证50ETF", "above 2.5", "sell", ""),
        ('BRK.B <400 note "a \\"b\\""', "BRK.B", "below 400", "", 'a "b"'),
        ("AAPL >1 备注 等 财报", "AAPL", "above 1", "", "等 财报"),
        ("AAPL >1 “等财报”", "AAPL", "above 1", "", "等财报"),
    ],
)
def test_a_line_is_read(text, stock, rules, rating, note):
    line = read(text)
    assert line.problems == ()
    assert (line.stock, line.rating, line.note) == (stock, rating, note)
    assert said(line) == rules.split()


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("600519 tp 1800 #Holdings", "Holdings"),
        ("#观察 茅台 止盈 1800", "观察"),
        ("600519 ＃买入股 tp 1800", "买入股"),
        ('600519 #"My  stocks, A" tp 1800 sl 1', "My stocks, A"),
        ("600519 tp 1800 #one #two", "two"),
    ],
)
def test_a_group_is_named_anywhere_in_a_line(text, group):
    line = read(text)
    assert line.problems == ()
    assert (line.group, line.stock in ("600519", "茅台")) == (group, True)
    assert said(line)[:2] == ["tp", "1800"]
    assert read(write(line)).group == group


@pytest.mark.parametrize(
    ("text", "wrong", "says"),
    [
        ("600519 tpp 1800", "tpp", "did you mean tp?"),
        ("AAPL tpp 200", "tpp", "did you mean tp?"),
        ("600519 stopp 1600 tp 1800", "stopp", "did you mean stop?"),
        ("600519 1800", "1800", "say what it is"),
        ("600519 tp", "tp", "a price is missing"),
        ("600519 tp sl 1600", "tp", "a price is missing"),
        ("600519 tp 1-2", "1-2", "one price"),
        ("600519 zone 1", "1", "two prices"),
        ("600519 tp -5", "-5", "no sign"),
        ("600519 tp 0", "0", "above 0"),
        (f"600519 tp 5 #{'x' * 41}", f"#{'x' * 41}", "at most 40"),
        ('"600519 tp 5', '"', "that closes it"),
        ("600519 tp 5 “", "“", "that closes it"),
        ("tp 1800", "tp", "Begin with the stock"),
        ("600519 tp 1800 xyzzy", "xyzzy", "not understood."),
    ],
)
def test_what_is_not_understood_is_named_with_its_place(text, wrong, says):
    (problem,) = read(text).problems
    assert text[slice(*problem.place)] == wrong
    assert says in problem.message


def test_a_word_that_is_wrong_takes_its_value_along():
    line = read("600519 tpp 1800 sl 1600")
    assert len(line.problems) == 1
    assert said(line) == ["sl", "1600"]


WORDS = st.sampled_from(
    [
        *sorted(meanings()),
        "AAPL",
        "茅台",
        "#a",
        '#"b c"',
        "＃甲",
        "1",
        "2-3",
        "+5%",
        "-1.5%",
        '"',
        "''",
    ]
)
TEXTS = st.one_of(st.text(max_size=80), st.lists(WORDS, max_size=12).map(" ".join))


@pytest.mark.parametrize("note", ["a\\", "\\", 'say "\\"', "a\\b", "'", "“x”", "tp 1 once"])
def test_any_note_is_written_so_that_it_is_read(note):
    line = Line("AAPL", note=note)
    assert read(write(line)).note == note


@given(TEXTS)
def test_reading_never_fails_and_knows_its_places(text):
    line = read(text)
    for problem in line.problems:
        assert 0 <= problem.place.start <= problem.place.end <= len(text)
    for clause in line.clauses:
        assert text[slice(*clause.place)].strip()
        assert all(isinstance(one.number, Decimal) for one in clause.amounts)


def meaning(line: Line) -> tuple[object, ...]:
    """What a line says, wherever that stands in the text."""
    rules = [(one.kind, one.amounts, one.repeat) for one in line.clauses]
    return line.stock, rules, line.rating, line.group, line.note


@given(TEXTS)
@example("ABOVE BETWEEN1-1")
def test_what_is_written_says_the_same_when_it_is_read(text):
    line = read(text)
    if line.stock and not line.problems:
        again = read(write(line))
        assert again.problems == ()
        assert meaning(again) == meaning(line)
        assert write(again) == write(line)


def test_of_a_line_full_of_slips_the_first_are_told() -> None:
    """A table may have five hundred such lines, and each slip is compared with every word."""
    line = read("600519 " + "sopt " * 190)
    assert len(line.problems) == MOST_PROBLEMS
    assert line.problems[0].place == (7, 11)
