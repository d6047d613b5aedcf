"""What members of staff are told about the service itself."""
