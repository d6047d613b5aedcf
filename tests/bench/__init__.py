"""Benchmarks: one JSON line a figure, each beside a floor that was measured in the same run."""
