"""The room as Django knows it."""

from django.apps import AppConfig


class Console(AppConfig):
    """`elchi.console`."""

    name = "elchi.console"
    label = "console"
