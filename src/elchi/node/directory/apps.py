"""The room as Django knows it."""

from django.apps import AppConfig


class Directory(AppConfig):
    """`node.directory`."""

    name = "elchi.node.directory"
    label = "directory"
    default_auto_field = "django.db.models.BigAutoField"
