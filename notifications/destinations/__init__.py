"""Where a user wants to be told, and how that is set up, tried and changed.

`editing` is the one door for what a destination is; whether it is sent to is `delivery.switching`.
"""

from notifications.destinations.editing import (
    MOST,
    TooManyError,
    change,
    create,
    shared_quiet_hours,
    too_many,
)

__all__ = ["MOST", "TooManyError", "change", "create", "shared_quiet_hours", "too_many"]
