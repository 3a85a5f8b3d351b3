"""The part of the demonstration where two nodes find what both know, without either showing its list."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from elchi.cli.demo_border import WANTED, Border

_BOOK: Final = "elchi.modules.private_match.demo_steps"
PLANTED: Final = {"plate": "01 KG 909 DEM", "phone": "+996 700 000 253"}
"""On the list of the other side, beside the passport of who is wanted there."""
ASKED: Final = (
    ("document_number", WANTED["number"]),
    ("document_number", "KG4405512"),
    ("plate", "01kg909dem"),
    ("plate", "05 KG 321 DEM"),
    ("phone", "+996700000253"),
    ("phone", "+7 700 000 04 71"),
)
"""Of which every second one nobody knows there."""


@contextmanager
def tell(border: Border) -> Iterator[dict[str, Any]]:
    """Tell it at the node of the shift and across the border, both of which run; give it as a JSON value."""
    words, here, there = border.story.words, border.here, border.there
    border.story.begin(words.text("demo.match"), words.text("demo.match.means"))
    there.do("plant", book=_BOOK, **PLANTED)
    told = here.do("match", book=_BOOK, partner=there.code, marks=ASKED)
    border.story.say(
        words.text("demo.match.asked", node=here.code, partner=there.code, count=len(ASKED)),
        words.text("demo.match.common", keys=", ".join(told["common"])),
    )
    yield {**told, "heard": there.do("heard", book=_BOOK)}
