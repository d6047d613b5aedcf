"""What set-up and tests run; no part of the running system."""
