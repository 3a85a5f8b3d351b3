"""The node as an installation: how it was made, kept and brought back, and whether it is well. It has no tables."""
