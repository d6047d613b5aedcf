"""Keeps the garbage collector's pauses out of an alert's way."""

import gc

YOUNG = 20_000
"""New objects, less freed ones, after which the youngest are looked at (CPython: 700)."""


def shorten_pauses() -> None:
    """Have the collector pass over all that the process has loaded, and look more rarely.

    A look at everything takes some 50 ms here, during which nothing is told; almost all of it is
    modules and classes, which never become garbage.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])
