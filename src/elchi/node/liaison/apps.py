"""The room as Django knows it."""

from django.apps import AppConfig


class Liaison(AppConfig):
    """`node.liaison`."""

    name = "elchi.node.liaison"
    label = "liaison"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say what is done with requests and replies of partners."""
        from elchi.node.federation.kinds import register  # noqa: PLC0415  tables are known only now
        from elchi.node.liaison.kinds import AlertKind, AlertReplyKind, ReplyKind, RequestKind  # noqa: PLC0415

        register("request", RequestKind())
        register("reply", ReplyKind())
        register("alert", AlertKind())
        register("alert_reply", AlertReplyKind())
