"""How Stockwatch does, in words: looked up once (`facts`), judged (`findings`), and shown."""
