"""The room as Django knows it."""

from django.apps import AppConfig


class Audit(AppConfig):
    """`node.audit`."""

    name = "elchi.node.audit"
    label = "audit"
