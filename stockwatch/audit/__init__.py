"""Who did what: an entry for everything that people change, written with the change itself.

Whoever opens a door of an effect calls `record` inside the door's transaction. Models that have no
door but their own `save` are watched (`watching.watch`).
"""
