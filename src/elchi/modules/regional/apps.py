"""The module as the node plugs it in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from elchi.modules.regional.rules import RIGHTS, RegionalRight
from elchi.modules.regional.verbs import RegionalVerb
from elchi.node.plug import AnyRight, AnyVerb, Entry, ModuleConfig


def _unread(by: Any) -> int:
    from elchi.modules.regional.queries import unread  # noqa: PLC0415  tables are known only later

    return unread(by)


class Regional(ModuleConfig):
    """`modules.regional`."""

    name = "elchi.modules.regional"
    label = "regional"
    default = True  # of the two classes that Django finds in this file
    rights: ClassVar[Mapping[AnyRight, frozenset[str]]] = RIGHTS
    verbs: ClassVar[Sequence[AnyVerb]] = tuple(RegionalVerb)
    menu: ClassVar[Sequence[Entry]] = (
        Entry(
            "regional",
            "regional",
            RegionalRight.REGIONAL_SEE,
            "M12 3v6M12 15v6M3 12h6M15 12h6M12 9a3 3 0 1 0 .1 0",
            _unread,
        ),
    )
    pages: ClassVar[str] = "elchi.modules.regional.pages.urls"
    routers: ClassVar[Mapping[str, str]] = {"regional": "elchi.modules.regional.api.router"}
    duties: ClassVar[str] = "elchi.modules.regional.duties.duties"

    def ready(self) -> None:
        """Have its messages handled."""
        from elchi.modules.regional.kinds import register_kinds  # noqa: PLC0415  tables are known only now

        register_kinds()
