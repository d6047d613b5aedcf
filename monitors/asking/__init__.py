"""Asks the sources, each within its budget and in order of preference, for all that they know."""
