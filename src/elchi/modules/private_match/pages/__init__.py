"""Pages of private matches."""
