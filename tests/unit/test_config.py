"""What a node is told, by whom, and what is refused."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from elchi.config import SECRETS, SETTINGS, read_config
from elchi.errors import Conflict, ElchiError, InvalidInput, NotFound
from elchi.node.here import Hub, TimeAuthority, Token
from elchi.seal.certificate import certificate_bytes, make_exchange_certificate

NOW = dt.datetime(2026, 11, 30, tzinfo=dt.UTC)

NODE = """
code = "KZ-KOR-1"
name = "Korday post"
country = "KZ"
organisation = "Border Service"
languages = ["ru", "kk"]
time_zone = "Asia/Almaty"
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "secret").write_text("s" * 60, encoding="ascii")
    (tmp_path / "node.toml").write_text(NODE, encoding="utf-8")
    return tmp_path


def refused(home: Path, **environ: str) -> ElchiError:
    with pytest.raises(ElchiError) as caught:
        read_config({"ELCHI_HOME": str(home), **environ})
    return caught.value


def test_what_holds_unless_it_is_said(home: Path) -> None:
    config = read_config({"ELCHI_HOME": str(home)})
    assert (config.listen, config.workers, config.threads, config.log_level) == ("127.0.0.1:8181", 1, 4, "INFO")
    assert config.database == f"sqlite:///{home}/node.sqlite3"
    assert config.hosts == ("127.0.0.1", "localhost", "[::1]", "127.0.0.1")
    assert (config.second_factor, config.behind_proxy, config.is_secure, config.speaks_tls) == (True, False, True, True)
    assert (config.here.code, config.here.languages, config.here.demo) == ("KZ-KOR-1", ("ru", "kk"), False)
    assert {one.source for one in config.said} == {"unsaid"}


def test_the_environment_goes_before_the_folder(home: Path) -> None:
    (home / "node.toml").write_text(NODE + "[settings]\nworkers = 3\nthreads = 8\n", encoding="utf-8")
    config = read_config({"ELCHI_HOME": str(home), "ELCHI_THREADS": "2", "ELCHI_WORKERS": ""})
    assert (config.workers, config.threads) == (3, 2)
    said = {one.name: one.source for one in config.said}
    assert (said["ELCHI_WORKERS"], said["ELCHI_THREADS"]) == ("node.toml", "environment")


def test_hosts_come_beside_this_machine(home: Path) -> None:
    config = read_config({"ELCHI_HOME": str(home), "ELCHI_HOSTS": "elchi.korday.example, 10.1.2.3"})
    assert config.hosts == ("elchi.korday.example", "10.1.2.3", "127.0.0.1", "localhost", "[::1]")


def test_behind_a_proxy_it_speaks_no_tls_itself(home: Path) -> None:
    config = read_config({"ELCHI_HOME": str(home), "ELCHI_BEHIND_PROXY": "yes"})
    assert (config.is_secure, config.speaks_tls) == (True, False)


def test_private_keys_are_opened_by_a_file_or_by_what_the_secret_makes(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "passphrase"
    file.write_text("correct horse battery staple\nsecond line\n", encoding="utf-8")
    told = read_config({"ELCHI_HOME": str(home), "ELCHI_KEYS_PASSPHRASE_FILE": str(file)})
    assert told.keys_passphrase == "correct horse battery staple"
    unsaid = read_config({"ELCHI_HOME": str(home)})
    assert re.fullmatch("[0-9a-f]{64}", unsaid.keys_passphrase)
    assert unsaid.keys_passphrase != unsaid.secret
    assert unsaid.keys_passphrase not in repr(unsaid)


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        ("ELCHI_WORKERS", "0", "number_in_range"),
        ("ELCHI_WORKERS", "²", "number_in_range"),
        ("ELCHI_THREADS", "65", "number_in_range"),
        ("ELCHI_SESSION_HOURS", "-1", "number_in_range"),
        ("ELCHI_BEHIND_PROXY", "perhaps", "yes_or_no"),
        ("ELCHI_HOSTS", "a.example,*", "hosts_by_name"),
        ("ELCHI_LISTEN", "localhost", "address_and_port"),
        ("ELCHI_LISTEN", "0.0.0.0:70000", "address_and_port"),
        ("ELCHI_EXCHANGE_LISTEN", "8443", "address_and_port"),
        ("ELCHI_LOG_LEVEL", "LOUD", "one_of"),
        ("ELCHI_METRICS_TOKEN", "short", "token_length"),
        ("ELCHI_KEYS_PASSPHRASE_FILE", "no-such-file", "readable_file"),
        ("ELCHI_KEYS_PASSPHRASE_FILE", "/dev/null", "passphrase_length"),
    ],
)
def test_what_cannot_be_is_refused_with_its_name(home: Path, name: str, value: str, rule: str) -> None:
    error = refused(home, **{name: value})
    assert isinstance(error, InvalidInput)
    assert (error.code, error.params["field"], error.params["rule"]) == ("setting_invalid", name, rule)


def test_a_hub_has_addresses_and_certificates(home: Path, tmp_path: Path) -> None:
    one, other = (make_exchange_certificate("HUB-1", passphrase="x" * 20, now=NOW)[0] for _ in range(2))
    file = tmp_path / "hub.pem"
    file.write_bytes(one + other)
    assert read_config({"ELCHI_HOME": str(home)}).hub is None
    told = {"ELCHI_HUB": "tls://hub.example:4222, wss://10.0.0.7", "ELCHI_HUB_CERTIFICATE": str(file)}
    assert read_config({"ELCHI_HOME": str(home), **told}).hub == Hub(
        ("tls://hub.example:4222", "wss://10.0.0.7"), (certificate_bytes(one), certificate_bytes(other))
    )
    assert refused(home, ELCHI_HUB="tls://hub.example").params == {"field": "ELCHI_HUB_CERTIFICATE", "rule": "missing"}
    assert refused(home, ELCHI_HUB_CERTIFICATE="hub.pem").params == {"field": "ELCHI_HUB", "rule": "missing"}
    assert refused(home, **told | {"ELCHI_HUB_CERTIFICATE": "none.pem"}).params["rule"] == "readable_file"
    assert refused(home, **told | {"ELCHI_HUB": "nats://hub.example"}).params["rule"] == "nats_address"
    file.write_text("-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n", encoding="ascii")
    assert refused(home, **told).params["rule"] == "certificate_pem"
    file.write_text("no certificate", encoding="ascii")
    assert refused(home, **told).params["rule"] == "certificate_pem"


def test_an_authority_of_time_has_an_address_and_a_root(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "root.pem"
    file.write_bytes(root := make_exchange_certificate("TSA-1", passphrase="x" * 20, now=NOW)[0])
    told = {"ELCHI_STAMPS": "http://tsa.example/stamp", "ELCHI_STAMPS_CERTIFICATE": str(file)}
    authority = TimeAuthority("http://tsa.example/stamp", (certificate_bytes(root),))
    assert read_config({"ELCHI_HOME": str(home), **told}).time_authority == authority
    assert read_config({"ELCHI_HOME": str(home)}).time_authority is None
    assert refused(home, ELCHI_STAMPS="http://tsa.example").params["field"] == "ELCHI_STAMPS_CERTIFICATE"
    assert refused(home, **told | {"ELCHI_STAMPS": "ftp://tsa.example"}).params["rule"] == "web_address"


def test_a_token_has_a_library_a_label_and_a_pin(home: Path, tmp_path: Path) -> None:
    library, pin = tmp_path / "lib.so", tmp_path / "pin"
    library.touch()
    pin.write_text("4711-korday\n", encoding="utf-8")
    told = {"ELCHI_TOKEN": str(library), "ELCHI_TOKEN_LABEL": "border", "ELCHI_TOKEN_PIN_FILE": str(pin)}
    config = read_config({"ELCHI_HOME": str(home), **told})
    assert config.token == Token(library, "border", "4711-korday")
    assert "4711" not in repr(config) + repr(config.token)
    assert read_config({"ELCHI_HOME": str(home)}).token is None
    for name in told:
        assert refused(home, **told | {name: ""}).params == {"field": name, "rule": "missing"}
    assert refused(home, **told | {"ELCHI_TOKEN": "none.so"}).params["rule"] == "readable_file"
    pin.write_text("", encoding="utf-8")
    assert refused(home, **told).params == {"field": "ELCHI_TOKEN_PIN_FILE", "rule": "missing"}


def test_certificate_and_key_go_together(home: Path) -> None:
    assert refused(home, ELCHI_CERTIFICATE="a.crt").params["field"] == "ELCHI_CERTIFICATE_KEY"
    assert refused(home, ELCHI_CERTIFICATE_KEY="a.key").params["field"] == "ELCHI_CERTIFICATE"


def test_what_looks_like_a_setting_is_told(home: Path) -> None:
    assert read_config({"ELCHI_HOME": str(home), "ELCHI_LISTN": "x", "ELCHI_LANGUAGE": "ru"}).unknown == (
        "ELCHI_LISTN",
    )
    (home / "node.toml").write_text(NODE + '[settings]\nlistn = "x"\n', encoding="utf-8")
    assert (refused(home).code, refused(home).params) == ("setting_unknown", {"field": "node.toml: listn"})


def test_a_folder_without_a_node(tmp_path: Path) -> None:
    error = refused(tmp_path)
    assert isinstance(error, NotFound)
    assert error.code == "node_missing"


@pytest.mark.parametrize(
    "text", ["code = ", "code = 1", 'code = "X"', NODE + 'colour = "blue"\n', NODE + "settings = 1"]
)
def test_a_node_file_that_cannot_be_read(home: Path, text: str) -> None:
    (home / "node.toml").write_text(text, encoding="utf-8")
    error = refused(home)
    assert isinstance(error, Conflict)
    assert (error.code, error.params["file"]) == ("node_damaged", "node.toml")


@pytest.mark.parametrize("secret", [None, "", "short"])
def test_a_secret_that_is_none(home: Path, secret: str | None) -> None:
    path = home / "keys" / "secret"
    path.unlink() if secret is None else path.write_text(secret, encoding="ascii")
    assert refused(home).params == {"file": "keys/secret"}


def test_a_demo_node_stays_one_and_on_this_machine(home: Path) -> None:
    (home / "keys" / "secret").write_text("demo-" + "s" * 60, encoding="ascii")
    assert refused(home).code == "demo_stays_demo"
    (home / "node.toml").write_text(NODE + "demo = true\n", encoding="utf-8")
    assert read_config({"ELCHI_HOME": str(home)}).is_secure is False
    for address in ("127.0.0.1:1", "[::1]:1", "localhost:1"):
        assert read_config({"ELCHI_HOME": str(home), "ELCHI_LISTEN": address}).listen == address
    for address in ("0.0.0.0:1", "127.0.0.2.example:1", "[::]:1"):
        assert refused(home, ELCHI_LISTEN=address).params["rule"] == "demo_loopback_only"


def test_the_page_of_operators_tells_every_setting() -> None:
    page = (Path(__file__).parents[2] / "docs/operate.md").read_text(encoding="utf-8")
    table = page.split("## Settings\n")[1].split("\n## ", maxsplit=1)[0]
    told = dict(re.findall(r"^\| `(ELCHI_\w+)` \| (.*?) \|", table, re.MULTILINE))
    assert {name: text.strip("`") for name, text in told.items()} == dict(SETTINGS)
    assert set(SECRETS) <= set(SETTINGS)
