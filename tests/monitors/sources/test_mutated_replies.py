"""Each source reads some thousand mutated replies; `python -m tests.fuzz` reads millions."""

import pytest

from tests import fuzz


@pytest.mark.parametrize("name", fuzz.sources())
def test_mutated_replies_make_nothing_impossible(name):
    odd = [
        (outcome, body[:500])
        for outcome, body in fuzz.outcomes(name, 3000, seed=7)
        if outcome not in ("read", "refused")
    ]
    assert odd == []
