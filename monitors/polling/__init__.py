"""A sweep: which instruments are due, what of them the budgets allow, and what it brought."""

from monitors.polling.choosing import (
    Candidate,
    candidates,
    chunks,
    due,
    mark_polled,
    markets_always_open,
)

__all__ = ["Candidate", "candidates", "chunks", "due", "mark_polled", "markets_always_open"]
