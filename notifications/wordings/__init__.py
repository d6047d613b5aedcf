"""Wordings of a user's own: written, previewed and saved. `composing.wordings` uses them."""
