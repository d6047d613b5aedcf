"""Text in standard Markdown (CommonMark, 2.4): punctuation after a backslash is itself."""

import re

_PUNCTUATION = re.compile(r"([\\`*_{}\[\]<>#|~&!])")
_AT_LINE_START = re.compile(r"^(\s*)(?:([+-])(?=\s)|(\d+)(?=\.(?:\s|$)))")


def backslashes(text: str) -> str:
    """Escape what would be markup; signs of numbers and decimal points stay as they are."""
    return _AT_LINE_START.sub(_escaped, _PUNCTUATION.sub(r"\\\1", text))


def _escaped(found: re.Match[str]) -> str:
    before, sign, number = found.groups()
    return f"{before}\\{sign}" if sign else f"{before}{number}\\"
