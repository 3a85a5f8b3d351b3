import django.db.models.deletion
import django.utils.timezone
import elchi.modules.interpol.gateway
import elchi.modules.interpol.offline.document_key
import elchi.modules.interpol.question
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("directory", "0001_initial"),
        ("federation", "0001_initial"),
        ("officers", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccessPolicy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lines", models.JSONField()),
                ("reason", models.CharField(max_length=300)),
                ("by", models.CharField(max_length=150)),
                ("from_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="AccessPoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=32, unique=True)),
                ("name", models.CharField(max_length=200)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("liaison_office", "liaison_office"),
                            ("crossing", "crossing"),
                            ("police", "police"),
                            ("customs", "customs"),
                            ("migration", "migration"),
                        ],
                        max_length=16,
                    ),
                ),
                ("latitude", models.FloatField(blank=True, null=True)),
                ("longitude", models.FloatField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("registered", "registered"),
                            ("approved", "approved"),
                            ("serving", "serving"),
                            ("suspended", "suspended"),
                            ("refused", "refused"),
                            ("retired", "retired"),
                        ],
                        default="registered",
                        max_length=12,
                    ),
                ),
                ("registered_by", models.CharField(max_length=150)),
                ("registered_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("first_success_at", models.DateTimeField(blank=True, null=True)),
                ("last_success_at", models.DateTimeField(blank=True, null=True)),
                ("last_query_at", models.DateTimeField(blank=True, null=True)),
                ("heard_at", models.DateTimeField(blank=True, null=True)),
                (
                    "office",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="access_point",
                        to="directory.office",
                    ),
                ),
                (
                    "partner",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="access_point",
                        to="federation.partner",
                    ),
                ),
            ],
            options={
                "ordering": ["code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("office__isnull", False), ("partner__isnull", True)),
                            models.Q(("office__isnull", True), ("partner__isnull", False)),
                            _connector="OR",
                        ),
                        name="access_point_of_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("latitude__isnull", True), ("longitude__isnull", True)),
                            models.Q(("latitude__range", (-90, 90)), ("longitude__range", (-180, 180))),
                            _connector="OR",
                        ),
                        name="access_point_place_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ConfirmationRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("message_id", models.CharField(max_length=36)),
                ("thread", models.CharField(max_length=36)),
                ("agreement", models.CharField(max_length=90)),
                ("purpose", models.CharField(max_length=40)),
                ("reference", models.CharField(max_length=64)),
                ("record", models.CharField(blank=True, max_length=100)),
                ("reported", models.CharField(max_length=16)),
                ("subject", models.JSONField(null=True)),
                ("came_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("due_at", models.DateTimeField()),
                (
                    "answer",
                    models.CharField(
                        blank=True, choices=[("confirmed", "confirmed"), ("refuted", "refuted")], max_length=10
                    ),
                ),
                ("answered_at", models.DateTimeField(null=True)),
                ("answered_by", models.CharField(blank=True, max_length=150)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("keep_until", models.DateField(null=True)),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="federation.partner"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(fields=("partner", "message_id"), name="one_confirmation_request"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", ""), ("answered_at__isnull", True)),
                            models.Q(models.Q(("answer", ""), _negated=True), ("answered_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="request_answered_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Query",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("question", models.CharField(max_length=36, unique=True)),
                ("message_id", models.CharField(blank=True, db_index=True, max_length=36)),
                ("agreement", models.CharField(blank=True, max_length=90)),
                ("by", models.CharField(max_length=150)),
                ("via", models.CharField(max_length=8)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("document", "document"),
                            ("person", "person"),
                            ("vehicle", "vehicle"),
                            ("firearm", "firearm"),
                        ],
                        max_length=10,
                    ),
                ),
                ("purpose", models.CharField(max_length=40)),
                ("mark", models.CharField(blank=True, max_length=32)),
                ("shown", models.CharField(blank=True, max_length=40)),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("answered", "answered"),
                            ("waiting", "waiting"),
                            ("refused", "refused"),
                            ("expired", "expired"),
                        ],
                        max_length=8,
                    ),
                ),
                ("code", models.CharField(blank=True, max_length=64)),
                ("reason", models.CharField(blank=True, max_length=40)),
                (
                    "guidance",
                    models.CharField(
                        blank=True,
                        choices=[
                            (
                                elchi.modules.interpol.gateway.Guidance["NOTHING_REPORTED"],
                                elchi.modules.interpol.gateway.Guidance["NOTHING_REPORTED"],
                            ),
                            (
                                elchi.modules.interpol.gateway.Guidance["REFER"],
                                elchi.modules.interpol.gateway.Guidance["REFER"],
                            ),
                            (
                                elchi.modules.interpol.gateway.Guidance["ASK_AGAIN"],
                                elchi.modules.interpol.gateway.Guidance["ASK_AGAIN"],
                            ),
                            (
                                elchi.modules.interpol.gateway.Guidance["NOBODY_ANSWERED"],
                                elchi.modules.interpol.gateway.Guidance["NOBODY_ANSWERED"],
                            ),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            (
                                elchi.modules.interpol.question.Outcome["NO_HIT"],
                                elchi.modules.interpol.question.Outcome["NO_HIT"],
                            ),
                            (
                                elchi.modules.interpol.question.Outcome["HIT"],
                                elchi.modules.interpol.question.Outcome["HIT"],
                            ),
                            (
                                elchi.modules.interpol.question.Outcome["MANY"],
                                elchi.modules.interpol.question.Outcome["MANY"],
                            ),
                        ],
                        max_length=6,
                    ),
                ),
                ("took_ms", models.FloatField(null=True)),
                ("reference", models.CharField(blank=True, max_length=64)),
                ("progress", models.CharField(blank=True, max_length=10)),
                ("progress_at", models.DateTimeField(null=True)),
                (
                    "bureau",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="federation.partner",
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "point",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="queries",
                        to="interpol.accesspoint",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["point", "asked_at"], name="query_of_point"),
                    models.Index(fields=["asked_at"], name="query_by_time"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("bureau__isnull", True), ("point__isnull", False)),
                            models.Q(("bureau__isnull", False), ("point__isnull", True)),
                            _connector="OR",
                        ),
                        name="query_asked_of_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("guidance", ""), ("state", "answered"), _negated=True),
                        name="query_answered_with_guidance",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HitConfirmation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("record", models.CharField(blank=True, max_length=100)),
                ("owner", models.CharField(max_length=8)),
                ("reported", models.CharField(max_length=16)),
                ("subject", models.JSONField(null=True)),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("hit", "hit"),
                            ("asked", "asked"),
                            ("no_answer", "no_answer"),
                            ("confirmed", "confirmed"),
                            ("refuted", "refuted"),
                            ("acted", "acted"),
                            ("closed", "closed"),
                        ],
                        default="hit",
                        max_length=10,
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("times", models.JSONField(default=dict)),
                (
                    "act",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("document_seized", "document_seized"),
                            ("refused_entry", "refused_entry"),
                            ("handed_over", "handed_over"),
                            ("detained", "detained"),
                            ("questioned", "questioned"),
                            ("let_go", "let_go"),
                            ("nothing", "nothing"),
                        ],
                        max_length=16,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300)),
                ("message_id", models.CharField(blank=True, db_index=True, max_length=36)),
                ("asked_by", models.CharField(blank=True, max_length=150)),
                ("acted_by", models.CharField(blank=True, max_length=150)),
                ("opened_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "partner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="federation.partner",
                    ),
                ),
                (
                    "query",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="hits", to="interpol.query"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["step", "due_at"], name="hit_due")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("step__in", ("acted", "closed")), _negated=True),
                            models.Q(("act", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="hit_acted",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="QueryAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "source",
                    models.CharField(
                        blank=True,
                        choices=[("online", "online"), ("offline", "offline"), ("own_copy", "own_copy")],
                        max_length=8,
                    ),
                ),
                (
                    "guidance",
                    models.CharField(
                        choices=[
                            (
                                elchi.modules.interpol.gateway.Guidance["NOTHING_REPORTED"],
                                elchi.modules.interpol.gateway.Guidance["NOTHING_REPORTED"],
                            ),
                            (
                                elchi.modules.interpol.gateway.Guidance["REFER"],
                                elchi.modules.interpol.gateway.Guidance["REFER"],
                            ),
                            (
                                elchi.modules.interpol.gateway.Guidance["ASK_AGAIN"],
                                elchi.modules.interpol.gateway.Guidance["ASK_AGAIN"],
                            ),
                            (
                                elchi.modules.interpol.gateway.Guidance["NOBODY_ANSWERED"],
                                elchi.modules.interpol.gateway.Guidance["NOBODY_ANSWERED"],
                            ),
                        ],
                        max_length=16,
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("copy_version", models.PositiveBigIntegerField(null=True)),
                ("copy_issued_at", models.DateTimeField(null=True)),
                ("stale", models.BooleanField(default=False)),
                ("refusals", models.JSONField(default=list)),
                (
                    "query",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="answers", to="interpol.query"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="ReportedDocument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("issuer", models.CharField(max_length=8)),
                ("document_type", models.CharField(max_length=1)),
                ("document_number", models.CharField(max_length=64)),
                (
                    "reported",
                    models.CharField(
                        choices=[
                            (
                                elchi.modules.interpol.offline.document_key.Reported["STOLEN_BLANK"],
                                elchi.modules.interpol.offline.document_key.Reported["STOLEN_BLANK"],
                            ),
                            (
                                elchi.modules.interpol.offline.document_key.Reported["STOLEN"],
                                elchi.modules.interpol.offline.document_key.Reported["STOLEN"],
                            ),
                            (
                                elchi.modules.interpol.offline.document_key.Reported["LOST"],
                                elchi.modules.interpol.offline.document_key.Reported["LOST"],
                            ),
                            (
                                elchi.modules.interpol.offline.document_key.Reported["REVOKED"],
                                elchi.modules.interpol.offline.document_key.Reported["REVOKED"],
                            ),
                            (
                                elchi.modules.interpol.offline.document_key.Reported["INVALID"],
                                elchi.modules.interpol.offline.document_key.Reported["INVALID"],
                            ),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "proposed"),
                            ("in_force", "in_force"),
                            ("withdrawn", "withdrawn"),
                            ("rejected", "rejected"),
                        ],
                        max_length=9,
                    ),
                ),
                ("proposed_by", models.CharField(max_length=150)),
                ("proposed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("decided_by", models.CharField(blank=True, max_length=150)),
                ("decided_at", models.DateTimeField(null=True)),
                ("withdrawn_by", models.CharField(blank=True, max_length=150)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("published", models.CharField(blank=True, max_length=9)),
                ("copy_version", models.PositiveBigIntegerField(null=True)),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("proposed", "in_force"))),
                        fields=("issuer", "document_type", "document_number"),
                        name="one_report_a_document",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "in_force"), _negated=True),
                            models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="report_four_eyes",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Watch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("was_up", models.BooleanField()),
                (
                    "point",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="watches", to="interpol.accesspoint"
                    ),
                ),
            ],
            options={
                "ordering": ["point", "at"],
                "indexes": [models.Index(fields=["point", "until"], name="watch_lately")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("until__gte", models.F("at"))), name="watch_in_order")
                ],
            },
        ),
    ]
