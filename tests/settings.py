"""The settings of a node made for tests: the product's own, with a folder that is gone afterwards."""

from __future__ import annotations

import atexit
import os
import secrets
import shutil
import tempfile
from pathlib import Path

NODE = """\
code = "KZ-KOR-1"
name = "Korday post"
country = "KZ"
organisation = "Border Service"
languages = ["ru", "kk", "en"]
time_zone = "Asia/Almaty"
demo = true
"""


def make_home() -> Path:
    """Make the folder of a node."""
    home = Path(tempfile.mkdtemp(prefix="elchi-tests-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    (home / "node.toml").write_text(NODE, encoding="utf-8")
    for name in ("keys", "files", "lists", "static"):
        (home / name).mkdir(mode=0o700)
    (home / "keys" / "secret").write_text(secrets.token_urlsafe(64), encoding="ascii")
    return home


_before = os.environ.get("ELCHI_HOME")
os.environ["ELCHI_HOME"] = str(make_home())
from elchi.settings import *  # noqa: E402, F403  the product's settings, read with the folder above
from elchi.settings import DATABASES  # noqa: E402  the same

if _before is None:
    del os.environ["ELCHI_HOME"]
else:
    os.environ["ELCHI_HOME"] = _before

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
if "sqlite" in DATABASES["default"]["ENGINE"]:
    DATABASES["default"]["TEST"] = {"NAME": ":memory:"}  # each process of the tests has its own
