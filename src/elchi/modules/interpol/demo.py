"""The part of the demonstration at the door to INTERPOL: a bureau, a town, a hit that its owner confirms, a cut line.

The node of the shift is the bureau here; the post at Kordai is its access point. The online side is the simulator,
which goes on answering as long as the demonstration runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from elchi.cli.demo_border import NAMES, Border
from elchi.modules.interpol.simulated import simulator_in

AGREEMENT: Final = "KZ-KG-INTERPOL-TRAINING"
POINT: Final = "KZ-KORDAI"
_BOOK: Final = "elchi.modules.interpol.demo_steps"
_MAPPING: Final = "mapping.toml"


@contextmanager
def tell(border: Border) -> Iterator[dict[str, Any]]:
    """Tell it at the node of the shift and across the border, both of which run; give it as a JSON value."""
    words, here = border.story.words, border.here
    border.story.begin(words.text("demo.interpol"), words.text("demo.interpol.means"))
    name = here.do("propose", partner=border.there.code, names=NAMES, template="interpol", agreement=AGREEMENT)
    border.there.do("countersign", agreement=AGREEMENT)
    here.do("in_force", agreement=AGREEMENT)
    here.do("connect", book=_BOOK, point=POINT)
    online = here.home / "interpol" / "online"
    with simulator_in(online, mapping=_MAPPING) as simulator:
        hit = _ask(border)
        confirmed = _confirm(border, hit["hit"], hit["number"])
    cut = _cut(border)
    with simulator_in(online, mapping=_MAPPING, port=int(simulator.address.rpartition(":")[2])):
        yield {"agreement": name, "hit": hit, "confirmed": confirmed, "cut": cut}


def _ask(border: Border) -> dict[str, Any]:
    """Ask in the town, whose test is passed by that."""
    words, asked = border.story.words, border.here.do("ask", book=_BOOK)
    connected, total = border.here.do("pass_test", book=_BOOK, point=POINT)
    border.story.say(
        words.text("demo.interpol.asked", guidance=words.text(f"guidance_word.{asked['guidance']}")),
        words.text("demo.interpol.board", connected=connected, total=total),
    )
    return {**asked, "connected": [connected, total]}


def _confirm(border: Border, hit: int, number: str) -> dict[str, Any]:
    """Have the second line ask the owner across the border, who confirms; then act and close."""
    words = border.story.words
    border.here.do("ask_owner", book=_BOOK, hit=hit)
    border.there.do("confirm", book=_BOOK, number=number)
    told: dict[str, Any] = border.here.do("act", book=_BOOK, hit=hit)
    border.story.say(
        words.text("demo.interpol.confirmed", owner=told["owner"], partner=border.there.code,
                   seconds=words.number(told["seconds"], 1), act=words.text(f"hit_act.{told['act']}"))
    )  # fmt: skip
    return told


def _cut(border: Border) -> dict[str, Any]:
    """Ask again while nobody answers online."""
    words, told = border.story.words, dict[str, Any](border.here.do("ask", book=_BOOK))
    guidance = words.text(f"guidance_word.{told['guidance']}")
    border.story.say(
        "",
        words.text("demo.interpol.cut", guidance=guidance, count=told["age_hours"], version=told["copy_version"]),
    )
    return told
