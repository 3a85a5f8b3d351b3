"""The benchmark environment: peers that are heavy, or whose licence keeps them out of Elchi's own environment."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / ".bench-venv"


def peer_python(*packages: str) -> Path:
    """Give the Python of the benchmark environment, with the packages in it; make and fill it on demand.

    Args:
        packages: pinned, as in `mrz==0.6.2`.
    """
    python = HOME / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(HOME)], check=True)
    has = subprocess.run(
        [str(python), "-m", "pip", "freeze"], check=True, capture_output=True, text=True
    ).stdout.lower()
    missing = [package for package in packages if package.lower() not in has.split()]
    if missing:
        print(f"installing {', '.join(missing)} into {HOME.name}", file=sys.stderr)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *missing], check=True)
    return python
