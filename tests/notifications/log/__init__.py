"""Tests of the log of what a user was told."""
