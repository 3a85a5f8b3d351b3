"""The module as the node plugs it in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from elchi.modules.interpol.rules import RIGHTS, InterpolRight
from elchi.modules.interpol.verbs import InterpolVerb
from elchi.node.plug import AnyRight, AnyVerb, Entry, ModuleConfig


def _open_hits(by: Any) -> int:
    from elchi.modules.interpol.queries import open_hits  # noqa: PLC0415  tables are known only now

    return open_hits(by)


class Interpol(ModuleConfig):
    """`modules.interpol`."""

    name = "elchi.modules.interpol"
    label = "interpol"
    default = True  # of the two classes that Django finds in this file
    rights: ClassVar[Mapping[AnyRight, frozenset[str]]] = RIGHTS
    verbs: ClassVar[Sequence[AnyVerb]] = tuple(InterpolVerb)
    menu: ClassVar[Sequence[Entry]] = (
        Entry(
            "interpol_ask",
            "interpol_ask",
            InterpolRight.ASK,
            "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18zM3 12h18M12 3c3 3 4 6 4 9s-1 6-4 9M12 3c-3 3-4 6-4 9s1 6 4 9",
        ),
        Entry("interpol_hits", "interpol_hits", InterpolRight.HIT_SEE, "M4 5h16v11H9l-5 4zM9 10l2 2 4-4", _open_hits),
        Entry("interpol", "interpol", InterpolRight.BOARD_SEE, "M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h6v6h-6z"),
    )
    pages: ClassVar[str] = "elchi.modules.interpol.pages.urls"
    routers: ClassVar[Mapping[str, str]] = {"interpol": "elchi.modules.interpol.api.router"}
    duties: ClassVar[str] = "elchi.modules.interpol.duties.duties"
    story: ClassVar[str] = "elchi.modules.interpol.demo.tell"
    layer: ClassVar[str] = "elchi.modules.interpol.pages.board.layer"

    def ready(self) -> None:
        """Say what is done with its messages."""
        from elchi.modules.interpol.kinds import register_kinds  # noqa: PLC0415  tables are known only now

        register_kinds()
