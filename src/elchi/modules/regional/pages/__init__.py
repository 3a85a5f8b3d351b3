"""Pages of the regional module."""
