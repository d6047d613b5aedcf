"""A stand-in for the public quote endpoints: it replays recordings and misbehaves on command."""
