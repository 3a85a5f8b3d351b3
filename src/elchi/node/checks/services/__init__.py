"""Verbs of the room, one file a group."""

from elchi.node.checks.services.manifests import cancel_manifest, export_manifest, screen_manifests, submit_manifest
from elchi.node.checks.services.shifts import end_shift, start_shift
from elchi.node.checks.services.submit import Answer, read_check, submit_check

__all__ = [
    "Answer",
    "cancel_manifest",
    "end_shift",
    "export_manifest",
    "read_check",
    "screen_manifests",
    "start_shift",
    "submit_check",
    "submit_manifest",
]
