"""The map of crossings and offices: drawn on the server, from shapes that travel with the package."""
