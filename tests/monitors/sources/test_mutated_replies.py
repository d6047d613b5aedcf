"""Each source reads some thousand mutated replies; `python -m tests.fuzz` reads millions."""

from importlib import import_module

import pytest

from tests import fuzz


@pytest.mark.parametrize("name", fuzz.sources())
def test_mutated_replies_make_no_impossible_quote(name):
    parse = import_module(f"monitors.sources.{name}").parse
    replies = import_module(f"tests.monitors.sources.{name}").recorded_replies()
    odd = [
        (outcome, body[:500])
        for outcome, body in fuzz.outcomes(parse, replies, 3000, seed=7)
        if outcome not in ("read", "refused")
    ]
    assert odd == []
