"""The way out: HTTP requests to addresses that users name, and where these may go."""

from notifications.outgoing.client import LARGEST_ANSWER, Answer, Outgoing, UnreachableError

__all__ = ["LARGEST_ANSWER", "Answer", "Outgoing", "UnreachableError"]
