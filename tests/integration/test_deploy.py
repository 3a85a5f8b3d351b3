"""The units of systemd can be read by systemd, and start commands that there are."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from elchi.cli.main import elchi
from elchi.config import SETTINGS

DEPLOY = Path(__file__).parents[2] / "deploy"
UNITS = sorted(path.name for path in DEPLOY.glob("elchi*"))


def test_the_units_are_those_that_the_page_names() -> None:
    page = (DEPLOY.parent / "docs/operate.md").read_text(encoding="utf-8")
    named = set(re.findall(r"deploy/([\w.-]+)", page))
    assert named == {path.name for path in DEPLOY.iterdir()}


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
def test_systemd_finds_nothing_wrong(tmp_path: Path) -> None:
    program = str(Path(sys.executable).with_name("elchi"))
    for name in UNITS:
        text = (DEPLOY / name).read_text(encoding="utf-8").replace("/opt/elchi/.venv/bin/elchi", program)
        lines = [line for line in text.splitlines() if not line.startswith(("User=", "Group=", "Documentation="))]
        (tmp_path / name).write_text("\n".join(lines), encoding="utf-8")
    command = ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / name) for name in UNITS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_units_run_commands_and_settings_that_there_are() -> None:
    text = "".join((DEPLOY / name).read_text(encoding="utf-8") for name in UNITS)
    commands = re.findall(r"/bin/elchi (\w+)", text)
    assert sorted(commands) == ["backup", "run"]
    assert set(commands) <= set(elchi.commands)
    assert set(re.findall(r"(ELCHI_\w+)=", text)) - {"ELCHI_HOME"} <= set(SETTINGS)
