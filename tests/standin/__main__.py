"""`python -m tests.standin --port 9000 --recording FILE`: runs until it is ended."""

import asyncio
import contextlib
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from django.conf import settings

from monitors.market.recordings import RecordingError, read
from tests.standin.server import StandIn


def main() -> None:
    parser = ArgumentParser(prog="python -m tests.standin", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0: a free one, which is printed")
    parser.add_argument("--recording", type=Path, help="CSV of snapshots or bars, may be gzipped")
    if not settings.configured:
        settings.configure(USE_I18N=False)  # symbols explain their errors in the user's language
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(parser.parse_args()))


async def serve(arguments: Namespace) -> None:
    try:
        recording = read(arguments.recording) if arguments.recording else ()
    except RecordingError as error:
        sys.exit(str(error))
    async with StandIn(recording, arguments.host, arguments.port) as server:
        print(f"Stand-in quote server: {server.url}", flush=True)  # noqa: T201
        await asyncio.Event().wait()


main()
