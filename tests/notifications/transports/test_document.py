"""docs/transports.md has each transport, and the settings that it says."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from notifications.kinds import transport_kinds

TEXT = (Path(__file__).parents[3] / "docs" / "transports.md").read_text("utf-8")
ROWS = {
    cells[0]: cells[1:]
    for cells in re.findall(r"^\| `(\w+)` " + r"\| ([^|]*) " * 5 + r"\|$", TEXT, re.MULTILINE)
}
NAMES = {
    1: "a second", 2: "in 2 seconds", 60: "a minute", 300: "in 5 minutes", 86_400: "a day",
}  # fmt: skip


def test_every_transport_is_there() -> None:
    assert ROWS.keys() == transport_kinds().keys()


@pytest.mark.parametrize("kind", sorted(ROWS))
def test_each_row_says_what_the_transport_declares(kind: str) -> None:
    _paste, pace, _text, _urgent, named = ROWS[kind]
    for rate in transport_kinds()[kind].rates:
        assert f"{rate.count} {NAMES[int(rate.seconds)]}" in pace
    for name in re.findall("[A-Z0-9_]+_URL", named):
        assert hasattr(settings, name)
