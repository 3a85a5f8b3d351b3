"""The room as Django knows it."""

from django.apps import AppConfig


class OfficeLog(AppConfig):
    """`node.officelog`."""

    name = "elchi.node.officelog"
    label = "officelog"
    default_auto_field = "django.db.models.BigAutoField"
