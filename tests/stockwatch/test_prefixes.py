"""What begins so: the bounds of a range of texts."""

from hypothesis import given
from hypothesis import strategies as st

from stockwatch.prefixes import after

texts = st.text(max_size=6)


@given(st.text(min_size=1, max_size=6), texts)
def test_everything_that_begins_so_is_below_the_bound(prefix, rest):
    assert prefix <= prefix + rest < after(prefix)


@given(st.text(min_size=1, max_size=4), texts)
def test_everything_between_the_bounds_begins_so(prefix, other):
    if prefix <= other < after(prefix):
        assert other.startswith(prefix)


def test_the_ends_of_the_code_points():
    assert after("a") == "b"
    assert after("\ud7ff") == "\ue000"
    assert after("a\U0010ffff") == "b"
    assert after("\U0010ffff") > "\U0010ffff" * 1
