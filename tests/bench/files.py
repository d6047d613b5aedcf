"""A socket is an open file, and many systems allow a process only 256 or 1,024 of them."""

import resource
from contextlib import suppress

WANTED = 65_536


def allow_open_files() -> None:
    """Raise this process's limit, and that of the processes it starts, as far as one may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED if hard == resource.RLIM_INFINITY else min(WANTED, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
