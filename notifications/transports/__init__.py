"""Transports: one file each way of reaching a user. Adding a way is adding a file."""
