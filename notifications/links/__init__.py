"""Links in a message that do something without a log-in, and only once: signed and remembered.

What can be done belongs to other apps, which register it (`registry`). A link (`tokens`) only leads
to a page with a button (`views`), as chats and mail scanners open what they are sent.
"""

from notifications.links.registry import ChoiceError, Deed, LinkError, deeds, do, register
from notifications.links.tokens import VALID_FOR, actions, read, use

__all__ = [
    "VALID_FOR",
    "ChoiceError",
    "Deed",
    "LinkError",
    "actions",
    "deeds",
    "do",
    "read",
    "register",
    "use",
]
