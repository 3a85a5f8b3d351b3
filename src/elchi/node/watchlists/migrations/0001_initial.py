import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("directory", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="OwnEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=64, unique=True)),
                ("schema", models.CharField(max_length=64)),
                ("properties", models.JSONField()),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("stop", "stop"),
                            ("refer", "refer"),
                            ("discreet", "discreet"),
                            ("locate", "locate"),
                            ("inform", "inform"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "handling",
                    models.CharField(
                        choices=[("H0", "H0"), ("H1", "H1"), ("H2", "H2"), ("H3", "H3")], default="H1", max_length=2
                    ),
                ),
                ("legal_basis", models.CharField(max_length=300)),
                ("authority", models.CharField(max_length=300)),
                ("instructions", models.TextField(blank=True)),
                ("expires_date", models.DateField()),
                ("state", models.CharField(default="in_force", max_length=12)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("created_by", models.CharField(max_length=150)),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("changed_by", models.CharField(max_length=150)),
                ("reason", models.CharField(blank=True, max_length=500)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="directory.agency"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["state", "expires_date"], name="watchlists__state_282792_idx")],
            },
        ),
        migrations.CreateModel(
            name="EntryChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("by", models.CharField(max_length=150)),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("before", models.JSONField()),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="changes", to="watchlists.ownentry"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Watchlist",
            fields=[
                ("name", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("title", models.CharField(max_length=200)),
                ("titles", models.JSONField(default=dict)),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("international", "international"),
                            ("national", "national"),
                            ("notices", "notices"),
                            ("own", "own"),
                        ],
                        max_length=16,
                    ),
                ),
                ("agencies", models.JSONField(default=list)),
                ("purposes", models.JSONField(default=list)),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("stop", "stop"),
                            ("refer", "refer"),
                            ("discreet", "discreet"),
                            ("locate", "locate"),
                            ("inform", "inform"),
                        ],
                        default="refer",
                        max_length=10,
                    ),
                ),
                (
                    "handling",
                    models.CharField(
                        choices=[("H0", "H0"), ("H1", "H1"), ("H2", "H2"), ("H3", "H3")], default="H0", max_length=2
                    ),
                ),
                ("tlp", models.CharField(default="CLEAR", max_length=12)),
                ("stale_after_days", models.PositiveIntegerField(default=30)),
                ("four_eyes", models.BooleanField(default=False)),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.agency",
                    ),
                ),
            ],
            options={
                "ordering": ["title"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("origin", "national"), _negated=True), ("four_eyes", True), _connector="OR"
                        ),
                        name="national_list_four_eyes",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Version",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(blank=True, null=True)),
                ("state", models.CharField(default="reading", max_length=12)),
                ("loaded_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("loaded_by", models.CharField(max_length=150)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("decided_by", models.CharField(blank=True, max_length=150)),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("error", models.JSONField(blank=True, null=True)),
                ("to_read", models.JSONField(default=dict)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("lines_read", models.PositiveIntegerField(default=0)),
                ("percent_read", models.PositiveSmallIntegerField(default=0)),
                ("source", models.JSONField(default=dict)),
                ("issued_at", models.CharField(blank=True, max_length=40)),
                ("total", models.PositiveIntegerField(default=0)),
                ("added", models.PositiveIntegerField(default=0)),
                ("changed", models.PositiveIntegerField(default=0)),
                ("removed", models.PositiveIntegerField(default=0)),
                ("bad", models.PositiveIntegerField(default=0)),
                ("skipped", models.PositiveIntegerField(default=0)),
                ("bad_lines", models.JSONField(default=list)),
                ("rescreened_at", models.DateTimeField(blank=True, null=True)),
                ("rescreened_to", models.PositiveBigIntegerField(default=0)),
                (
                    "watchlist",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="versions", to="watchlists.watchlist"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("queued", "waiting", "in_force"))),
                        fields=("watchlist", "state"),
                        name="one_version_a_state",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="ownentry",
            name="watchlist",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="own_entries", to="watchlists.watchlist"
            ),
        ),
    ]
