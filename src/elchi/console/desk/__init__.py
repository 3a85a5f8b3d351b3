"""The desk of liaison officers."""
