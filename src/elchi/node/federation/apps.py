"""The room as Django knows it."""

from django.apps import AppConfig


class Federation(AppConfig):
    """`node.federation`."""

    name = "elchi.node.federation"
    label = "federation"
    default_auto_field = "django.db.models.BigAutoField"
