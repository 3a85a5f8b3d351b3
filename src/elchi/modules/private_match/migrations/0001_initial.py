import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("federation", "0001_initial"),
        ("officers", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Asked",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("agency", models.CharField(blank=True, max_length=64)),
                ("purpose", models.CharField(max_length=40)),
                ("task", models.CharField(max_length=200)),
                ("agreement", models.CharField(max_length=100)),
                ("message_id", models.CharField(max_length=36, unique=True)),
                ("keys", models.JSONField()),
                ("counts", models.JSONField()),
                ("blinds", models.BinaryField()),
                ("evaluated", models.BinaryField(default=b"")),
                ("set_id", models.CharField(blank=True, max_length=32)),
                ("state", models.CharField(db_index=True, default="queued", max_length=12)),
                ("code", models.CharField(blank=True, max_length=64)),
                ("clause", models.CharField(blank=True, max_length=80)),
                ("found", models.JSONField(default=list)),
                ("desk", models.JSONField(default=dict)),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("deadline", models.DateTimeField()),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("keep_until", models.DateField(db_index=True)),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="federation.partner"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="HeldSet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("set_id", models.CharField(max_length=32, unique=True)),
                ("epoch", models.PositiveIntegerField()),
                ("made_of", models.CharField(max_length=64)),
                ("size", models.PositiveIntegerField()),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="federation.partner"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="ReceivedSet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("set_id", models.CharField(max_length=32)),
                ("pages", models.PositiveIntegerField(default=0)),
                ("size", models.PositiveIntegerField(default=0)),
                ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="federation.partner"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [models.UniqueConstraint(fields=("partner", "set_id"), name="match_set_once")],
            },
        ),
        migrations.CreateModel(
            name="ReceivedPage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("page", models.PositiveIntegerField()),
                ("tags", models.BinaryField()),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="received",
                        to="private_match.receivedset",
                    ),
                ),
            ],
            options={
                "ordering": ["page"],
                "constraints": [models.UniqueConstraint(fields=("owner", "page"), name="match_page_once")],
            },
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.PositiveIntegerField(blank=True, null=True)),
                ("watchlist", models.CharField(blank=True, max_length=64)),
                ("entry", models.CharField(blank=True, max_length=255)),
                ("owner_agency", models.CharField(blank=True, max_length=64)),
                ("desk", models.JSONField(default=dict)),
                ("purpose", models.CharField(max_length=40)),
                ("agreement", models.CharField(max_length=100)),
                ("message_id", models.CharField(max_length=36)),
                ("opened_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("opened_by", models.CharField(max_length=150)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("closed_by", models.CharField(blank=True, max_length=150)),
                ("note", models.CharField(blank=True, max_length=500)),
                ("keep_until", models.DateField(db_index=True)),
                (
                    "asked",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contacts",
                        to="private_match.asked",
                    ),
                ),
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
                    models.UniqueConstraint(fields=("asked", "key"), name="match_contact_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("asked__isnull", False), ("entry", ""), ("key__isnull", False)),
                            models.Q(
                                ("asked__isnull", True), ("key__isnull", True), models.Q(("entry", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="match_contact_side",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Heard",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("message_id", models.CharField(max_length=36)),
                ("thread", models.CharField(max_length=36)),
                ("agreement", models.CharField(max_length=100)),
                ("purpose", models.CharField(max_length=40)),
                ("keys", models.PositiveIntegerField()),
                ("elements", models.BinaryField()),
                ("have", models.CharField(blank=True, max_length=32)),
                ("state", models.CharField(db_index=True, default="waiting", max_length=12)),
                ("code", models.CharField(blank=True, max_length=64)),
                ("heard_at", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("keep_until", models.DateField(db_index=True)),
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
                    models.UniqueConstraint(fields=("partner", "message_id"), name="match_heard_once"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("waiting", "answered", "refused"))), name="match_heard_state"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MatchBudget",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("per_day", models.PositiveIntegerField(default=10000)),
                ("per_hour", models.PositiveIntegerField(default=20)),
                ("throttled_at", models.DateTimeField(blank=True, null=True)),
                ("throttled_because", models.CharField(blank=True, max_length=40)),
                ("counted_from", models.DateTimeField(blank=True, null=True)),
                (
                    "partner",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="match_budget",
                        to="federation.partner",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("throttled_at__isnull", True),
                            models.Q(("throttled_because", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="throttled_for_a_reason",
                    )
                ],
            },
        ),
    ]
