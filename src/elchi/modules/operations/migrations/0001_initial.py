import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0001_initial"),
        ("directory", "0001_initial"),
        ("officers", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Corridor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, unique=True)),
                ("stops", models.JSONField()),
                ("by", models.CharField(max_length=150)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="CrossingTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("needs", models.JSONField()),
                ("reason", models.CharField(max_length=300)),
                ("by", models.CharField(max_length=150)),
                ("from_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="IncidentRetention",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("nominal_days", models.PositiveIntegerField()),
                ("incident_days", models.PositiveIntegerField()),
                ("waiting_days", models.PositiveIntegerField()),
                ("reason", models.CharField(max_length=300)),
                ("by", models.CharField(max_length=150)),
                ("from_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="MandatePolicy",
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
            name="Import",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200)),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("content", models.BinaryField(null=True)),
                ("by", models.CharField(max_length=150)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ways", models.JSONField(default=dict)),
                ("taken", models.PositiveIntegerField(default=0)),
                ("refused", models.JSONField(default=list)),
                ("taken_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("content__isnull", False), ("taken_at__isnull", True)),
                            models.Q(("content__isnull", True), ("taken_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="import_has_file_until_taken",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Incident",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("seizure", "seizure"),
                            ("persons", "persons"),
                            ("unauthorised_crossing", "unauthorised_crossing"),
                            ("rescue", "rescue"),
                            ("assistance", "assistance"),
                            ("crisis", "crisis"),
                            ("other", "other"),
                        ],
                        max_length=24,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "precision",
                    models.CharField(
                        choices=[("minute", "minute"), ("hour", "hour"), ("day", "day"), ("month", "month")],
                        default="minute",
                        max_length=6,
                    ),
                ),
                ("latitude", models.FloatField(blank=True, null=True)),
                ("longitude", models.FloatField(blank=True, null=True)),
                ("error_km", models.FloatField(blank=True, null=True)),
                ("place", models.CharField(blank=True, max_length=200)),
                ("place_key", models.CharField(max_length=24)),
                ("border", models.CharField(blank=True, max_length=5)),
                ("legal_basis", models.CharField(blank=True, max_length=300)),
                ("threats", models.JSONField(default=list)),
                (
                    "impact",
                    models.CharField(
                        choices=[("low", "low"), ("medium", "medium"), ("high", "high")], default="low", max_length=8
                    ),
                ),
                ("transport", models.CharField(blank=True, max_length=20)),
                ("concealment", models.CharField(blank=True, max_length=24)),
                ("concealment_text", models.CharField(blank=True, max_length=300)),
                ("detection", models.CharField(blank=True, max_length=20)),
                ("departure", models.CharField(blank=True, max_length=2)),
                ("departure_place", models.CharField(blank=True, max_length=200)),
                ("transit", models.JSONField(default=list)),
                ("destination", models.CharField(blank=True, max_length=2)),
                ("destination_place", models.CharField(blank=True, max_length=200)),
                ("description", models.TextField(blank=True)),
                ("led_by", models.PositiveSmallIntegerField(default=0)),
                ("led_at", models.DateTimeField(blank=True, null=True)),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("recorded_by", models.CharField(max_length=150)),
                ("reference", models.CharField(blank=True, max_length=60)),
                ("version", models.PositiveIntegerField(default=1)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_by", models.CharField(blank=True, max_length=150)),
                ("withdrawn_reason", models.CharField(blank=True, max_length=300)),
                ("stripped_at", models.DateTimeField(blank=True, null=True)),
                ("agencies", models.ManyToManyField(related_name="incidents", to="directory.agency")),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="directory.agency"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="cases.case",
                    ),
                ),
                (
                    "crossing",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="incidents",
                        to="directory.crossing",
                    ),
                ),
                (
                    "imported",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="incidents",
                        to="operations.import",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="incidents", to="directory.office"
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-id"],
                "indexes": [
                    models.Index(fields=["-at", "-id"], name="incident_newest"),
                    models.Index(fields=["at", "kind", "place_key", "impact", "withdrawn_at"], name="incident_map"),
                    models.Index(fields=["kind", "withdrawn_at", "led_by", "at"], name="incident_by_kind"),
                    models.Index(fields=["unit", "withdrawn_at", "led_by", "at"], name="incident_by_unit"),
                    models.Index(fields=["border", "withdrawn_at", "led_by", "at"], name="incident_by_border"),
                    models.Index(
                        fields=["departure", "destination", "withdrawn_at", "led_by", "at"],
                        name="incident_by_departure",
                    ),
                    models.Index(fields=["unit", "-at"], name="incident_unit"),
                    models.Index(fields=["place_key", "kind", "withdrawn_at", "at"], name="incident_place"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("crossing__isnull", False), ("latitude__isnull", True), ("longitude__isnull", True)
                            ),
                            models.Q(
                                ("crossing__isnull", True),
                                ("latitude__range", (-90, 90)),
                                ("longitude__range", (-180, 180)),
                            ),
                            _connector="OR",
                        ),
                        name="incident_has_one_place",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("reference", ""), _negated=True),
                        fields=("unit", "reference"),
                        name="incident_reference_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("withdrawn_at__isnull", True),
                            models.Q(("withdrawn_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="incident_withdrawn_with_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Exhibit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("mark", models.PositiveIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("drug", "drug"),
                            ("precursor", "precursor"),
                            ("firearm", "firearm"),
                            ("ammunition", "ammunition"),
                            ("explosive", "explosive"),
                            ("cash", "cash"),
                            ("cultural_goods", "cultural_goods"),
                            ("wildlife", "wildlife"),
                            ("excise", "excise"),
                            ("document", "document"),
                            ("other", "other"),
                        ],
                        max_length=16,
                    ),
                ),
                ("what", models.CharField(max_length=300)),
                ("quantity", models.DecimalField(decimal_places=6, max_digits=19)),
                ("measure", models.CharField(max_length=10)),
                ("seal", models.CharField(max_length=40)),
                (
                    "state",
                    models.CharField(
                        choices=[("held", "held"), ("given", "given"), ("out", "out"), ("ended", "ended")],
                        default="held",
                        max_length=8,
                    ),
                ),
                ("holder", models.CharField(blank=True, max_length=150)),
                ("to", models.CharField(blank=True, max_length=150)),
                ("outside", models.CharField(blank=True, max_length=200)),
                ("place", models.CharField(max_length=200)),
                ("taken_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="exhibits", to="operations.incident"
                    ),
                ),
            ],
            options={
                "ordering": ["incident", "mark"],
                "indexes": [models.Index(fields=["state", "to"], name="exhibit_waiting")],
                "constraints": [
                    models.UniqueConstraint(fields=("incident", "mark"), name="exhibit_marked_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("outside", ""), ("state", "held"), ("to", ""), models.Q(("holder", ""), _negated=True)
                            ),
                            models.Q(
                                ("outside", ""),
                                ("state", "given"),
                                models.Q(("holder", ""), _negated=True),
                                models.Q(("to", ""), _negated=True),
                            ),
                            models.Q(
                                ("holder", ""), ("state", "out"), ("to", ""), models.Q(("outside", ""), _negated=True)
                            ),
                            models.Q(("holder", ""), ("state", "ended"), ("to", "")),
                            _connector="OR",
                        ),
                        name="exhibit_is_with_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Counted",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("smuggled", "smuggled"),
                            ("trafficked", "trafficked"),
                            ("rescued", "rescued"),
                            ("assisted", "assisted"),
                        ],
                        max_length=12,
                    ),
                ),
                ("count", models.PositiveIntegerField()),
                ("sex", models.CharField(blank=True, max_length=1)),
                ("age_band", models.CharField(blank=True, max_length=5)),
                ("nationality", models.CharField(blank=True, max_length=2)),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="counts", to="operations.incident"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("count__gte", 1)), name="people_are_counted")
                ],
            },
        ),
        migrations.CreateModel(
            name="IncidentHold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=300)),
                ("by", models.CharField(max_length=150)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("released_at", models.DateTimeField(blank=True, null=True)),
                ("released_by", models.CharField(blank=True, max_length=150)),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="holds", to="operations.incident"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("released_at__isnull", True)),
                        fields=("incident",),
                        name="incident_held_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="IncidentMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("hash", models.CharField(max_length=32)),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="marks", to="operations.incident"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("hash", "incident"), name="incident_marked_once")],
            },
        ),
        migrations.CreateModel(
            name="IncidentVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField()),
                ("before", models.JSONField()),
                ("reason", models.CharField(max_length=300)),
                ("by", models.CharField(max_length=150)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="versions", to="operations.incident"
                    ),
                ),
            ],
            options={
                "ordering": ["-version"],
                "constraints": [
                    models.UniqueConstraint(fields=("incident", "version"), name="incident_amended_once_a_version")
                ],
            },
        ),
        migrations.CreateModel(
            name="Involvement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("driver", "driver"),
                            ("passenger", "passenger"),
                            ("courier", "courier"),
                            ("owner", "owner"),
                            ("organiser", "organiser"),
                            ("guide", "guide"),
                            ("other", "other"),
                        ],
                        default="other",
                        max_length=12,
                    ),
                ),
                ("sex", models.CharField(blank=True, max_length=1)),
                ("nationality", models.CharField(blank=True, max_length=2)),
                ("age_band", models.CharField(blank=True, max_length=5)),
                (
                    "end",
                    models.CharField(
                        choices=[
                            ("detained", "detained"),
                            ("released", "released"),
                            ("handed_over", "handed_over"),
                            ("fled", "fled"),
                            ("unknown", "unknown"),
                        ],
                        default="unknown",
                        max_length=12,
                    ),
                ),
                ("subject", models.JSONField(blank=True, null=True)),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="involved", to="operations.incident"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="JointOperation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=36, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("joint_patrol", "joint_patrol"),
                            ("joint_action", "joint_action"),
                            ("controlled_delivery", "controlled_delivery"),
                        ],
                        max_length=20,
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("aim", models.TextField()),
                ("legal_basis", models.CharField(blank=True, max_length=300)),
                ("from_at", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("phases", models.JSONField(default=list)),
                ("leader", models.CharField(max_length=40)),
                ("partner", models.CharField(blank=True, max_length=40)),
                ("units", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "planned"),
                            ("proposed", "proposed"),
                            ("agreed", "agreed"),
                            ("running", "running"),
                            ("ended", "ended"),
                            ("declined", "declined"),
                            ("cancelled", "cancelled"),
                        ],
                        default="planned",
                        max_length=10,
                    ),
                ),
                ("state_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("made_by", models.CharField(max_length=150)),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until__gt", models.F("from_at"))), name="operation_ends_later"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HandOverPoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("place", models.CharField(max_length=200)),
                ("giver", models.CharField(max_length=40)),
                ("taker", models.CharField(max_length=40)),
                ("due_at", models.DateTimeField()),
                ("tolerance", models.PositiveIntegerField()),
                ("given_at", models.DateTimeField(blank=True, null=True)),
                ("taken_at", models.DateTimeField(blank=True, null=True)),
                (
                    "operation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="points",
                        to="operations.jointoperation",
                    ),
                ),
            ],
            options={
                "ordering": ["operation", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("operation", "number"), name="hand_over_numbered_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Lead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.CharField(max_length=64)),
                ("is_confirmed", models.BooleanField()),
                ("reasons", models.JSONField(default=list)),
                ("by", models.CharField(max_length=150)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="leads", to="operations.incident"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [models.UniqueConstraint(fields=("incident", "ref"), name="lead_decided_once")],
            },
        ),
        migrations.CreateModel(
            name="OfficeReview",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quarter", models.CharField(max_length=7)),
                ("answers", models.JSONField()),
                ("by", models.CharField(max_length=150)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reviews", to="directory.office"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["office", "quarter", "-id"], name="review_of_quarter")],
            },
        ),
        migrations.CreateModel(
            name="OperationAct",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("act_id", models.CharField(max_length=36)),
                ("node", models.CharField(max_length=40)),
                ("by", models.CharField(blank=True, max_length=150)),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("plan", "plan"),
                            ("state", "state"),
                            ("entry", "entry"),
                            ("hand_over", "hand_over"),
                            ("result", "result"),
                        ],
                        max_length=10,
                    ),
                ),
                ("content", models.JSONField()),
                ("said_at", models.DateTimeField()),
                ("message_id", models.CharField(blank=True, db_index=True, max_length=36)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("kept", "kept"),
                            ("queued", "queued"),
                            ("delivered", "delivered"),
                            ("rejected", "rejected"),
                            ("expired", "expired"),
                            ("received", "received"),
                        ],
                        default="kept",
                        max_length=10,
                    ),
                ),
                ("why", models.CharField(blank=True, max_length=120)),
                ("retention_until", models.DateField(blank=True, null=True)),
                (
                    "incident",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="acts",
                        to="operations.incident",
                    ),
                ),
                (
                    "operation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="acts", to="operations.jointoperation"
                    ),
                ),
            ],
            options={
                "ordering": ["operation", "said_at", "act_id"],
                "constraints": [models.UniqueConstraint(fields=("operation", "act_id"), name="act_once")],
            },
        ),
        migrations.CreateModel(
            name="ProtectedPerson",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.JSONField()),
                ("note", models.CharField(blank=True, max_length=500)),
                ("added_by", models.CharField(max_length=150)),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="protected", to="operations.incident"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="ReportReceived",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("partner", models.CharField(max_length=40)),
                ("thread", models.CharField(max_length=36)),
                ("message_id", models.CharField(max_length=36)),
                ("agreement", models.CharField(max_length=100)),
                ("event_kind", models.CharField(blank=True, max_length=40)),
                ("event_date", models.CharField(blank=True, max_length=10)),
                ("border", models.CharField(blank=True, max_length=5)),
                ("crossing", models.CharField(blank=True, max_length=40)),
                ("told", models.JSONField(default=dict)),
                ("nominal", models.JSONField(blank=True, null=True)),
                ("versions", models.PositiveIntegerField(default=1)),
                ("sent_at", models.DateTimeField()),
                ("first_at", models.DateTimeField()),
                ("retention_until", models.DateField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["first_at", "partner", "event_kind"], name="reported_counted")],
                "constraints": [models.UniqueConstraint(fields=("partner", "thread"), name="reported_once")],
            },
        ),
        migrations.CreateModel(
            name="ReportSent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("partner", models.CharField(max_length=40)),
                ("message_id", models.CharField(max_length=36, unique=True)),
                ("thread", models.CharField(max_length=36)),
                ("version", models.PositiveIntegerField()),
                ("agreement", models.CharField(max_length=100)),
                ("clause", models.CharField(max_length=80)),
                ("fields", models.JSONField(default=list)),
                ("kept", models.JSONField(default=list)),
                ("is_nominal", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "queued"),
                            ("delivered", "delivered"),
                            ("rejected", "rejected"),
                            ("expired", "expired"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="queued",
                        max_length=10,
                    ),
                ),
                ("code", models.CharField(blank=True, max_length=64)),
                ("by", models.CharField(max_length=150)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="reports", to="operations.incident"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["incident", "partner", "-id"], name="report_sent_newest")],
            },
        ),
        migrations.CreateModel(
            name="SectionLevel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("border", models.CharField(max_length=5)),
                (
                    "level",
                    models.CharField(
                        choices=[("low", "low"), ("medium", "medium"), ("high", "high"), ("critical", "critical")],
                        max_length=8,
                    ),
                ),
                ("from_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("until", models.DateTimeField(blank=True, null=True)),
                ("reason", models.CharField(max_length=300)),
                ("by", models.CharField(max_length=150)),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until__isnull", True), ("until__gt", models.F("from_at")), _connector="OR"
                        ),
                        name="section_ends_later",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("level", "critical"), _negated=True), ("until__isnull", False), _connector="OR"
                        ),
                        name="critical_is_temporary",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SeizedItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("drug", "drug"),
                            ("precursor", "precursor"),
                            ("firearm", "firearm"),
                            ("ammunition", "ammunition"),
                            ("explosive", "explosive"),
                            ("cash", "cash"),
                            ("cultural_goods", "cultural_goods"),
                            ("wildlife", "wildlife"),
                            ("excise", "excise"),
                            ("document", "document"),
                            ("other", "other"),
                        ],
                        max_length=16,
                    ),
                ),
                ("substance", models.CharField(blank=True, max_length=40)),
                ("name", models.CharField(blank=True, max_length=200)),
                ("quantity", models.DecimalField(decimal_places=6, max_digits=19)),
                ("measure", models.CharField(max_length=10)),
                ("purity", models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)),
                ("packages", models.PositiveIntegerField(default=0)),
                ("packaging", models.CharField(blank=True, max_length=10)),
                ("details", models.JSONField(default=dict)),
                ("kilograms", models.DecimalField(blank=True, decimal_places=9, max_digits=22, null=True)),
                ("factor", models.DecimalField(blank=True, decimal_places=9, max_digits=15, null=True)),
                ("factor_source", models.CharField(blank=True, max_length=200)),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="items", to="operations.incident"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "indexes": [models.Index(fields=["kind", "substance", "incident"], name="item_of_kind")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("quantity__gt", 0)), name="item_quantity_above_zero"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("factor__isnull", True), ("kilograms__isnull", True)),
                            models.Q(
                                ("factor__isnull", False),
                                ("kilograms__isnull", False),
                                models.Q(("factor_source", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="item_factor_with_source",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="UnitProfile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kmh", models.FloatField(default=60)),
                (
                    "availability",
                    models.CharField(
                        choices=[("available", "available"), ("busy", "busy"), ("resting", "resting"), ("off", "off")],
                        default="available",
                        max_length=10,
                    ),
                ),
                ("latitude", models.FloatField(blank=True, null=True)),
                ("longitude", models.FloatField(blank=True, null=True)),
                ("crew_rule", models.JSONField(default=list)),
                ("area", models.JSONField(blank=True, null=True)),
                ("changed_by", models.CharField(max_length=150)),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "office",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="unit_profile", to="directory.office"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("kmh__gt", 0)), name="unit_moves"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("latitude__isnull", True), ("longitude__isnull", True)),
                            models.Q(("latitude__range", (-90, 90)), ("longitude__range", (-180, 180))),
                            _connector="OR",
                        ),
                        name="unit_place_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="UnitMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "part",
                    models.CharField(
                        choices=[
                            ("head", "head"),
                            ("member", "member"),
                            ("driver", "driver"),
                            ("dog_handler", "dog_handler"),
                            ("analyst", "analyst"),
                            ("interpreter", "interpreter"),
                        ],
                        default="member",
                        max_length=12,
                    ),
                ),
                ("from_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("to_at", models.DateTimeField(blank=True, null=True)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="directory.agency"
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="members", to="operations.unitprofile"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="UnitAsset",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("vehicle", "vehicle"), ("dog", "dog"), ("equipment", "equipment")], max_length=10
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("broken_since", models.DateField(blank=True, null=True)),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="assets", to="operations.unitprofile"
                    ),
                ),
            ],
            options={
                "ordering": ["kind", "name"],
            },
        ),
        migrations.CreateModel(
            name="UnitTask",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("latitude", models.FloatField(blank=True, null=True)),
                ("longitude", models.FloatField(blank=True, null=True)),
                ("acts", models.JSONField()),
                ("basis", models.JSONField()),
                ("purpose", models.CharField(max_length=300)),
                ("crew_missing", models.JSONField(default=list)),
                ("minutes", models.PositiveIntegerField(blank=True, null=True)),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("given", "given"),
                            ("accepted", "accepted"),
                            ("on_site", "on_site"),
                            ("done", "done"),
                            ("declined", "declined"),
                            ("cancelled", "cancelled"),
                        ],
                        default="given",
                        max_length=10,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300)),
                ("given_by", models.CharField(max_length=150)),
                ("given_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "crossing",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.crossing",
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="tasks",
                        to="operations.incident",
                    ),
                ),
                (
                    "operation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="tasks",
                        to="operations.jointoperation",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tasks", to="operations.unitprofile"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["state", "due_at"], name="task_open")],
            },
        ),
        migrations.CreateModel(
            name="UsedVehicle",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.JSONField()),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="vehicles", to="operations.incident"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Waiting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("minutes", models.PositiveIntegerField()),
                ("lane", models.CharField(max_length=10)),
                ("direction", models.CharField(max_length=8)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("by", models.CharField(max_length=150)),
                (
                    "crossing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="waitings", to="directory.crossing"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["crossing", "at"], name="waiting_counted")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("minutes__lte", 10080)), name="waiting_in_range")
                ],
            },
        ),
        migrations.CreateModel(
            name="CrossingStock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("have", models.JSONField()),
                ("note", models.CharField(blank=True, max_length=300)),
                ("by", models.CharField(max_length=150)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "crossing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="stocks", to="directory.crossing"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["crossing", "-id"], name="stock_newest")],
            },
        ),
        migrations.CreateModel(
            name="ExhibitPhoto",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200)),
                ("media_type", models.CharField(max_length=100)),
                ("size", models.PositiveBigIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("shown", models.CharField(max_length=64)),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("added_by", models.CharField(max_length=150)),
                (
                    "exhibit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="photos", to="operations.exhibit"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [models.UniqueConstraint(fields=("exhibit", "digest"), name="exhibit_photo_once")],
            },
        ),
        migrations.CreateModel(
            name="ExhibitStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("move", models.CharField(max_length=12)),
                (
                    "state",
                    models.CharField(
                        choices=[("held", "held"), ("given", "given"), ("out", "out"), ("ended", "ended")], max_length=8
                    ),
                ),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=150)),
                ("agency", models.CharField(max_length=64)),
                ("holder", models.CharField(blank=True, max_length=150)),
                ("to", models.CharField(blank=True, max_length=150)),
                ("outside", models.CharField(blank=True, max_length=200)),
                ("seal", models.CharField(max_length=40)),
                ("is_whole", models.BooleanField(default=True)),
                ("quantity", models.CharField(blank=True, max_length=40)),
                ("place", models.CharField(blank=True, max_length=200)),
                ("end", models.CharField(blank=True, max_length=12)),
                ("note", models.CharField(blank=True, max_length=500)),
                ("digest", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
                (
                    "exhibit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="operations.exhibit"
                    ),
                ),
            ],
            options={
                "ordering": ["exhibit", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("exhibit", "number"), name="exhibit_step_numbered_once")
                ],
            },
        ),
    ]
