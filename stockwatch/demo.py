"""What makes the demo market worth a look at once: a user to log in as, and monitors that fire."""

import secrets
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from ipaddress import ip_address
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from monitors import lifecycle
from monitors.kinds import configured_sources
from monitors.lifecycle import RuleSpec
from monitors.rules.base import text
from monitors.sources.demo import DEMO_SYMBOLS, SOURCE, price
from monitors.symbols import Symbol
from stockwatch.account import tour
from stockwatch.private_files import write_private

USERNAME = "demo"


def ensure_login() -> tuple[str, str] | None:
    """Return name and password of the demo user, made with its monitors on the first start.

    None where the demo market is not in use. What the user has changed since is left alone; a
    password that was changed, or a user that was deleted, is no longer ours to tell.
    """
    if SOURCE not in configured_sources():
        return None
    kept = settings.STOCKWATCH_DATA / "demo-password"
    password = _read(kept)
    user = User.objects.filter(username=USERNAME).first()
    if user is None and not password:
        password = secrets.token_urlsafe(9)
        write_private(kept, password + "\n")
        user = _make(password)
    elif user is None and not User.objects.exists():
        user = _make(password)  # the database was begun anew
    if user is None or not password or not user.check_password(password):
        return None
    return USERNAME, password


def _make(password: str) -> User:
    # Whoever can reach the address could log in as staff, so only where nobody else can reach it.
    staff = is_loopback(settings.HOST)
    with transaction.atomic():
        user = User.objects.create_user(
            USERNAME, password=password, is_staff=staff, is_superuser=staff
        )
        _watch(user.pk, timezone.now())
        tour.promise(user.pk)  # these monitors are nobody's own, and lead nobody through the pages
    return user


def _watch(user_id: int, now: datetime) -> None:
    """Make three monitors with levels so near to the price that something fires within minutes."""
    first, second, third = DEMO_SYMBOLS[:3]
    near = Decimal("0.0008")
    monitors: list[tuple[Symbol, str, Callable[[Decimal], list[RuleSpec]]]] = [
        (
            first,
            "buy",
            lambda now_at: [
                _rule("entry_zone", first, min=now_at * (1 - 3 * near), max=now_at * (1 - near)),
                _rule("take_profit", first, price=now_at * (1 + near)),
                _rule("stop_loss", first, price=now_at * Decimal("0.98")),
            ],
        ),
        (
            second,
            "hold",
            lambda now_at: [
                _rule("price_above", second, price=now_at * (1 + near)),
                _rule("price_below", second, price=now_at * (1 - near)),
            ],
        ),
        (
            third,
            "",
            lambda now_at: [
                _rule("price_above", third, price=now_at * (1 + near / 2)),
                _rule("stop_loss", third, price=now_at * Decimal("0.97")),
            ],
        ),
    ]
    for symbol, rating, rules in monitors:
        lifecycle.create(
            user_id,
            symbol,
            rules(price(symbol, now)),
            rating=rating,
            trading_hours_only=False,
        )


def _rule(kind: str, symbol: Symbol, **levels: Decimal) -> RuleSpec:
    on_tick = {
        name: text((level / symbol.tick).to_integral_value() * symbol.tick)
        for name, level in levels.items()
    }
    # The gap keeps a price that hovers at its level from firing every few seconds.
    return RuleSpec(kind=kind, params=on_tick, rearm_gap=Decimal("0.2"))


def is_loopback(host: str) -> bool:
    """Tell whether only this machine reaches the address."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def _read(path: Path) -> str:
    return path.read_text("utf-8").strip() if path.exists() else ""
