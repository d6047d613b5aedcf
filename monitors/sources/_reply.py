"""One HTTP request to a quote endpoint, with every bound that keeps a sweep going."""

from aiohttp import ClientError, ClientSession, ClientTimeout
from yarl import URL

from monitors.sources.base import SourceError

TIMEOUT = ClientTimeout(total=5)
LARGEST_REPLY = 4 * 1024 * 1024
_CHUNK = 64 * 1024


async def read(http: ClientSession, url: str) -> bytes:
    """Return the body of a GET, whatever its charset. Raises SourceError, and nothing else.

    The body is bounded after decompression, redirects are not followed, and the session should
    not have `trust_env`, so that no proxy of the machine gets between.
    """
    try:
        # encoded: the endpoints want their commas and dots as they are.
        address = URL(url, encoded=True)
        async with http.get(address, timeout=TIMEOUT, allow_redirects=False) as response:
            if response.status != 200:
                raise SourceError(f"HTTP {response.status}")
            body = bytearray()
            async for chunk in response.content.iter_chunked(_CHUNK):
                body += chunk
                if len(body) > LARGEST_REPLY:
                    raise SourceError(f"reply larger than {LARGEST_REPLY} bytes")
            return bytes(body)
    except TimeoutError as error:
        raise SourceError("timeout") from error
    except (ClientError, OSError, ValueError) as error:
        raise SourceError(f"{type(error).__name__}: {error}"[:200]) from error
