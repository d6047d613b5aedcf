"""The project's settings, with the patience that a test gives a live server."""

import os
from ipaddress import ip_network

from stockwatch.settings import *  # noqa: F403

WS_AUTH_SECONDS = float(os.environ.get("TEST_WS_AUTH_SECONDS", "10"))
WS_PING_SECONDS = float(os.environ.get("TEST_WS_PING_SECONDS", "25"))
WS_PONG_SECONDS = float(os.environ.get("TEST_WS_PONG_SECONDS", "10"))

# Its port is read from what daphne says.
LOGGING = LOGGING | {"loggers": {"daphne": {"level": "INFO"}}}  # noqa: F405

# Services that stand in for the real ones listen on this machine.
DELIVERY_ALLOWED_NETWORKS = [ip_network("127.0.0.0/8")]

# Nobody guesses the passwords of tests, and thousands of tests make users.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
