"""Files with secrets: readable by this user alone, at every moment, and never half written."""

import os
from contextlib import suppress
from pathlib import Path


def write_private(file: Path, text: str, *, once: bool = False) -> None:
    """Replace a file in one step; `once`: the one that is there, or gets there first, stays."""
    draft = file.with_name(f".{file.name}-{os.getpid()}")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as target:
        target.write(text)
    if not once:
        draft.replace(file)
        return
    with suppress(FileExistsError):
        os.link(draft, file)
    draft.unlink()
