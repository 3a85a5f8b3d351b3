"""The room as Django knows it."""

from django.apps import AppConfig


class Officers(AppConfig):
    """`node.officers`."""

    name = "elchi.node.officers"
    label = "officers"
    default_auto_field = "django.db.models.BigAutoField"
