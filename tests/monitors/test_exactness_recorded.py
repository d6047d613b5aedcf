"""Exactly what contract §5 says, on markets that really were."""

from itertools import groupby, islice
from pathlib import Path

import pytest

from monitors.market.recordings import read
from tests.mix import wishes
from tests.side_by_side import SideBySide

MARKET = Path(__file__).parents[1] / "data" / "market"

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("recording", "quotes"),
    [("us_1m_201310.csv.gz", 2500), ("cn_1m_202007_index_sh000001.csv.gz", 500)],
)
def test_recorded_bars(recording, quotes, settings):
    settings.QUOTE_MAX_AGE = 0
    snapshots = list(islice(read(MARKET / recording), quotes))
    both = SideBySide(users=5)
    for wish in wishes(snapshots, count=250, users=5, seed=1):
        both.create(
            both.users[wish.user],
            wish.symbol,
            wish.rules,
            trading_hours_only=wish.trading_hours_only,
        )
    for at, batch in groupby(snapshots, key=lambda snapshot: snapshot.at):
        both.see(batch, at)
    assert not both.differences()
    assert len({(said.kind, said.repeat) for said in both.oracle.said}) == 15
