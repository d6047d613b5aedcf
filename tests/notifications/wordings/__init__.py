"""Tests of wordings of users' own."""
