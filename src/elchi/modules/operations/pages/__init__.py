"""Pages of the operations of an office."""
