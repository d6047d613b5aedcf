"""A user with a token and a live server, as the notifications' tests have them, and a market."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from monitors.evaluation import ingest
from monitors.market import QuoteState, Snapshot
from monitors.symbols import Symbol
from tests.notifications.conftest import (  # noqa: F401
    api,
    open_socket,
    other,
    running_daphne,
    server,
    token,
    user,
)

Trade = Callable[..., None]

MOUTAI = Symbol.parse("600519.SH")


@pytest.fixture
def trade() -> Trade:
    """Let the market trade at a price: a quote arrives, a second after the one before."""
    at = timezone.now().replace(microsecond=0) - timedelta(seconds=60)

    def one(price: str, symbol: Symbol = MOUTAI, **fields: object) -> None:
        nonlocal at
        at += timedelta(seconds=1)
        values = {
            "symbol": symbol,
            "at": at,
            "price": Decimal(price),
            "previous_close": Decimal(1700),
            "open": Decimal(1700),
            "high": None,
            "low": None,
            "volume": 100,
            "amount": None,
            "state": QuoteState.TRADING,
            "name": "贵州茅台",
            "source": "demo",
        }
        ingest([Snapshot(**values | fields)])  # type: ignore[arg-type]

    return one
