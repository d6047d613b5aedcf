"""Stockwatch under faults: everything may die, nothing may be lost. See `__main__`."""
