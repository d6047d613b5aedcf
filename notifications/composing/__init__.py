"""What is sent: a notification's facts, in our words or a user's own, alone or in a digest. Pure.

`facts` says what a notification tells as values, `wordings` which words of a user's own it has,
`messages` puts it together.
"""

from notifications.composing.messages import Reader, compose, fitting

__all__ = ["Reader", "compose", "fitting"]
