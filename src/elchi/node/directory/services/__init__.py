"""Verbs of the directory."""

from elchi.node.directory.services.reference import load_reference_data

__all__ = ["load_reference_data"]
