"""The commands of the whole server."""
