"""The REST API: the same services as the console, for programs."""
