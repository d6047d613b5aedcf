"""Links in a message that do something without a log-in, and only once: signed and remembered.

What can be done belongs to other apps, which register it (`registry`). A link (`tokens`) only leads
to a page with a button (`views`), as chats and mail scanners open what they are sent.
"""

from notifications.links.registry import (
    ChoiceError,
    Deed,
    LinkError,
    Together,
    deeds,
    do,
    register,
)
from notifications.links.tokens import VALID_FOR, Link, actions, page, read, together, use

__all__ = [
    "VALID_FOR",
    "ChoiceError",
    "Deed",
    "Link",
    "LinkError",
    "Together",
    "actions",
    "deeds",
    "do",
    "page",
    "read",
    "register",
    "together",
    "use",
]
