"""The room as Django knows it."""

from importlib import import_module

from django.apps import AppConfig


class Console(AppConfig):
    """`elchi.console`."""

    name = "elchi.console"
    label = "console"

    def ready(self) -> None:
        """Listen to what allauth tells; its own tables must be there first."""
        import_module("elchi.console.sign_in")
