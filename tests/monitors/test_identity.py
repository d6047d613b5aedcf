"""Which news of an instrument count: names by the source that gave them, states that last."""

import pytest

from monitors.market import QuoteState
from monitors.market.identity import Identity

IN_USE = ("tencent", "sina")
KNOWN = Identity("贵州茅台", "tencent", "trading")


def named(known: Identity, name: str, source: str = "tencent") -> tuple[str, str]:
    later = known.after(name, QuoteState.UNKNOWN, source, IN_USE)
    return later.name, later.name_source


@pytest.mark.parametrize(
    ("known", "name", "source", "kept"),
    [
        (Identity(), "贵州茅台", "sina", ("贵州茅台", "sina")),
        (Identity("贵州茅台"), "贵州茅台", "sina", ("贵州茅台", "sina")),
        (KNOWN, "ST茅台", "tencent", ("ST茅台", "tencent")),
        (KNOWN, "", "tencent", ("贵州茅台", "tencent")),
        (KNOWN, "Kweichow Moutai", "sina", ("贵州茅台", "tencent")),  # another spelling
        (Identity("Moutai", "yahoo"), "贵州茅台", "sina", ("贵州茅台", "sina")),  # no longer in use
        *((KNOWN, name, "tencent", ("贵州茅台", "tencent")) for name in ("XD贵州茅", "DR*ST茅台")),
        (Identity(), "N茅台", "tencent", ("N茅台", "tencent")),
        (KNOWN, "NVIDIA", "tencent", ("NVIDIA", "tencent")),
    ],
)
def test_names(known, name, source, kept):
    assert named(known, name, source) == kept


@pytest.mark.parametrize(
    ("known", "told", "later"),
    [
        ("", "trading", "trading"),
        ("trading", "suspended", "suspended"),
        ("suspended", "auction", "suspended"),
        ("suspended", "unknown", "suspended"),
        ("suspended", "trading", "trading"),
        ("trading", "delisted", "delisted"),
    ],
)
def test_states(known, told, later):
    state = Identity(trading_state=known).after("", QuoteState(told), "sina", IN_USE).trading_state
    assert state == later


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        (KNOWN, KNOWN, []),
        (Identity(), KNOWN, []),
        (KNOWN, Identity("ST茅台", "tencent", "trading"), [("name", "贵州茅台", "ST茅台")]),
        (KNOWN, Identity("Moutai", "sina", "trading"), []),
        (Identity("N茅台", "tencent"), Identity("茅台", "tencent"), []),
        (KNOWN, Identity("贵州茅台", "tencent", "suspended"), [("state", "trading", "suspended")]),
        (Identity(), Identity(trading_state="suspended"), [("state", "", "suspended")]),
        (
            KNOWN,
            Identity("退市茅台", "tencent", "delisted"),
            [("name", "贵州茅台", "退市茅台"), ("state", "trading", "delisted")],
        ),
    ],
)
def test_what_is_worth_remembering(before, after, changes):
    assert before.changes_to(after) == changes
