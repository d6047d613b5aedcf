"""What can be found: listings, how they come here, and what somebody means by a text."""

from monitors.finding.search import can_ask, find, offer, recognise

__all__ = ["can_ask", "find", "offer", "recognise"]
