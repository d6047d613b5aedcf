"""`python -m tests.bench [NAME …]`: run the benchmarks, each on servers and data of its own."""

import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path

from tests.bench.files import allow_open_files
from tests.servers import start_postgres, start_valkey

BENCHMARKS = {
    "evaluation": ("sqlite", "postgres"),
    "pages": ("sqlite", "postgres"),
    "parsing": ("sqlite",),
    "sweep": ("sqlite", "postgres"),
    "burst": ("sqlite",),
    "fanout": ("sqlite",),
    "storm": ("sqlite",),
    "idle": ("sqlite",),
    "latency": ("sqlite", "postgres"),
    "delivery": ("sqlite", "postgres"),
}
"""By name: the databases to run on."""

GROUPS = {"sockets": ("burst", "fanout", "storm", "idle", "latency")}
"""Names that stand for several."""

CHILD = "--in-this-process"


def main(chosen: list[str]) -> int:
    """Run the named benchmarks, or all, in a process a database."""
    if unknown := set(chosen) - BENCHMARKS.keys() - GROUPS.keys():
        known = ", ".join([*BENCHMARKS, *GROUPS])
        print(f"no benchmark {min(unknown)}: there are {known}", file=sys.stderr)
        return 2
    chosen = [name for word in chosen for name in GROUPS.get(word, (word,))]
    worst = 0
    for name, databases in BENCHMARKS.items():
        for database in databases if not chosen or name in chosen else ():
            worst = max(worst, _run(name, database))
    return worst


def _run(name: str, database: str) -> int:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="stockwatch-")))
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "stockwatch.settings",
            "STOCKWATCH_DATA": str(folder),
            "REDIS_URL": stack.enter_context(start_valkey(folder)),
            "DATABASE_URL": "",
            "QUOTE_SOURCES": "tencent",
        }
        if database == "postgres":
            environment["DATABASE_URL"] = stack.enter_context(start_postgres(folder / "postgres"))
        command = [sys.executable, "-m", "tests.bench", CHILD, name]
        return subprocess.run(command, env=environment, check=False).returncode


def _child(name: str) -> int:
    import django
    from django.core.management import call_command

    django.setup()
    allow_open_files()
    call_command("migrate", verbosity=0)
    import_module(f"tests.bench.{name}").run()
    return 0


if __name__ == "__main__":
    arguments = sys.argv[1:]
    sys.exit(_child(arguments[1]) if arguments[:1] == [CHILD] else main(arguments))
