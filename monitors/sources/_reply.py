"""One HTTP request to a quote endpoint, with every bound that keeps a sweep going."""

from collections.abc import Mapping
from datetime import UTC, datetime

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout
from yarl import URL

from monitors.sources.base import SourceError
from stockwatch.replies import retry_after, words

TIMEOUT = ClientTimeout(total=5)
LARGEST_REPLY = 4 * 1024 * 1024
_CHUNK = 64 * 1024
_HEAD = 120
"""Bytes of a refusal that are shown to whoever looks for the reason."""


async def read(
    http: ClientSession,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    largest: int = LARGEST_REPLY,
) -> bytes:
    """Return the body of a GET, whatever its charset. Raises SourceError, and nothing else.

    The body is bounded after decompression, redirects are not followed, and the session should
    not have `trust_env`, so that no proxy of the machine gets between.
    """
    try:
        # encoded: the endpoints want their commas and dots as they are.
        address = URL(url, encoded=True)
        async with http.get(
            address, headers=headers, timeout=TIMEOUT, allow_redirects=False
        ) as response:
            if response.status != 200:
                raise await _refusal(response)
            body = bytearray()
            async for chunk in response.content.iter_chunked(_CHUNK):
                body += chunk
                if len(body) > largest:
                    raise SourceError(f"reply larger than {largest} bytes")
            return bytes(body)
    except TimeoutError as error:
        raise SourceError("timeout") from error
    except (ClientError, OSError, ValueError) as error:
        raise SourceError(f"{type(error).__name__}: {error}"[:200]) from error


async def _refusal(response: ClientResponse) -> SourceError:
    """Return what a status other than 200 says, with the head of its body."""
    said = words(await response.content.read(_HEAD), _HEAD)
    return SourceError(
        f"HTTP {response.status}: {said}" if said else f"HTTP {response.status}",
        status=response.status,
        retry_after=retry_after(response.headers.get("Retry-After", ""), datetime.now(UTC)),
    )
