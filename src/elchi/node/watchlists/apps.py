"""The room as Django knows it."""

from django.apps import AppConfig


class Watchlists(AppConfig):
    """`node.watchlists`."""

    name = "elchi.node.watchlists"
    label = "watchlists"
    default_auto_field = "django.db.models.BigAutoField"
