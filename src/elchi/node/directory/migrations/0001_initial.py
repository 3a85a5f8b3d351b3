import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Country",
            fields=[
                ("code", models.CharField(max_length=2, primary_key=True, serialize=False)),
                ("names", models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name="Agency",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=64, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("border", "border"),
                            ("customs", "customs"),
                            ("police", "police"),
                            ("drug_control", "drug_control"),
                            ("security", "security"),
                            ("migration", "migration"),
                            ("veterinary", "veterinary"),
                            ("phytosanitary", "phytosanitary"),
                            ("interpol_bureau", "interpol_bureau"),
                            ("regional_centre", "regional_centre"),
                            ("donor", "donor"),
                            ("programme", "programme"),
                            ("justice", "justice"),
                            ("foreign_affairs", "foreign_affairs"),
                        ],
                        max_length=20,
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("names", models.JSONField(default=dict)),
                ("mandate", models.TextField(blank=True)),
                ("sources", models.CharField(blank=True, max_length=300)),
                ("is_active", models.BooleanField(default=True)),
                (
                    "country",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agencies",
                        to="directory.country",
                    ),
                ),
            ],
            options={
                "ordering": ["country", "name"],
            },
        ),
        migrations.CreateModel(
            name="Crossing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=16, unique=True)),
                ("name_a", models.CharField(max_length=120)),
                ("name_b", models.CharField(blank=True, max_length=120)),
                ("names", models.JSONField(default=dict)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("road", "road"),
                            ("rail", "rail"),
                            ("road_rail", "road_rail"),
                            ("river", "river"),
                            ("bridge", "bridge"),
                            ("ferry", "ferry"),
                            ("air", "air"),
                            ("sea", "sea"),
                            ("pedestrian", "pedestrian"),
                            ("dry_port", "dry_port"),
                        ],
                        max_length=20,
                    ),
                ),
                ("latitude", models.FloatField(blank=True, null=True)),
                ("longitude", models.FloatField(blank=True, null=True)),
                ("coordinate_error_km", models.FloatField(blank=True, null=True)),
                ("coordinate_basis", models.CharField(blank=True, max_length=300)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("restricted", "restricted"),
                            ("closed", "closed"),
                            ("planned", "planned"),
                            ("unknown", "unknown"),
                        ],
                        default="unknown",
                        max_length=20,
                    ),
                ),
                ("note", models.TextField(blank=True)),
                ("sources", models.CharField(blank=True, max_length=300)),
                (
                    "country_a",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="directory.country"
                    ),
                ),
                (
                    "country_b",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.country",
                    ),
                ),
            ],
            options={
                "ordering": ["code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("latitude__isnull", True), ("longitude__isnull", True)),
                            models.Q(
                                ("coordinate_error_km__gte", 0),
                                ("latitude__range", (-90, 90)),
                                ("longitude__range", (-180, 180)),
                            ),
                            _connector="OR",
                        ),
                        name="crossing_coordinates_whole",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CrossingStatus",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("restricted", "restricted"),
                            ("closed", "closed"),
                            ("planned", "planned"),
                            ("unknown", "unknown"),
                        ],
                        max_length=20,
                    ),
                ),
                ("from_date", models.DateField()),
                ("to_date", models.DateField(blank=True, null=True)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("source", models.CharField(blank=True, max_length=300)),
                (
                    "crossing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="history", to="directory.crossing"
                    ),
                ),
            ],
            options={
                "ordering": ["-from_date"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("to_date__isnull", True), ("to_date__gte", models.F("from_date")), _connector="OR"
                        ),
                        name="crossing_status_ends_later",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Office",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=64, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("border_liaison_office", "border_liaison_office"),
                            ("port_control_unit", "port_control_unit"),
                            ("interagency_mobile_team", "interagency_mobile_team"),
                            ("post", "post"),
                            ("outpost", "outpost"),
                            ("headquarters", "headquarters"),
                        ],
                        max_length=32,
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("names", models.JSONField(default=dict)),
                ("area", models.CharField(blank=True, max_length=300)),
                ("latitude", models.FloatField(blank=True, null=True)),
                ("longitude", models.FloatField(blank=True, null=True)),
                ("coordinate_error_km", models.FloatField(blank=True, null=True)),
                ("sources", models.CharField(blank=True, max_length=300)),
                ("is_active", models.BooleanField(default=True)),
                ("agencies", models.ManyToManyField(related_name="offices", to="directory.agency")),
                (
                    "country",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offices",
                        to="directory.country",
                    ),
                ),
                ("crossings", models.ManyToManyField(blank=True, related_name="offices", to="directory.crossing")),
                (
                    "lead",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.agency",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="directory.office",
                    ),
                ),
            ],
            options={
                "ordering": ["country", "name"],
            },
        ),
        migrations.CreateModel(
            name="DutyContact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("desk", models.CharField(max_length=120)),
                ("subject_matter", models.CharField(blank=True, max_length=20)),
                ("rank", models.PositiveSmallIntegerField(default=1)),
                ("days", models.CharField(default="1234567", max_length=7)),
                ("from_time", models.TimeField(blank=True, null=True)),
                ("to_time", models.TimeField(blank=True, null=True)),
                ("time_zone", models.CharField(max_length=40)),
                ("phone", models.CharField(blank=True, max_length=40)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("languages", models.JSONField(default=list)),
                ("note", models.CharField(blank=True, max_length=300)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="contacts", to="directory.agency"
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contacts",
                        to="directory.office",
                    ),
                ),
            ],
            options={
                "ordering": ["agency", "rank", "desk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("email", ""), ("phone", ""), _negated=True), name="contact_reachable"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("from_time__isnull", True), ("to_time__isnull", True)),
                            models.Q(("from_time__isnull", False), ("to_time__isnull", False)),
                            _connector="OR",
                        ),
                        name="contact_hours_whole",
                    ),
                ],
            },
        ),
    ]
