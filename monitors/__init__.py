"""What to watch, what the market says, what fires."""
