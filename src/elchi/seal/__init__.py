"""Bytes in, sealed bytes out. Primitives come from `cryptography`; here are only their uses."""
