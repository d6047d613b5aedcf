"""The admin's pages of what was said, where it goes, and whether it arrived."""

from notifications.admin import deliveries, destinations, log, wordings

__all__ = ["deliveries", "destinations", "log", "wordings"]
