"""The WebSocket (contract §6): who is there, what they follow, and how it reaches them.

`consumers` serves one socket: `handshake` and `authentication` say whose it is, `frames` what it
asks, `streams` what it follows, `connection` what waits to go out. `registry` looks after all
sockets of a process, `hub` brings them what the channel layer carries. `api` issues `tickets`.
"""
