"""A time-stamping authority of our own (`openssl ts`), as real as those of the market."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

OPENSSL = shutil.which("openssl")
_CONFIG = """\
[req]
distinguished_name = name
[name]
[root]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[signer]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[tsa]
default_tsa = one
[one]
serial = {folder}/serial
signer_cert = {folder}/signer.pem
signer_key = {folder}/signer.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
"""


class TimeAuthority:
    """Signs what it is asked to."""

    def __init__(self, folder: Path, name: str = "Time of tests") -> None:
        self.folder = folder
        folder.mkdir()
        (folder / "serial").write_text("01\n")
        (folder / "tsa.cnf").write_text(_CONFIG.format(folder=folder))
        config = ("-config", "tsa.cnf")
        key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-sha256")
        root = ("-x509", "-days", "3650", "-extensions", "root", "-keyout", "root.key", "-out", "root.pem")
        self._openssl("req", *config, *key, *root, "-subj", f"/CN={name} root")
        self._openssl("req", *config, *key, "-keyout", "signer.key", "-out", "signer.csr", "-subj", f"/CN={name}")
        signed = ("-CAcreateserial", "-days", "3650", "-extfile", "tsa.cnf", "-extensions", "signer", "-sha256")
        ca = ("-CA", "root.pem", "-CAkey", "root.key")
        self._openssl("x509", "-req", "-in", "signer.csr", *ca, *signed, "-out", "signer.pem")
        self.root = (folder / "root.pem").read_bytes()

    def answer(self, request: bytes) -> bytes:
        (self.folder / "request").write_bytes(request)
        self._openssl("ts", "-reply", "-config", "tsa.cnf", "-queryfile", "request", "-out", "answer")
        return (self.folder / "answer").read_bytes()

    def _openssl(self, *arguments: str) -> None:
        assert OPENSSL is not None
        subprocess.run([OPENSSL, *arguments], cwd=self.folder, check=True, capture_output=True)
