"""Elchi: software for border liaison. docs/concepts.md is the way in."""
