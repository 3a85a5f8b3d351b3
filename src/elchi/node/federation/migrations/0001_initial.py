import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("directory", "0001_initial"),
        ("officers", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Leaf",
            fields=[
                ("index", models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                ("hash", models.CharField(max_length=64)),
                ("what", models.CharField(max_length=10)),
                ("ref", models.CharField(max_length=80)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="OwnKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kid", models.CharField(max_length=64, unique=True)),
                ("use", models.CharField(max_length=8)),
                ("algorithm", models.CharField(max_length=16)),
                ("place", models.CharField(max_length=200)),
                ("public", models.BinaryField()),
                ("valid_from", models.DateTimeField()),
                ("valid_until", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_because", models.CharField(blank=True, max_length=200)),
                ("superseded_by", models.CharField(blank=True, max_length=64)),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="KeyVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("party", models.CharField(max_length=32)),
                ("joining", models.PositiveIntegerField(default=1)),
                ("version", models.PositiveIntegerField()),
                ("document", models.BinaryField()),
                ("sha256", models.CharField(max_length=64)),
                ("issued_at", models.DateTimeField()),
                ("valid_until", models.DateTimeField()),
                ("fetched_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["party", "-joining", "-version"],
                "constraints": [
                    models.UniqueConstraint(fields=("party", "joining", "version"), name="one_key_version")
                ],
            },
        ),
        migrations.CreateModel(
            name="Partner",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=32, unique=True)),
                ("name", models.CharField(max_length=200)),
                ("state", models.CharField(db_index=True, default="invited", max_length=12)),
                ("agencies", models.JSONField(default=list)),
                ("offices", models.JSONField(default=list)),
                ("claimed", models.JSONField(default=dict)),
                ("carriers", models.JSONField(default=list)),
                ("is_relay", models.BooleanField(default=False)),
                ("relayed_bytes", models.PositiveBigIntegerField(default=0)),
                ("offer", models.BinaryField(default=b"")),
                ("offered_by", models.CharField(blank=True, max_length=150)),
                ("offered_at", models.DateTimeField(blank=True, null=True)),
                ("given_version", models.PositiveIntegerField(default=0)),
                ("fingerprint", models.CharField(blank=True, max_length=64)),
                ("compared_at", models.DateTimeField(blank=True, null=True)),
                ("joined_at", models.DateTimeField(blank=True, null=True)),
                ("suspended_here_at", models.DateTimeField(blank=True, null=True)),
                ("suspended_here_because", models.CharField(blank=True, max_length=200)),
                ("suspended_there_at", models.DateTimeField(blank=True, null=True)),
                ("suspended_there_because", models.CharField(blank=True, max_length=200)),
                ("said", models.PositiveIntegerField(default=0)),
                ("heard", models.PositiveIntegerField(default=0)),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
                ("witnessed_size", models.PositiveBigIntegerField(default=0)),
                ("told_size", models.PositiveBigIntegerField(default=0)),
                (
                    "compared_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "country",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="directory.country"
                    ),
                ),
            ],
            options={
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="Outgoing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("message_id", models.CharField(max_length=36)),
                ("lane", models.CharField(max_length=10)),
                ("rank", models.PositiveSmallIntegerField()),
                ("sequence", models.PositiveBigIntegerField()),
                ("kind", models.CharField(max_length=81)),
                ("thread", models.CharField(max_length=36)),
                ("re", models.CharField(blank=True, max_length=36)),
                ("agreement", models.CharField(blank=True, max_length=90)),
                ("on", models.CharField(blank=True, max_length=64)),
                ("sealed_to", models.CharField(max_length=64)),
                ("sha256", models.CharField(max_length=64, unique=True)),
                ("manifest_sha256", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("deadline", models.DateTimeField(blank=True, null=True)),
                ("expires_at", models.DateTimeField()),
                ("state", models.CharField(default="queued", max_length=10)),
                ("code", models.CharField(blank=True, max_length=64)),
                ("carrier", models.CharField(blank=True, max_length=20)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("next_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("delivered_at", models.DateTimeField(blank=True, null=True)),
                ("opened_at", models.DateTimeField(blank=True, null=True)),
                ("leaf", models.PositiveBigIntegerField()),
                ("retention_until", models.DateField(blank=True, null=True)),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="outgoing", to="federation.partner"
                    ),
                ),
                ("proof", models.BinaryField(default=b"")),
                ("body", models.BinaryField(null=True)),
                ("envelope", models.BinaryField(null=True)),
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("envelope__isnull", False)),
                        fields=["partner", "rank", "id"],
                        name="outgoing_due",
                    ),
                    models.Index(fields=["thread"], name="federation__thread_58999d_idx"),
                    models.Index(fields=["on"], name="federation__on_08a224_idx"),
                    models.Index(
                        condition=models.Q(("body__isnull", False)), fields=["retention_until"], name="outgoing_kept"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("message_id", "partner"), name="sent_once_to_each"),
                    models.UniqueConstraint(fields=("partner", "lane", "sequence"), name="numbered_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Link",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("carrier", models.CharField(max_length=20)),
                ("worked_at", models.DateTimeField(blank=True, null=True)),
                ("failed_at", models.DateTimeField(blank=True, null=True)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("code", models.CharField(blank=True, max_length=64)),
                ("milliseconds", models.PositiveIntegerField(default=0)),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="links", to="federation.partner"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("partner", "carrier"), name="one_link")],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("nonce", models.CharField(max_length=43, unique=True)),
                ("note", models.CharField(blank=True, max_length=200)),
                ("made_by", models.CharField(max_length=150)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("valid_until", models.DateTimeField()),
                ("key_version", models.PositiveIntegerField()),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("used_at", models.DateTimeField(blank=True, null=True)),
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
            },
        ),
        migrations.CreateModel(
            name="Held",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lane", models.CharField(max_length=10)),
                ("rank", models.PositiveSmallIntegerField()),
                ("kind", models.CharField(max_length=10)),
                ("size", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField()),
                (
                    "giver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="given", to="federation.partner"
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="held", to="federation.partner"
                    ),
                ),
                ("content", models.BinaryField()),
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(fields=["partner", "rank", "id"], name="federation__partner_2923fa_idx"),
                    models.Index(fields=["giver", "size"], name="federation__giver_i_541718_idx"),
                    models.Index(fields=["expires_at"], name="federation__expires_d3ea53_idx"),
                ],
                "constraints": [models.UniqueConstraint(fields=("partner", "sha256"), name="held_once")],
            },
        ),
        migrations.CreateModel(
            name="Equivocation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("what", models.CharField(max_length=16)),
                ("ref", models.CharField(max_length=80)),
                ("first", models.BinaryField()),
                ("second", models.BinaryField()),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="equivocations",
                        to="federation.partner",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(fields=("partner", "what", "ref"), name="equivocation_kept_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="SharedFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_ours", models.BooleanField()),
                ("file_id", models.CharField(max_length=36)),
                ("use", models.CharField(max_length=40)),
                ("about", models.CharField(blank=True, max_length=64)),
                ("name", models.CharField(max_length=200)),
                ("media_type", models.CharField(max_length=121)),
                ("size", models.PositiveBigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("state", models.CharField(db_index=True, max_length=10)),
                ("code", models.CharField(blank=True, max_length=64)),
                ("purpose", models.CharField(blank=True, max_length=81)),
                ("handling", models.JSONField(default=dict)),
                ("onward", models.CharField(default="none", max_length=16)),
                ("agreement", models.CharField(blank=True, max_length=90)),
                ("next_piece", models.PositiveIntegerField(default=0)),
                ("done", models.BinaryField(default=b"")),
                ("on", models.CharField(blank=True, max_length=64)),
                ("begun_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("expires_at", models.DateTimeField()),
                ("retention_until", models.DateField(blank=True, null=True)),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shared_files",
                        to="federation.partner",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(fields=["partner", "is_ours", "state"], name="federation__partner_50ce13_idx")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("partner", "file_id", "is_ours"), name="shared_file_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="AgreementVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("agreement", models.CharField(max_length=80)),
                ("version", models.PositiveIntegerField()),
                ("state", models.CharField(db_index=True, max_length=14)),
                ("content", models.JSONField()),
                ("document", models.BinaryField(default=b"")),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("is_ours", models.BooleanField()),
                ("valid_from", models.DateField()),
                ("valid_until", models.DateField(blank=True, null=True)),
                ("suspensions", models.PositiveIntegerField(default=0)),
                ("resumed_here", models.PositiveIntegerField(default=0)),
                ("resumed_there", models.PositiveIntegerField(default=0)),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("in_force_at", models.DateTimeField(blank=True, null=True)),
                ("note", models.CharField(blank=True, max_length=500)),
                (
                    "approved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="agreements", to="federation.partner"
                    ),
                ),
            ],
            options={
                "ordering": ["partner", "agreement", "-version"],
                "constraints": [
                    models.UniqueConstraint(fields=("partner", "agreement", "version"), name="one_agreement_version"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "in_force")),
                        fields=("partner", "agreement"),
                        name="one_version_in_force",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReceiptDocument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_ours", models.BooleanField()),
                ("at", models.DateTimeField()),
                ("sha256", models.CharField(max_length=64, unique=True)),
                ("waits", models.BooleanField(default=False)),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipt_documents",
                        to="federation.partner",
                    ),
                ),
                ("content", models.BinaryField()),
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(condition=models.Q(("waits", True)), fields=["partner", "id"], name="receipt_waits")
                ],
            },
        ),
        migrations.CreateModel(
            name="Receipt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("outcome", models.CharField(max_length=10)),
                ("code", models.CharField(blank=True, max_length=64)),
                ("clause", models.CharField(blank=True, max_length=80)),
                ("party", models.CharField(max_length=32)),
                ("at", models.DateTimeField()),
                ("leaf", models.PositiveBigIntegerField(null=True)),
                (
                    "outgoing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="receipts", to="federation.outgoing"
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipts",
                        to="federation.receiptdocument",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("outgoing", "outcome", "party"), name="one_receipt_an_outcome")
                ],
            },
        ),
        migrations.CreateModel(
            name="Incoming",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("message_id", models.CharField(max_length=36)),
                ("lane", models.CharField(max_length=10)),
                ("sequence", models.PositiveBigIntegerField()),
                ("kind", models.CharField(max_length=81)),
                ("thread", models.CharField(max_length=36)),
                ("re", models.CharField(blank=True, max_length=36)),
                ("agreement", models.CharField(blank=True, max_length=90)),
                ("sha256", models.CharField(db_index=True, max_length=64)),
                ("manifest_sha256", models.CharField(max_length=64)),
                ("sent_at", models.DateTimeField()),
                ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("deadline", models.DateTimeField(blank=True, null=True)),
                ("state", models.CharField(default="accepted", max_length=10)),
                ("code", models.CharField(blank=True, max_length=64)),
                ("clause", models.CharField(blank=True, max_length=80)),
                ("carrier", models.CharField(blank=True, max_length=20)),
                ("leaf", models.PositiveBigIntegerField()),
                ("opened_at", models.DateTimeField(blank=True, null=True)),
                ("retention_until", models.DateField(blank=True, null=True)),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="incoming", to="federation.partner"
                    ),
                ),
                (
                    "receipt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="federation.receiptdocument"
                    ),
                ),
                ("proof", models.BinaryField(default=b"")),
                ("body", models.BinaryField(null=True)),
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(fields=["thread"], name="federation__thread_90b189_idx"),
                    models.Index(fields=["re"], name="federation__re_e58b28_idx"),
                    models.Index(fields=["partner", "lane", "sequence"], name="federation__partner_79185f_idx"),
                    models.Index(
                        condition=models.Q(("body__isnull", False)), fields=["retention_until"], name="incoming_kept"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("message_id", "partner"), name="received_once_from_each")
                ],
            },
        ),
        migrations.CreateModel(
            name="Head",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("party", models.CharField(max_length=32)),
                ("size", models.PositiveBigIntegerField()),
                ("root", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("document", models.BinaryField()),
                ("token", models.BinaryField(default=b"")),
                (
                    "receipt",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="federation.receiptdocument",
                    ),
                ),
            ],
            options={
                "ordering": ["party", "-size"],
                "constraints": [models.UniqueConstraint(fields=("party", "size"), name="one_head_a_size")],
            },
        ),
        migrations.CreateModel(
            name="Sequence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lane", models.CharField(max_length=10)),
                ("sent", models.PositiveBigIntegerField(default=0)),
                ("seen", models.PositiveBigIntegerField(default=0)),
                ("missing", models.JSONField(default=list)),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sequences", to="federation.partner"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("partner", "lane"), name="one_sequence")],
            },
        ),
        migrations.CreateModel(
            name="Subtree",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("level", models.PositiveSmallIntegerField()),
                ("index", models.PositiveBigIntegerField()),
                ("hash", models.CharField(max_length=64)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("level", "index"), name="one_subtree")],
            },
        ),
    ]
