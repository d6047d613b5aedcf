"""Users and monitors for a running Stockwatch, and an oracle that knows them."""

import logging
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from monitors.market import Snapshot
from tests.running import Stockwatch

if TYPE_CHECKING:
    from tests.mix import Wish
    from tests.oracle import Oracle

PASSWORD = "acceptance of the main job"


def set_django_up() -> None:
    """Look into the running Stockwatch's own database."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "stockwatch.settings"
    django.setup()
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)  # ours is the stand-in's


class Population:
    """Who uses a Stockwatch that has just been started. Needs Django set up."""

    def __init__(self, stockwatch: Stockwatch, users: int) -> None:
        from django.contrib.auth.hashers import make_password
        from django.contrib.auth.models import User
        from knox.models import AuthToken

        self._stockwatch = stockwatch
        password = make_password(PASSWORD)
        User.objects.create(username="staff", password=password, is_staff=True)
        created = [
            User.objects.create(username=f"user{number}", password=password)
            for number in range(users)
        ]
        self.tokens = {user.pk: str(AuthToken.objects.create(user)[1]) for user in created}
        """By user."""
        self.tokens[created[0].pk] = self._log_in("user0")
        self._staff = self._log_in("staff")

    def _log_in(self, username: str) -> str:
        credentials = {"username": username, "password": PASSWORD}
        token: str = self._stockwatch.call("POST", "/api/v1/auth/login", credentials)["token"]
        return token

    def switch(self, service: str) -> None:
        """`start` or `stop` the monitoring service."""
        self._stockwatch.call("POST", f"/api/v1/realtime/{service}", token=self._staff)

    def watch(
        self, snapshots: Sequence[Snapshot], monitors: int, seed: int, by_rest: int
    ) -> "Oracle":
        """Create the monitors, some through REST; return an oracle that knows them."""
        from monitors import lifecycle
        from monitors.models import Monitor
        from tests.mix import wishes
        from tests.oracle import Oracle
        from tests.side_by_side import twin_of

        oracle = Oracle()
        users = list(self.tokens)
        wanted = wishes(snapshots, monitors, len(users), seed)
        for number, wish in enumerate(tqdm(wanted, desc="monitors", file=sys.stderr)):
            owner = users[wish.user]
            if number < by_rest:
                path, body = "/api/v1/realtime/monitors", as_json(wish)
                made = self._stockwatch.call("POST", path, body, self.tokens[owner])
                monitor = Monitor.objects.select_related("instrument").get(pk=made["id"])
            else:
                hours = wish.trading_hours_only
                monitor = lifecycle.create(owner, wish.symbol, wish.rules, trading_hours_only=hours)
            oracle.add(twin_of(monitor))
        return oracle


def as_json(wish: "Wish") -> dict[str, Any]:
    """What a client sends to create the monitor."""
    return {
        "symbol": str(wish.symbol),
        "trading_hours_only": wish.trading_hours_only,
        "rules": [
            {
                "kind": rule.kind,
                **rule.params,
                "repeat": rule.repeat,
                "rearm_gap": str(rule.rearm_gap),
                "cooldown": rule.cooldown,
                "touch": rule.touch,
            }
            for rule in wish.rules
        ],
    }
