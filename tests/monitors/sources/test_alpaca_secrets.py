"""The user's key is told to Alpaca and to nobody else."""

import logging

import pytest

from monitors.sources.alpaca import Alpaca
from monitors.sources.base import SourceError
from tests.monitors.sources.alpaca import KEY, SECRET, SYMBOL


def chain(error: BaseException | None) -> str:
    """All that a traceback could show of an error and of what led to it."""
    parts = []
    while error is not None:
        parts += [str(error), repr(error), repr(vars(error))]
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return " ".join(parts)


@pytest.mark.parametrize("status", [200, 302, 400, 401, 403, 429, 500])
@pytest.mark.parametrize("secret", [KEY, SECRET])
@pytest.mark.parametrize("before", [0, 110])  # 110: the head that is shown ends amidst it
async def test_a_server_that_sends_the_key_back(
    answering, point, http, caplog, status, secret, before
):
    caplog.set_level(logging.DEBUG)
    server = await answering(("-" * before + f" {secret} {secret}").encode(), status=status)
    point("alpaca", server.url)
    for ask in (Alpaca().fetch([SYMBOL], http), Alpaca().history(SYMBOL, http)):
        with pytest.raises(SourceError) as refused:
            await ask
        assert secret[:6] not in chain(refused.value) + caplog.text
        assert (f"HTTP {status}" in str(refused.value)) == (status != 200)


@pytest.mark.parametrize("odd", ["\n", "\udc80", "\x00", "贵"])
async def test_a_key_that_no_header_can_carry(answering, point, settings, http, odd):
    server = await answering(status=403)
    point("alpaca", server.url)
    settings.ALPACA_SECRET = SECRET + odd
    with pytest.raises(SourceError) as refused:
        await Alpaca().fetch([SYMBOL], http)
    assert SECRET not in chain(refused.value)
    assert SECRET not in repr(Alpaca())


async def test_a_server_that_is_not_there_learns_and_tells_nothing(
    settings, http, unused_tcp_port, caplog
):
    caplog.set_level(logging.DEBUG)
    settings.ALPACA_URL = f"http://127.0.0.1:{unused_tcp_port}"
    with pytest.raises(SourceError) as refused:
        await Alpaca().fetch([SYMBOL], http)
    assert KEY not in chain(refused.value) + caplog.text
    assert SECRET not in chain(refused.value) + caplog.text
