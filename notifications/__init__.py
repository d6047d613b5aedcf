"""What was said, to whom, and whether it arrived."""
