"""A receiver of Stockwatch's webhooks, in a page of Python: docs/webhooks.md tells the rest.

WEBHOOK_SECRET=… python docs/webhook.py 9000     # the port, on this machine only
"""

import hashlib
import hmac
import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

TOLERANCE = 300
"""Seconds by which clocks may differ; an older request is somebody's copy."""


def verify(secret: str, timestamp: str, signature: str, body: bytes, now: float) -> bool:
    """Whether Stockwatch sent this body, lately. `body` is what came, byte for byte."""
    if not (timestamp.isascii() and timestamp.isdigit()) or abs(now - int(timestamp)) > TOLERANCE:
        return False
    mac = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256)
    return hmac.compare_digest(f"v1={mac.hexdigest()}".encode(), signature.encode())


class Receiver(BaseHTTPRequestHandler):
    """Prints what it is told, each message once."""

    seen: set[str] = set()
    """Keys of messages; keep them for a day in whatever you store things in."""

    def do_POST(self) -> None:
        """Verify, answer, and only then work: who waits ten seconds is asked again."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        timestamp = self.headers.get("X-Stockwatch-Timestamp", "")
        signature = self.headers.get("X-Stockwatch-Signature", "")
        if not verify(os.environ["WEBHOOK_SECRET"], timestamp, signature, body, time.time()):
            self.send_error(403, "the signature is wrong")
            return
        self.send_response(204)
        self.end_headers()
        key = self.headers["Idempotency-Key"]
        if key not in self.seen:
            self.seen.add(key)
            print(json.loads(body)["title"], flush=True)


if __name__ == "__main__":
    HTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver).serve_forever()
