"""The room as Django knows it."""

from django.apps import AppConfig


class Federation(AppConfig):
    """`node.federation`."""

    name = "elchi.node.federation"
    label = "federation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have what partners say of themselves handled."""
        from elchi.node.federation import agreeing, heard  # noqa: PLC0415  tables are there only now

        heard.register_kinds()
        agreeing.register_kinds()
