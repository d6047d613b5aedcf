"""How many frames a client may send."""

FRAMES_A_SECOND = 20.0
BURST = 20.0

PATIENCE = 60.0
"""Refused frames, less what the pace allows, after which going on is taken for abuse."""


class Pace:
    """A token bucket. Refused frames cost a token too: who does not slow down stays refused.

    Frames are counted when they are taken up. While the server is at one, those that come within
    the pace wait, and are then taken up at once: for that time the bucket holds more.
    """

    __slots__ = ("_at", "_done_at", "_size", "_tokens")

    def __init__(self, now: float) -> None:
        self._tokens = self._size = BURST
        self._at = self._done_at = now

    def take(self, now: float) -> float | None:
        """Count a frame; return None if it may pass, else after how many seconds one may."""
        self._size = max(BURST, self._size - (now - self._done_at) * FRAMES_A_SECOND)
        self._tokens = min(self._size, self._tokens + (now - self._at) * FRAMES_A_SECOND)
        self._at = self._done_at = now
        self._tokens -= 1
        return None if self._tokens >= 0 else -self._tokens / FRAMES_A_SECOND

    def done(self, now: float) -> None:
        """Note that the frame that was counted last is done with: the next one is taken up."""
        self._size += (now - self._done_at) * FRAMES_A_SECOND
        self._done_at = now

    @property
    def abused(self) -> bool:
        """Whether the client has gone on in spite of the refusals."""
        return self._tokens < -PATIENCE
