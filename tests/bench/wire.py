"""The client's side of the WebSocket's wire (RFC 6455): as little as a load generator needs."""

import struct
from base64 import b64encode
from typing import NamedTuple

TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA

_FINAL, _MASKED = 0x80, 0x80
# A mask of zeros is a mask by the rules, and leaves the bytes as they are: no work for us.
_NO_MASK = bytes(4)
_KEY = b64encode(bytes(16)).decode()


class Frame(NamedTuple):
    """One frame that the server sent, and where the next one begins."""

    opcode: int
    payload: bytes
    end: int


def upgrade(port: int, path: str) -> bytes:
    """Return the request that opens a socket."""
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Key: {_KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n"
    ).encode()


def masked(payload: bytes, opcode: int = TEXT) -> bytes:
    """Return a client's frame."""
    first, size = _FINAL | opcode, len(payload)
    if size < 126:
        head = bytes((first, _MASKED | size))
    elif size < 1 << 16:
        head = struct.pack("!BBH", first, _MASKED | 126, size)
    else:
        head = struct.pack("!BBQ", first, _MASKED | 127, size)
    return head + _NO_MASK + payload


def parse(data: bytes, at: int) -> Frame | None:
    """Return the frame that begins at a place, or None if it has not come in whole."""
    have = len(data) - at
    if have < 2:
        return None
    first, size = data[at], data[at + 1]
    head = 2
    if size == 126:
        head = 4
        if have < head:
            return None
        size = int.from_bytes(data[at + 2 : at + 4])
    elif size == 127:
        head = 10
        if have < head:
            return None
        size = int.from_bytes(data[at + 2 : at + 10])
    if have < head + size:
        return None
    if not first & _FINAL:
        raise ValueError("a frame in parts: the servers that we measure send none")
    end = at + head + size
    return Frame(first & 0x0F, data[at + head : end], end)
