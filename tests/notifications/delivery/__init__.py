"""Tests of how notifications get to their destinations."""
