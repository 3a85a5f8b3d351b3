"""Checks, findings, judgements, manifests, and how long what is kept."""
