"""A small client of the API of a node, for programs."""
