"""The room as Django knows it."""

from django.apps import AppConfig


class Cases(AppConfig):
    """`node.cases`."""

    name = "elchi.node.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"
