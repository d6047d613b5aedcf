"""What of a reply by Sina cannot be trusted, beside what `test_row_refusals` has."""

import pytest

from monitors.sources.base import SourceError
from tests.monitors.sources.sina import FUND, TENCENT, read, recorded, with_fields


def test_new_to_the_market():
    row = with_fields(TENCENT, f3="0.000", f7="0.000", f8="0.000")
    [snapshot] = read(row, "00700.HK").snapshots
    assert snapshot.previous_close is None


def test_unknown_symbols_beside_known_ones():
    fetched = read('var hq_str_sh999999="";\n' + FUND, "999999.SH", "510300.SH")
    assert [snapshot.symbol.code for snapshot in fetched.snapshots] == ["510300"]
    assert fetched.problems == []


def test_a_voided_batch_says_so():
    with pytest.raises(SourceError, match="sys_auth 'FAILED': a malformed symbol voids the batch"):
        read(recorded("malformed-token-voids-batch.txt"), "510300.SH")
