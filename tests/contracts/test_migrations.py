"""Tests make tables from the models; nodes from migrations: they must give the same."""

import os
import subprocess
import sys


def test_migrations_make_the_tables_of_the_models() -> None:
    command = [sys.executable, "-m", "django", "makemigrations", "--check", "--dry-run"]
    done = subprocess.run(
        command,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.strip()) == (0, "No changes detected"), done.stdout + done.stderr
