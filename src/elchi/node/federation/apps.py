"""The room as Django knows it."""

from django.apps import AppConfig


class Federation(AppConfig):
    """`node.federation`."""

    name = "elchi.node.federation"
    label = "federation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have what partners say of themselves, of agreements and of their messages handled."""
        from elchi.node.federation import agreeing, filing, heard  # noqa: PLC0415  tables are there only now
        from elchi.node.federation.kinds import register  # noqa: PLC0415
        from elchi.node.federation.services import ending  # noqa: PLC0415

        heard.register_kinds()
        agreeing.register_kinds()
        filing.register_kinds()
        register(ending.WITHDRAWAL, ending.Withdrawal())
