"""The quote sources, one module each."""
