"""Manifests: hand one in, watch it, take the answers away."""
