import django.db.models.deletion
import django.utils.timezone
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
            name="Retention",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("by", models.CharField(max_length=150)),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("clear_days", models.PositiveIntegerField(default=30)),
                ("clear_subject_hours", models.PositiveIntegerField(default=0)),
                ("finding_days", models.PositiveIntegerField(default=365)),
                ("negative_days", models.PositiveIntegerField(default=365)),
                ("manifest_days", models.PositiveIntegerField(default=30)),
                ("closed_case_days", models.PositiveIntegerField(default=1825)),
                ("sign_in_days", models.PositiveIntegerField(default=365)),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Check",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("line", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "direction",
                    models.CharField(
                        choices=[("entry", "entry"), ("exit", "exit"), ("transit", "transit"), ("none", "none")],
                        default="none",
                        max_length=8,
                    ),
                ),
                ("purpose", models.CharField(max_length=20)),
                ("task", models.CharField(blank=True, max_length=64)),
                ("via", models.CharField(max_length=10)),
                ("kind", models.CharField(max_length=16)),
                ("subjects", models.JSONField(blank=True, null=True)),
                ("shown", models.CharField(blank=True, max_length=40)),
                ("marks", models.JSONField(default=list)),
                (
                    "verdict",
                    models.CharField(
                        choices=[("clear", "clear"), ("review", "review"), ("stop", "stop")], max_length=6
                    ),
                ),
                ("took_ms", models.FloatField()),
                ("lists", models.JSONField(default=dict)),
                ("keep_until", models.DateTimeField(blank=True, db_index=True, null=True)),
                (
                    "crossing",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.crossing",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="directory.office"
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
            ],
            options={
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["officer", "-id"], name="checks_chec_officer_98875f_idx"),
                    models.Index(fields=["at", "office", "crossing", "verdict", "via"], name="check_figures"),
                ],
            },
        ),
        migrations.CreateModel(
            name="FoundEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("watchlist", models.CharField(max_length=64)),
                ("version", models.PositiveIntegerField()),
                ("entry", models.CharField(max_length=255)),
                ("caption", models.CharField(max_length=500)),
                ("schema", models.CharField(max_length=64)),
                ("score", models.FloatField()),
                ("band", models.CharField(max_length=6)),
                ("reasons", models.JSONField(default=list)),
                ("action", models.CharField(max_length=10)),
                ("handling", models.CharField(default="H0", max_length=2)),
                ("is_discreet", models.BooleanField(default=False)),
                ("state", models.CharField(default="open", max_length=12)),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("came_later", models.BooleanField(default=False)),
                ("partner", models.CharField(blank=True, max_length=32)),
                ("subject", models.JSONField(blank=True, null=True)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="findings", to="checks.check"
                    ),
                ),
            ],
            options={
                "ordering": ["-score", "watchlist", "entry"],
                "indexes": [models.Index(fields=["state", "due_at"], name="checks_foun_state_a099e2_idx")],
                "constraints": [
                    models.UniqueConstraint(fields=("owner", "watchlist", "entry"), name="entry_found_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Judgement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "outcome",
                    models.CharField(
                        choices=[("positive", "positive"), ("negative", "negative"), ("unsure", "unsure")], max_length=8
                    ),
                ),
                ("reason", models.TextField()),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("case", models.CharField(blank=True, max_length=64)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "finding",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="judgements", to="checks.foundentry"
                    ),
                ),
                (
                    "overrules",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="overruled_by",
                        to="checks.judgement",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["at"], name="checks_judg_at_2fa9a0_idx")],
            },
        ),
        migrations.CreateModel(
            name="Manifest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200)),
                ("file", models.CharField(max_length=100)),
                ("size", models.PositiveBigIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("format", models.CharField(max_length=10)),
                ("region", models.CharField(blank=True, max_length=2)),
                ("purpose", models.CharField(max_length=20)),
                (
                    "direction",
                    models.CharField(
                        choices=[("entry", "entry"), ("exit", "exit"), ("transit", "transit"), ("none", "none")],
                        default="none",
                        max_length=8,
                    ),
                ),
                ("task", models.CharField(blank=True, max_length=64)),
                ("state", models.CharField(db_index=True, default="queued", max_length=10)),
                ("queued_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("claimed_until", models.DateTimeField(blank=True, null=True)),
                ("lines", models.PositiveIntegerField(default=0)),
                ("lines_known", models.PositiveIntegerField(blank=True, null=True)),
                ("verdicts", models.JSONField(default=dict)),
                ("faults", models.JSONField(default=list)),
                ("error", models.JSONField(blank=True, null=True)),
                ("keep_until", models.DateTimeField(blank=True, null=True)),
                (
                    "crossing",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.crossing",
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
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.AddField(
            model_name="check",
            name="manifest",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="checks", to="checks.manifest"
            ),
        ),
        migrations.CreateModel(
            name="RememberedNegative",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("mark", models.CharField(max_length=64)),
                ("watchlist", models.CharField(max_length=64)),
                ("entry", models.CharField(max_length=255)),
                ("expires_at", models.DateTimeField()),
                ("forgotten_at", models.DateTimeField(blank=True, null=True)),
                (
                    "judgement",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="remembered",
                        to="checks.judgement",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["mark", "watchlist", "entry"], name="checks_reme_mark_11df42_idx")],
            },
        ),
        migrations.AddField(
            model_name="foundentry",
            name="remembered",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="checks.rememberednegative",
            ),
        ),
        migrations.CreateModel(
            name="Shift",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "direction",
                    models.CharField(
                        choices=[("entry", "entry"), ("exit", "exit"), ("transit", "transit"), ("none", "none")],
                        default="entry",
                        max_length=8,
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("border_check", "border_check"),
                            ("customs_check", "customs_check"),
                            ("sanctions", "sanctions"),
                            ("investigation", "investigation"),
                            ("visa", "visa"),
                            ("training", "training"),
                        ],
                        default="border_check",
                        max_length=20,
                    ),
                ),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
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
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="directory.office"
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="shifts", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)), fields=("officer",), name="one_open_shift"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="check",
            name="shift",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="checks", to="checks.shift"
            ),
        ),
        migrations.CreateModel(
            name="Answered",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("agreement", models.CharField(max_length=90)),
                ("message_id", models.CharField(max_length=36)),
                ("outcome", models.CharField(max_length=10)),
                ("reference", models.CharField(blank=True, max_length=64)),
                ("keep_until", models.DateField(db_index=True)),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="federation.partner"
                    ),
                ),
                (
                    "owner",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="answered", to="checks.check"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("partner", "message_id"), name="answered_once")],
            },
        ),
        migrations.CreateModel(
            name="Asked",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.PositiveSmallIntegerField(default=0)),
                ("agreement", models.CharField(max_length=90)),
                ("message_id", models.CharField(blank=True, db_index=True, max_length=36)),
                ("state", models.CharField(default="queued", max_length=10)),
                ("asked_at", models.DateTimeField()),
                ("deadline", models.DateTimeField()),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("code", models.CharField(blank=True, max_length=64)),
                ("clause", models.CharField(blank=True, max_length=80)),
                ("reference", models.CharField(blank=True, max_length=64)),
                ("contact", models.JSONField(default=dict)),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="federation.partner"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="asked", to="checks.check"
                    ),
                ),
                (
                    "finding",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="answers",
                        to="checks.foundentry",
                    ),
                ),
            ],
            options={
                "ordering": ["partner__code", "place"],
                "constraints": [models.UniqueConstraint(fields=("owner", "partner", "place"), name="asked_once")],
            },
        ),
        migrations.CreateModel(
            name="Alert",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                (
                    "agency",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="directory.agency"
                    ),
                ),
                (
                    "read_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "finding",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="alerts", to="checks.foundentry"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [models.UniqueConstraint(fields=("kind", "finding", "agency"), name="alert_once")],
            },
        ),
    ]
