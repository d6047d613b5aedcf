"""What can be found: listings, how they come here, and what somebody means by a text."""

from monitors.finding.search import SeveralMeant, can_ask, find, offer, recognise

__all__ = ["SeveralMeant", "can_ask", "find", "offer", "recognise"]
