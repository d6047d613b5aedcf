"""What users see and set of their own account: log-ins, tokens, looks, data, first minutes."""
