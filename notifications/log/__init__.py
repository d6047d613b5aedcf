"""The log of what a user was told: shown, searched, marked as read. `dispatch` writes it."""
