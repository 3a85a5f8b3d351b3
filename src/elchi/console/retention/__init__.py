"""Retention: how long what is kept, what a change would remove, and what was removed."""
