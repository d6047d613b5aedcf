"""The stand-in itself: nothing is skipped, and it misbehaves exactly as told."""

import asyncio
import json
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from aiohttp import ClientError, ClientSession

from monitors.market.recordings import read
from tests.standin.market import StandInMarket
from tests.standin.server import StandIn

RECORDING = Path(__file__).parents[1] / "data" / "market" / "us_1m_201310.csv.gz"
TIMES = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")


@pytest.fixture(scope="module")
def quotes():
    """The first snapshots of AIG and IBM."""
    recording = list(read(RECORDING))
    return [
        quote
        for code in ("AIG", "IBM")
        for quote in [each for each in recording if each.symbol.code == code][:5]
    ]


@pytest.fixture
async def server(quotes):
    async with StandIn(quotes) as server:
        yield server


@pytest.fixture
async def http():
    async with ClientSession() as session:
        yield session


@pytest.fixture
def ask(server, http):
    """Ask for codes and get the reply's text."""

    async def ask(codes: str) -> str:
        async with http.get(f"{server.url}/q={codes}") as response:
            return (await response.read()).decode("gbk", errors="replace")

    return ask


async def state(server, http, **orders):
    """What /control says, after some orders."""
    call = http.post(f"{server.url}/control", json=orders) if orders else None
    async with call or http.get(f"{server.url}/control") as response:
        assert response.status == 200
        return await response.json()


async def times(ask, codes="usAIG", requests=6):
    """The times of the quotes that some requests get."""
    return [TIMES.findall(await ask(codes)) for _ in range(requests)]


def local(quotes, code="AIG"):
    """The times of a symbol's recording as the wire has them."""
    zone = quotes[0].symbol.market.timezone
    return [
        quote.at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
        for quote in quotes
        if quote.symbol.code == code
    ]


async def test_each_request_gets_the_next_and_the_last_repeats(ask, quotes):
    expected = local(quotes)
    assert await times(ask, requests=7) == [[at] for at in [*expected, expected[-1], expected[-1]]]


async def test_cursors_are_each_symbols_own(server, http, ask, quotes):
    await ask("usAIG,usIBM")
    await ask("usAIG")
    now = await state(server, http)
    assert now["cursors"] == {
        "AIG.US": {"served": 2, "of": 5},
        "IBM.US": {"served": 1, "of": 5},
    }
    assert now["asked"] == {"AIG.US": 2, "IBM.US": 1}
    assert not now["at_end"]
    await times(ask, "usAIG,usIBM", requests=4)
    now = await state(server, http)
    assert now["at_end"]
    assert now["requests"] == {"all": 6}
    assert not (await state(server, http, rewind=True))["at_end"]


async def test_requests_at_one_time_skip_nothing(ask, quotes):
    got = await asyncio.gather(*(ask("usAIG") for _ in range(20)))
    assert {time for reply in got for time in TIMES.findall(reply)} == set(local(quotes))


def test_two_requests_that_got_the_same_snapshot_move_the_cursor_once(quotes):
    market = StandInMarket(quotes)
    aig = [quotes[0].symbol]
    first, second = market.positions(aig), market.positions(aig)
    assert market.due(aig) == [quotes[0]]
    market.advance(first)
    market.advance(second)
    assert market.due(aig) == [quotes[1]]


async def test_unknown_codes(ask):
    assert (await ask("usXYZ")).strip() == 'v_pv_none_match="1";'
    assert (await ask("nonsense")).strip() == 'v_pv_none_match="1";'
    assert re.findall("v_[a-zA-Z]+", await ask("usXYZ,usAIG")) == ["v_usAIG"]


async def test_a_long_address_is_refused(server, http):
    for length, status in ((8000, 200), (8190, 414), (100_000, 414)):
        async with http.get(f"{server.url}/q={'a' * length}") as response:
            assert response.status == status


async def test_hold(server, http, ask, quotes):
    await ask("usAIG")
    await state(server, http, hold=True)
    assert await times(ask, requests=2) == [[local(quotes)[0]]] * 2
    await state(server, http, hold=False)
    assert await times(ask, requests=1) == [[local(quotes)[1]]]


async def test_a_market_set_by_hand(server, http, ask, quotes):
    await state(server, http, set={"AIG.US": {"price": "50.25"}, "600519.SH": {"price": 1500}})
    reply = await ask("usAIG,sh600519")
    assert "~50.25~" in reply
    assert "~1500~" in reply
    aig = server.market.by_hand[quotes[0].symbol]
    assert (aig.high, aig.low) == (Decimal("50.25"), quotes[0].low)
    await state(server, http, set={"AIG.US": {"price": 48, "state": "suspended"}})
    aig = server.market.by_hand[quotes[0].symbol]
    assert (aig.high, aig.low) == (Decimal("50.25"), Decimal(48))
    await state(server, http, set={"AIG.US": None})
    assert await times(ask, requests=1) == [[local(quotes)[0]]]


@pytest.mark.parametrize(
    "orders",
    [
        {"dance": True},
        {"misbehave": {"kind": "rude"}},
        {"misbehave": {}},
        {"misbehave": {"kind": "cut", "colour": 1}},
        {"set": {"AIG.US": {"weight": 1}}},
        {"set": {"AIG.US": {"price": "x"}}},
        {"set": {"!": {"price": "1"}}},
        {"set": 5},
        [],
    ],
    ids=str,
)
async def test_a_wrong_order_is_refused(server, http, orders):
    async with http.post(f"{server.url}/control", json=orders) as response:
        assert response.status == 400
        assert (await response.json())["error"]


async def test_misbehaviour_lasts_as_long_as_ordered_and_moves_no_cursor(server, http, ask, quotes):
    await state(server, http, misbehave={"kind": "empty", "requests": 2})
    assert [bool(await ask("usAIG")) for _ in range(3)] == [False, False, True]
    await state(server, http, misbehave={"kind": "empty"})
    assert not any([await ask("usAIG") for _ in range(3)])
    now = await state(server, http, behave=True)
    assert now["cursors"]["AIG.US"]["served"] == 1
    assert now["requests"] == {"all": 6, "empty": 5}
    assert await times(ask, requests=1) == [[local(quotes)[1]]]


async def test_misbehaviour_towards_one_symbol(server, http, ask):
    await state(server, http, misbehave={"kind": "empty", "symbols": ["IBM.US"]})
    assert await ask("usAIG")
    assert not await ask("usAIG,usIBM")


async def test_rows_that_misbehave(server, http, ask, quotes):
    first, second, third = local(quotes)[:3]
    await times(ask, "usAIG,usIBM", requests=2)
    for kind, aig in (
        ("duplicate", [second]),
        ("stale", [third.replace("10-04", "10-03")]),
        ("missing", []),
        ("damaged", []),
    ):
        await state(server, http, misbehave={"kind": kind, "symbols": ["AIG.US"]})
        reply = await ask("usAIG,usIBM")
        assert TIMES.findall(reply) == [*aig, local(quotes, "IBM")[2]]
        assert ("usAIG" in reply) == (kind != "missing")
        await state(server, http, behave=True)
    assert first != second


async def test_bodies_that_misbehave(server, http, ask):
    whole = await ask("usIBM")
    await state(server, http, rewind=True)
    for fault, expected in (
        ({"kind": "cut", "share": 0.5}, whole[: len(whole) // 2]),
        ({"kind": "drip", "seconds": 0.01}, whole),
        ({"kind": "reply", "body": "贵"}, "贵"),
    ):
        await state(server, http, misbehave=fault | {"requests": 1})
        assert await ask("usIBM") == expected
    await state(server, http, misbehave={"kind": "garbage", "requests": 1})
    assert "usIBM" not in await ask("usIBM")
    await state(server, http, misbehave={"kind": "html", "requests": 1})
    assert "<html>" in await ask("usIBM")
    await state(server, http, misbehave={"kind": "broken", "requests": 1})
    with pytest.raises(ClientError):
        await ask("usIBM")
    await state(server, http, misbehave={"kind": "status", "status": 429, "requests": 1})
    async with http.get(f"{server.url}/q=usIBM") as response:
        assert response.status == 429
    assert await ask("usIBM") == whole


async def test_a_timeout_holds_the_answer_back(server, http, ask):
    await state(server, http, misbehave={"kind": "timeout", "seconds": 60})
    asking = asyncio.ensure_future(ask("usAIG"))
    while not server.requests["timeout"]:  # the request has come in
        await state(server, http)
    assert not asking.done()
    asking.cancel()


def test_the_command_line(tmp_path):
    command = [sys.executable, "-m", "tests.standin", "--recording", str(RECORDING)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            address = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
            assert address

            async def cursors():
                async with (
                    ClientSession() as session,
                    session.get(f"{address[0]}/control") as response,
                ):
                    return json.loads(await response.text())["cursors"]

            assert asyncio.run(cursors())["SPY.US"] == {"served": 0, "of": 4839}
        finally:
            process.terminate()
    (tmp_path / "bad.csv").write_text("a,b\n")
    command[-1] = str(tmp_path / "bad.csv")
    refused = subprocess.run(command, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert "line 1" in refused.stderr
