"""The module as the node plugs it in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from elchi.modules.private_match.rules import RIGHTS, MatchRight
from elchi.modules.private_match.verbs import MatchVerb
from elchi.node.plug import AnyRight, AnyVerb, Entry, ModuleConfig


def _waiting(by: Any) -> int:
    from elchi.modules.private_match.queries import contacts_open  # noqa: PLC0415  tables are known only later

    return contacts_open(by)


class PrivateMatch(ModuleConfig):
    """`modules.private_match`."""

    name = "elchi.modules.private_match"
    label = "private_match"
    default = True  # of the two classes that Django finds in this file
    rights: ClassVar[Mapping[AnyRight, frozenset[str]]] = RIGHTS
    verbs: ClassVar[Sequence[AnyVerb]] = tuple(MatchVerb)
    menu: ClassVar[Sequence[Entry]] = (
        Entry(
            "private_match",
            "private_matches",
            MatchRight.MATCH_SEE,
            "M9 12a5 5 0 1 0 0-.1M5 12a5 5 0 1 1 0 .1M10 12h4",
            _waiting,
        ),
    )
    pages: ClassVar[str] = "elchi.modules.private_match.pages.urls"
    routers: ClassVar[Mapping[str, str]] = {"private-matches": "elchi.modules.private_match.api.router"}
    duties: ClassVar[str] = "elchi.modules.private_match.duties.duties"
    story: ClassVar[str] = "elchi.modules.private_match.demo.tell"

    def ready(self) -> None:
        """Have its messages handled."""
        from elchi.modules.private_match.kinds import register_kinds  # noqa: PLC0415  tables are known only now

        register_kinds()
