"""What a client's frame may say (contract §6), and how a mistake in it is named."""

from collections.abc import Mapping
from typing import Any

import orjson
from django.utils.translation import gettext as _

MAX_FRAME_BYTES = 64 * 1024
MAX_ID_CHARACTERS = 64
MAX_INTEGER = 2**63 - 1

Id = int | str | None


class FrameError(Exception):
    """A frame that cannot be done as it is; `code` and the message go to the client."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        retry_after: float | None = None,
        close: int | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.retry_after = retry_after
        self.close = close
        """The code to close the socket with, where going on makes no sense."""
        self.details = details or {}
        """Further fields of the error frame."""

    def frame(self, frame_id: Id = None) -> dict[str, Any]:
        """Return the error frame that tells the client."""
        return {
            "type": "error",
            "id": frame_id,
            "code": self.code,
            "message": self.message,
            "retry_after": self.retry_after,
            **self.details,
        }


def invalid(message: str) -> FrameError:
    """Return the error of a field that will not do; the message names the field."""
    return FrameError("invalid", message)


class Frame:
    """A client's frame. Each field is read by what it must be; `finish` refuses the rest."""

    def __init__(self, values: dict[str, Any]) -> None:
        self._rest = dict(values)
        self.id = self._read_id()

    @classmethod
    def parse(cls, text: str | None) -> "Frame":
        """Read a frame's text; what is no JSON object in a text frame ends the connection."""
        if text is None:
            raise _broken(_("Frames are text, not binary."))
        if len(text) > MAX_FRAME_BYTES or len(text.encode(errors="replace")) > MAX_FRAME_BYTES:
            raise _broken(_("A frame is at most 64 KiB."))
        try:
            values = orjson.loads(text)
        except orjson.JSONDecodeError as error:
            raise _broken(_("Not valid JSON: %(why)s.") % {"why": error}) from error
        if not isinstance(values, dict):
            raise _broken(_("A frame is a JSON object."))
        return cls(values)

    def _read_id(self) -> Id:
        value = self._rest.pop("id", None)
        match value:
            case None | int() if not isinstance(value, bool):
                return value
            case str() if len(value) <= MAX_ID_CHARACTERS:
                return value
        raise invalid(_("id: write a whole number or a text of at most 64 characters."))

    def text(self, name: str) -> str:
        """Take a text that must be there."""
        value = self._rest.pop(name, None)
        if not isinstance(value, str):
            raise invalid(_("%(name)s: write a text.") % {"name": name})
        return value

    def whole(self, name: str, low: int = 0) -> int | None:
        """Take a whole number of at least `low`; None if it was left out."""
        if name not in self._rest:
            return None
        value = self._rest.pop(name)
        if not _is_whole(value, low):
            raise invalid(
                _("%(name)s: write a whole number, at least %(low)d.") % {"name": name, "low": low}
            )
        return int(value)

    def texts(self, name: str) -> list[str]:
        """Take a list of texts that must be there, and not be empty."""
        value = self._rest.pop(name, None)
        if not isinstance(value, list) or not value or not all(isinstance(v, str) for v in value):
            raise invalid(_("%(name)s: write a list of texts.") % {"name": name})
        return value

    def wholes(self, name: str, low: int = 1) -> list[int]:
        """Take a list of whole numbers that must be there, and not be empty."""
        value = self._rest.pop(name, None)
        if not isinstance(value, list) or not value or not all(_is_whole(v, low) for v in value):
            raise invalid(_("%(name)s: write a list of whole numbers.") % {"name": name})
        return value

    def finish(self) -> None:
        """Refuse the fields that nothing has taken."""
        if self._rest:
            name = next(iter(self._rest))
            raise invalid(_("%(name)s: unknown field.") % {"name": name[:MAX_ID_CHARACTERS]})


def _is_whole(value: Any, low: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= MAX_INTEGER


def _broken(message: str) -> FrameError:
    return FrameError("bad_frame", message, close=4000)
