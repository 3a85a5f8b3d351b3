import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("directory", "0001_initial"),
        ("federation", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Corridor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, unique=True)),
                ("states", models.JSONField()),
                ("changed_by", models.CharField(max_length=150)),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Organisation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200, unique=True)),
                ("name_ru", models.CharField(max_length=200)),
                ("does", models.CharField(max_length=300)),
                ("instrument", models.CharField(blank=True, max_length=200)),
                ("contact", models.CharField(blank=True, max_length=200)),
                ("changed_by", models.CharField(max_length=150)),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Taken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("incoming", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Authority",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("agency", models.CharField(max_length=200)),
                ("competence", models.CharField(max_length=40)),
                ("legal_basis", models.CharField(max_length=300)),
                ("contact", models.CharField(max_length=200)),
                ("valid_from", models.DateField()),
                ("valid_until", models.DateField(blank=True, null=True)),
                ("changed_by", models.CharField(max_length=150)),
                (
                    "country",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="directory.country"
                    ),
                ),
            ],
            options={
                "ordering": ["country", "competence", "agency"],
            },
        ),
        migrations.CreateModel(
            name="EarlyWarning",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=48)),
                ("message_id", models.CharField(blank=True, max_length=36)),
                ("threat", models.CharField(max_length=40)),
                ("states", models.JSONField()),
                ("text", models.TextField()),
                ("valid_until", models.DateTimeField(db_index=True)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("by", models.CharField(max_length=150)),
                ("is_withdrawn", models.BooleanField(default=False)),
                (
                    "partner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="federation.partner",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [models.UniqueConstraint(fields=("partner", "number"), name="regional_warning_once")],
            },
        ),
        migrations.CreateModel(
            name="Entity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("country", models.CharField(db_index=True, max_length=2)),
                ("kind", models.CharField(max_length=16)),
                ("message_id", models.CharField(blank=True, db_index=True, max_length=36)),
                ("agreement", models.CharField(blank=True, max_length=90)),
                ("reason", models.CharField(max_length=200)),
                ("put_by", models.CharField(max_length=150)),
                ("put_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("keep_until", models.DateField(db_index=True)),
                (
                    "partner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="federation.partner",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="EntityField",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("value", models.CharField(max_length=500)),
                ("origin", models.CharField(max_length=200)),
                ("handling", models.CharField(default="H1", max_length=2)),
                ("tlp", models.CharField(default="AMBER", max_length=12)),
                (
                    "entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="fields", to="regional.entity"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="EntityKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("space", models.CharField(max_length=16)),
                ("value", models.CharField(max_length=255)),
                (
                    "entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="keys", to="regional.entity"
                    ),
                ),
                (
                    "field",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="keys", to="regional.entityfield"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["space", "value"], name="regional_en_space_3335e1_idx")],
            },
        ),
        migrations.CreateModel(
            name="Operation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=48)),
                ("title", models.CharField(max_length=200)),
                ("states", models.JSONField()),
                ("begins", models.DateField()),
                ("ends", models.DateField()),
                ("state", models.CharField(default="planned", max_length=8)),
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
            ],
            options={
                "ordering": ["-begins", "-id"],
                "constraints": [
                    models.UniqueConstraint(fields=("partner", "number"), name="regional_operation_once"),
                    models.CheckConstraint(
                        condition=models.Q(("ends__gte", models.F("begins"))), name="regional_operation_days"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("planned", "running", "closed"))),
                        name="regional_operation_state",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.PositiveIntegerField()),
                ("state", models.CharField(max_length=8)),
                ("country", models.CharField(blank=True, max_length=2)),
                ("text", models.TextField()),
                ("by", models.CharField(max_length=150)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "operation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="entries", to="regional.operation"
                    ),
                ),
            ],
            options={
                "ordering": ["place"],
                "constraints": [
                    models.UniqueConstraint(fields=("operation", "place"), name="regional_entry_once"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("planned", "running", "closed"))), name="regional_entry_state"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("country", models.CharField(blank=True, db_index=True, max_length=2)),
                ("thread", models.CharField(max_length=36)),
                ("message_id", models.CharField(max_length=36)),
                ("agreement", models.CharField(max_length=90)),
                ("for_members", models.BooleanField(default=False)),
                ("event_kind", models.CharField(blank=True, max_length=40)),
                ("event_day", models.DateField(db_index=True)),
                ("border", models.CharField(blank=True, max_length=5)),
                ("states", models.JSONField(default=list)),
                ("goods", models.JSONField(default=list)),
                ("is_led", models.BooleanField(default=False)),
                ("told", models.JSONField(default=dict)),
                ("sent_at", models.DateTimeField()),
                ("retention_until", models.DateField(blank=True, null=True)),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="federation.partner"
                    ),
                ),
            ],
            options={
                "ordering": ["-event_day", "-id"],
                "constraints": [models.UniqueConstraint(fields=("partner", "thread"), name="regional_report_once")],
            },
        ),
        migrations.CreateModel(
            name="InboxItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("country", models.CharField(db_index=True, max_length=2)),
                ("kind", models.CharField(max_length=10)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                ("read_by", models.CharField(blank=True, max_length=150)),
                (
                    "warning",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="regional.earlywarning",
                    ),
                ),
                (
                    "operation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="regional.operation",
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="regional.report",
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("kind", "report"),
                                ("operation__isnull", True),
                                ("report__isnull", False),
                                ("warning__isnull", True),
                            ),
                            models.Q(
                                ("kind", "warning"),
                                ("operation__isnull", True),
                                ("report__isnull", True),
                                ("warning__isnull", False),
                            ),
                            models.Q(
                                ("kind", "operation"),
                                ("operation__isnull", False),
                                ("report__isnull", True),
                                ("warning__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="regional_inbox_one",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Told",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("country", models.CharField(max_length=2)),
                ("partner", models.CharField(blank=True, max_length=32)),
                ("message_id", models.CharField(blank=True, db_index=True, max_length=36)),
                ("agreement", models.CharField(blank=True, max_length=90)),
                ("state", models.CharField(default="queued", max_length=12)),
                ("code", models.CharField(blank=True, max_length=64)),
                (
                    "entry",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="told",
                        to="regional.entry",
                    ),
                ),
                (
                    "warning",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="told",
                        to="regional.earlywarning",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("queued", "delivered", "rejected", "expired", "not_covered", "no_node"))
                        ),
                        name="regional_told_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("entry__isnull", False), ("warning__isnull", True)),
                            models.Q(("entry__isnull", True), ("warning__isnull", False)),
                            _connector="OR",
                        ),
                        name="regional_told_of_one",
                    ),
                ],
            },
        ),
    ]
