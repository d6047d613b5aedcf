"""Rule kinds: one file each. Adding a kind is adding a file."""
