"""Results: figures of the work, without personal data."""
