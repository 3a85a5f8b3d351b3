"""Run a command beside a PostgreSQL server of its own: `python tests/postgres.py pytest tests/node`.

The server listens on a socket in a folder that is gone afterwards; nothing is shared with servers of the machine.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path


def main(command: list[str]) -> int:
    """Start the server, run the command with ELCHI_DATABASE set, stop the server."""
    programs = _programs()
    if programs is None:
        print("PostgreSQL is not installed: tests on it are skipped: 1 skipped")  # noqa: T201  CI counts it
        return 0
    with tempfile.TemporaryDirectory(prefix="elchi-pg-") as name:
        folder = Path(name)
        account = _unprivileged()
        if account:
            os.chown(folder, account.pw_uid, account.pw_gid)
        data = str(folder / "data")
        drop = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
        quiet = {"stdout": subprocess.DEVNULL, "cwd": folder}
        init = [str(programs / "initdb"), "-D", data, "-U", "elchi", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8"]
        subprocess.run(init, check=True, **quiet, **drop)  # type: ignore[call-overload]
        options = f"-c listen_addresses= -c unix_socket_directories={folder} -c max_connections=50"
        control = [str(programs / "pg_ctl"), "-D", data, "-w"]
        subprocess.run([*control, "-o", options, "start"], check=True, **quiet, **drop)  # type: ignore[call-overload]
        try:
            address = f"postgresql://elchi@/elchi?host={folder}"
            subprocess.run([str(programs / "createdb"), "-h", str(folder), "-U", "elchi", "elchi"], check=True)
            return subprocess.run(command, env={**os.environ, "ELCHI_DATABASE": address}, check=False).returncode
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], check=True, **quiet, **drop)  # type: ignore[call-overload]


def _programs() -> Path | None:
    """Find the server's programs: Debian keeps them beside no PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    beside = shutil.which("initdb")
    return found[-1].parent if found else Path(beside).parent if beside else None


def _unprivileged() -> pwd.struct_passwd | None:
    """Give whom to become: PostgreSQL does not run as root."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
