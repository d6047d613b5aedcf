"""Standard output for a process that must never wait for its reader."""

import os
import select
from contextlib import suppress

STANDARD_OUTPUT = 1


class Terminal:
    """Standard output that never blocks: a reader that stopped reading must not stop the parts.

    What cannot be written at once is dropped here; the log files have all of it.
    """

    def __init__(self, descriptor: int = STANDARD_OUTPUT) -> None:
        self._descriptor = descriptor
        self._unfinished: dict[str, bytes] = {}

    def line(self, text: str) -> None:
        """Write one line."""
        self._write(text.encode() + b"\n")

    def output(self, part: str, data: bytes) -> None:
        """Write what a part said, line by line, each with the part's name before it."""
        *lines, rest = (self._unfinished.pop(part, b"") + data).split(b"\n")
        self._unfinished[part] = rest[-select.PIPE_BUF :]
        for line in lines:
            self._write(f"{part:>6} | ".encode() + line + b"\n")

    def _write(self, data: bytes) -> None:
        # A pipe that select calls writable takes PIPE_BUF bytes without blocking.
        with suppress(OSError, ValueError):
            for start in range(0, len(data), select.PIPE_BUF):
                if not select.select([], [self._descriptor], [], 0)[1]:
                    return
                os.write(self._descriptor, data[start : start + select.PIPE_BUF])
