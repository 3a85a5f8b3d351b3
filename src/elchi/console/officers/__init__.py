"""Pages of officers: the administrator's, and everybody's own."""
