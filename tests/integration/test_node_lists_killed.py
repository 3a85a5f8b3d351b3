"""Kill -9 while a node reads lists: the old list is in force until the new one is whole, and the work is taken up."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from tests.running_node import Node, make_node

BEGIN = """
import json, os, signal, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "elchi.settings"
import django
django.setup()
from pathlib import Path
from elchi.lists import Store
from elchi.node.officers.acting import at_machine
from elchi.node.officers.models import Officer
from elchi.node.officers.queries import acting_of
from elchi.node.watchlists import services
from elchi.node.watchlists.models import Version
from elchi.node.watchlists.offers import ListFile, keep_file, kept_file
from elchi.node.watchlists.queries import list_faults
from elchi.node.watchlists.services.rules_of_use import RulesOfUse

def table(count):
    return b"id,name\\n" + b"".join(b"%d,Baikal Testov\\n" % one for one in range(count))

def offer(name, count):
    keeper = acting_of(Officer.objects.get(sign_in_name="keeper"), via="console")
    file = ListFile(path=kept_file(keep_file([table(count)])), format="csv")
    return services.offer_list(by=keeper, name=name, file=file)

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)
"""
MAKE = """
from elchi.node.officers.cards import OfficerCard
from elchi.node.officers.services import add_officer
by = at_machine("root")
card = OfficerCard(name="K", agency="kz-border", office="kz-kor-1", roles=["list_keeper"])
add_officer(by=by, sign_in_name="keeper", card=card, language="en")
for name in ("queued", "direct"):
    services.add_list(by=by, name=name, origin="international", rules=RulesOfUse(title=name))
    offer(name, 3)
    services.load_queued()
"""
KILLED_WORKER = """
offer("queued", 4)
Store._put_in_force = die
services.load_queued()
"""
KILLED_COMMAND = """
Path(sys.argv[1]).write_bytes(table(4))
Store._put_in_force = die
services.load_list(by=at_machine("root"), name="direct", file=ListFile(path=Path(sys.argv[1]), format="csv"))
"""
LOOK = """
rows = Version.objects.order_by("id").values_list("watchlist", "state", "number", "total")
files = os.listdir(os.path.join(os.environ["ELCHI_HOME"], "files", "lists"))
print(json.dumps({"rows": list(rows), "files": len(files), "cut_off": list_faults().cut_off}))
"""


def told_by(node: Node, program: str, *args: object) -> tuple[int, Any]:
    command = [sys.executable, "-c", BEGIN + program, *map(str, args)]
    done = subprocess.run(command, env=node.environ, capture_output=True, text=True, check=False)
    return done.returncode, json.loads(done.stdout) if done.stdout else done.stderr


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Node:
    """A node whose worker and whose command died in the middle of a load."""
    folder: Path = tmp_path_factory.mktemp("killed")
    node, _ = make_node(folder / "node")
    assert told_by(node, MAKE) == (0, "")
    assert told_by(node, KILLED_WORKER) == (-signal.SIGKILL, "")
    assert told_by(node, KILLED_COMMAND, folder / "table.csv") == (-signal.SIGKILL, "")
    return node


def test_what_was_cut_off_is_mended_before_the_node_answers_and_read_again_after(killed: Node) -> None:
    before = [["queued", "in_force", 1, 3], ["direct", "in_force", 1, 3]]
    assert told_by(killed, LOOK)[1] == {
        "rows": [*before, ["queued", "reading", None, 0], ["direct", "reading", None, 0]],
        "files": 1, "cut_off": ["direct"],
    }  # fmt: skip
    assert {one["name"]: one["entries"] for one in killed.call("lists").json["lists"]} == {"queued": 3, "direct": 3}
    with killed.running():
        told = told_by(killed, LOOK)[1]
        assert (told["rows"][3], told["cut_off"]) == (["direct", "failed", None, 0], [])
        until = time.monotonic() + 30
        while told["files"] and time.monotonic() < until:
            told = told_by(killed, LOOK)[1]
    assert told["rows"][:3] == [
        ["queued", "replaced", 1, 3],
        ["direct", "in_force", 1, 3],
        ["queued", "in_force", 2, 4],
    ]
