"""Watchlists: formats, one reader each; entries; versions on disk."""
