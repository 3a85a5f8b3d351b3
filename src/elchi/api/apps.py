"""The room as Django knows it."""

from django.apps import AppConfig


class Api(AppConfig):
    """`elchi.api`."""

    name = "elchi.api"
    label = "api"
