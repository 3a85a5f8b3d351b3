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
            name="Conversation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("thread", models.CharField(max_length=36)),
                ("number", models.CharField(blank=True, max_length=48)),
                ("is_ours", models.BooleanField()),
                ("kind", models.CharField(blank=True, max_length=20)),
                ("urgency", models.CharField(blank=True, max_length=8)),
                ("title", models.CharField(blank=True, max_length=200)),
                ("purpose", models.CharField(blank=True, max_length=40)),
                ("agreement", models.CharField(blank=True, max_length=90)),
                ("clause", models.CharField(blank=True, max_length=80)),
                ("handling", models.CharField(default="H1", max_length=2)),
                ("tlp", models.CharField(default="AMBER", max_length=12)),
                ("conditions", models.CharField(blank=True, max_length=500)),
                ("evaluation", models.CharField(blank=True, max_length=12)),
                ("state", models.CharField(db_index=True, default="draft", max_length=16)),
                ("highest", models.PositiveIntegerField(default=0)),
                ("newest", models.PositiveIntegerField(default=0)),
                ("opened_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
                ("last_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("reminded_at", models.DateTimeField(blank=True, null=True)),
                ("escalated_at", models.DateTimeField(blank=True, null=True)),
                ("fallback", models.JSONField(default=dict)),
                ("keep_until", models.DateField(blank=True, null=True)),
                (
                    "agency",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="directory.agency"
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="conversations",
                        to="federation.partner",
                    ),
                ),
            ],
            options={
                "ordering": ["-last_at", "-id"],
                "indexes": [
                    models.Index(fields=["last_at"], name="liaison_con_last_at_4229c8_idx"),
                    models.Index(fields=["keep_until"], name="liaison_con_keep_un_f7e42d_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("thread", "partner"), name="one_conversation"),
                    models.UniqueConstraint(
                        condition=models.Q(("number", ""), _negated=True),
                        fields=("number", "partner"),
                        name="one_conversation_number",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OfficeAlert",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("thread", models.CharField(max_length=36)),
                ("number", models.CharField(max_length=48)),
                ("message", models.CharField(blank=True, max_length=36)),
                ("agency", models.CharField(blank=True, max_length=64)),
                ("officer", models.CharField(blank=True, max_length=200)),
                ("agencies", models.JSONField(default=list)),
                ("action", models.CharField(max_length=10)),
                ("title", models.CharField(blank=True, max_length=200)),
                ("text", models.TextField(blank=True)),
                ("language", models.CharField(blank=True, max_length=3)),
                ("subject", models.JSONField(null=True)),
                ("route", models.JSONField(default=list)),
                ("purpose", models.CharField(max_length=40)),
                ("agreement", models.CharField(blank=True, max_length=90)),
                ("handling", models.CharField(default="H1", max_length=2)),
                ("tlp", models.CharField(default="AMBER", max_length=12)),
                ("state", models.CharField(db_index=True, default="standing", max_length=10)),
                ("raised_at", models.DateTimeField()),
                ("came_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField()),
                ("entry", models.CharField(blank=True, max_length=64)),
                ("keep_until", models.DateField(blank=True, null=True)),
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
                "indexes": [models.Index(fields=["state", "expires_at"], name="liaison_off_state_9fe502_idx")],
                "constraints": [models.UniqueConstraint(fields=("number", "partner"), name="one_alert_number")],
            },
        ),
        migrations.CreateModel(
            name="AlertReader",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("agency", models.CharField(blank=True, max_length=64)),
                ("message", models.CharField(blank=True, max_length=36)),
                ("code", models.CharField(blank=True, max_length=64)),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                ("acknowledged_at", models.DateTimeField(blank=True, null=True)),
                ("officer", models.CharField(blank=True, max_length=200)),
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
                    "alert",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="readers", to="liaison.officealert"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("partner__isnull", False)), fields=("alert", "partner"), name="one_office"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("partner__isnull", True)), fields=("alert", "agency"), name="one_agency"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Party",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("released_by", models.CharField(max_length=150)),
                ("read_number", models.PositiveIntegerField(default=0)),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="directory.agency"
                    ),
                ),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="parties", to="liaison.conversation"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [models.UniqueConstraint(fields=("conversation", "agency"), name="one_released")],
            },
        ),
        migrations.CreateModel(
            name="Utterance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("party", models.CharField(max_length=32)),
                ("message", models.CharField(max_length=36)),
                ("act", models.CharField(max_length=12)),
                ("of_asker", models.BooleanField()),
                ("agency", models.CharField(blank=True, max_length=64)),
                ("officer", models.CharField(blank=True, max_length=200)),
                ("by", models.CharField(blank=True, max_length=150)),
                ("text", models.TextField(blank=True)),
                ("language", models.CharField(blank=True, max_length=3)),
                ("template", models.CharField(blank=True, max_length=24)),
                ("subject", models.JSONField(blank=True, null=True)),
                ("clause", models.CharField(blank=True, max_length=80)),
                ("agencies", models.JSONField(default=list)),
                ("read_to", models.PositiveIntegerField(default=0)),
                ("at", models.DateTimeField()),
                ("came_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="said", to="liaison.conversation"
                    ),
                ),
            ],
            options={
                "ordering": ["conversation", "number", "party", "message"],
                "constraints": [models.UniqueConstraint(fields=("conversation", "party", "message"), name="said_once")],
            },
        ),
        migrations.CreateModel(
            name="SharedFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100)),
                ("media_type", models.CharField(max_length=100)),
                ("size", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("content", models.BinaryField()),
                (
                    "said",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="files", to="liaison.utterance"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
    ]
