"""Monitors, quotes and the service in REST (contract §4)."""
