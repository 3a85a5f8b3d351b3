"""Lists in the console."""
