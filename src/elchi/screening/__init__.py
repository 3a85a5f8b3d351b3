"""Subject and entries in, findings with reasons out."""
