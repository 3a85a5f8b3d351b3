"""The room as Django knows it."""

from django.apps import AppConfig


class Checks(AppConfig):
    """`node.checks`."""

    name = "elchi.node.checks"
    label = "checks"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say what is done with questions and answers of partners."""
        from elchi.node.checks.kinds import AnswerKind, QuestionKind  # noqa: PLC0415  tables are known only now
        from elchi.node.federation.kinds import register  # noqa: PLC0415

        register("question", QuestionKind())
        register("answer", AnswerKind())
