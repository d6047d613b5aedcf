"""How many frames a client may send."""

FRAMES_A_SECOND = 20.0
BURST = 20.0

PATIENCE = 60.0
"""Refused frames, less what the pace allows, after which going on is taken for abuse."""


class Pace:
    """A token bucket. Refused frames cost a token too: who does not slow down stays refused."""

    __slots__ = ("_at", "_tokens")

    def __init__(self, now: float) -> None:
        self._tokens = BURST
        self._at = now

    def take(self, now: float) -> float | None:
        """Count a frame; return None if it may pass, else after how many seconds one may."""
        self._tokens = min(BURST, self._tokens + (now - self._at) * FRAMES_A_SECOND)
        self._at = now
        self._tokens -= 1
        return None if self._tokens >= 0 else -self._tokens / FRAMES_A_SECOND

    @property
    def abused(self) -> bool:
        """Whether the client has gone on in spite of the refusals."""
        return self._tokens < -PATIENCE
