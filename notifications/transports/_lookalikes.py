"""Text in the Markdown of services that document no way to escape: DingTalk and WeCom."""

import re

_MARKUP = str.maketrans("*`[]<>", "＊｀［］＜＞")
_AT_LINE_START = re.compile(r"^(\s*)([#>+-]|\d+\.)(?=\s)")


def lookalikes(text: str) -> str:
    """Replace what would be markup by the full-width form of the same character."""
    return _AT_LINE_START.sub(_widened, text.translate(_MARKUP))


def _widened(found: re.Match[str]) -> str:
    wide = "".join(chr(ord(c) + 0xFEE0) if c in "#>+-." else c for c in found[2])
    return found[1] + wide
