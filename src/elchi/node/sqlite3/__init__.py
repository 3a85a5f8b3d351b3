"""Django's SQLite, with a queue before it."""
