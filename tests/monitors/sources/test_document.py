"""docs/sources.md says of each source what it declares, and its example file can be used."""

import re
from pathlib import Path

import pytest

from monitors.kinds import source_kinds
from monitors.market import Market
from monitors.sources._http_json_file import Configuration

TEXT = (Path(__file__).parents[3] / "docs" / "sources.md").read_text("utf-8")
ROWS = {
    cells[0].strip("`"): cells[1:]
    for cells in re.findall(r"^\| (`\w+`) " + r"\| ([^|]*) " * 10 + r"\|$", TEXT, re.MULTILINE)
}


def listed(markets) -> str:
    return ", ".join(market.value for market in Market if market in markets) or "–"


def test_every_source_is_there():
    assert ROWS.keys() == source_kinds().keys()


@pytest.mark.parametrize("name", [name for name in source_kinds() if name != "http_json"])
def test_each_row_says_what_the_source_declares(name):
    source = source_kinds()[name]()
    markets, late, batch, requests, history, days, reference, lists, searches, needs = ROWS[name]
    assert markets == listed(source.markets)
    assert (late == "–") == (not source.delays) or name == "alpaca"
    assert int(batch) == source.batch_size
    assert requests == ("–" if source.limits is None else str(source.limits.requests_a_minute))
    assert history == listed(source.history_markets)
    assert days == listed(source.day_markets)
    assert reference == listed(source.reference_markets)
    assert lists == listed(source.listed_markets)
    assert searches == ("yes" if source.can_search else "–")
    assert re.findall("[A-Z_]+", needs) == list(source.settings)


def test_the_example_file_can_be_used():
    [example] = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)
    how = Configuration.read(example)
    assert how.markets == {Market.US, Market.HK}
    assert how.fields["previous_close"] == ["data", "days", 1, "close"]
