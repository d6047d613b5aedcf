"""How services count the length of a text, where not in characters."""

import orjson


def in_bytes(text: str) -> int:
    """Count the bytes of UTF-8."""
    return len(text.encode())


def in_json(text: str) -> int:
    """Count the bytes that it takes in JSON, where the whole request has a limit."""
    return len(orjson.dumps(text)) - 2


def in_utf16(text: str) -> int:
    """Count the code units of UTF-16: an emoji is two."""
    return len(text.encode("utf-16-le")) // 2
