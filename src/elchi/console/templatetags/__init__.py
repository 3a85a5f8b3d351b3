"""Tags that every template of the console has."""
