"""Tests of where users are told, how that is set up and tried."""
