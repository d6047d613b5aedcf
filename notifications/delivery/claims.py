"""Who is sending to a destination. What a worker held when it died it lets go when it starts again.

Else its destinations would wait for the end of their leases, which are as long as the slowest
service is patient.
"""

import logging
import os
from datetime import datetime

from django.db import DatabaseError

from notifications.models import Destination

logger = logging.getLogger(__name__)

_name = ""


def holder() -> str:
    """Return by what name this process holds what it sends to."""
    return _name or f"process {os.getpid()}"


def start_as(name: str, now: datetime) -> int:
    """Hold by a name from now on, the same after each start; return how many are let go.

    Call it before the first task is taken, and of two workers that run never by the same name.
    Those that were handed out and not begun are let go as well, for what told their workers may be
    lost with the broker: a worker that comes to one all the same finds that it is no more its own.
    """
    global _name  # noqa: PLW0603 -- a process has one name
    _name = name[:255]
    try:
        return Destination.objects.let_go(_name, now)
    except DatabaseError as error:
        logger.warning("what was held by %s waits for the end of its leases: %r", name, error)
        return 0
