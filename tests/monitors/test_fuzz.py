"""Each source reads some thousand mutated replies; `python -m tests.fuzz` reads millions."""

from importlib import import_module

import pytest

from monitors.kinds import disclaimer, source_kinds
from tests import fuzz


def test_every_source_that_reads_replies_is_fuzzed():
    asked = {name for name in source_kinds() if not disclaimer(name)}
    assert set(fuzz.SOURCES) == asked - {"http_json"}


@pytest.mark.parametrize("name", fuzz.SOURCES)
def test_mutated_replies_make_no_impossible_quote(name):
    parse = import_module(f"monitors.sources.{name}").parse
    replies = import_module(f"tests.monitors.test_{name}").recorded_replies()
    odd = [
        (outcome, body[:500])
        for outcome, body in fuzz.outcomes(parse, replies, 3000, seed=7)
        if outcome not in ("read", "refused")
    ]
    assert odd == []
