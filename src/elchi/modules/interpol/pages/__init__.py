"""Pages of the door to INTERPOL."""
