"""A token (PKCS #11) that SoftHSM plays, where it is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

LIBRARY = next(
    (path for path in map(Path, (os.environ.get("ELCHI_TEST_PKCS11", ""), "/usr/lib/softhsm/libsofthsm2.so",
     "/usr/lib64/pkcs11/libsofthsm2.so")) if path.is_file()), None)  # fmt: skip
LABEL, PIN = "border", "4711-korday"
_TOOL = shutil.which("softhsm2-util")
needs_token = pytest.mark.skipif(
    not (LIBRARY and _TOOL), reason="no SoftHSM, which plays the token: apt install softhsm2"
)


@contextmanager
def soft_token(folder: Path) -> Iterator[tuple[Path, str, str]]:
    """Make a token in a folder; give the library, its label and its PIN.

    SoftHSM finds it by a variable, which the processes of a test inherit.
    """
    assert LIBRARY is not None
    assert _TOOL is not None
    (folder / "tokens").mkdir()
    config = folder / "softhsm2.conf"
    config.write_text(f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(config))
        pins = ("--so-pin", "12345678", "--pin", PIN)
        subprocess.run([_TOOL, "--init-token", "--free", "--label", LABEL, *pins], check=True, capture_output=True)
        yield LIBRARY, LABEL, PIN
