"""The room as Django knows it."""

from django.apps import AppConfig


class Checks(AppConfig):
    """`node.checks`."""

    name = "elchi.node.checks"
    label = "checks"
    default_auto_field = "django.db.models.BigAutoField"
