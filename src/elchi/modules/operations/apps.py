"""The module as the node plugs it in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from elchi.modules.operations.rules import RIGHTS, OperationsRight
from elchi.modules.operations.verbs import OperationsVerb
from elchi.node.plug import AnyRight, AnyVerb, Entry, ModuleConfig


class Operations(ModuleConfig):
    """`modules.operations`."""

    name = "elchi.modules.operations"
    label = "operations"
    default = True  # of the two classes that Django finds in this file
    rights: ClassVar[Mapping[AnyRight, frozenset[str]]] = RIGHTS
    verbs: ClassVar[Sequence[AnyVerb]] = tuple(OperationsVerb)
    menu: ClassVar[Sequence[Entry]] = (
        Entry(
            "incidents",
            "incidents",
            OperationsRight.PICTURE_SEE,
            "M4 8l8-5 8 5v8l-8 5-8-5zM4 8l8 5 8-5M12 13v8",
        ),
        Entry("picture", "picture", OperationsRight.PICTURE_SEE, "M4 20h16M6 20v-6h3v6M11 20V5h3v15M16 20V10h3v10"),
        Entry(
            "units",
            "units",
            OperationsRight.UNIT_SEE,
            "M3 17h18M5 17v-5l3-5h8l3 5v5M7 20a2 2 0 1 0 0-.1M15 20a2 2 0 1 0 0-.1",
        ),
    )
    duties: ClassVar[str] = "elchi.modules.operations.duties.duties"
    tiles: ClassVar[str] = "elchi.modules.operations.pages.picture.tiles"
    layer: ClassVar[str] = "elchi.modules.operations.pages.picture.layer"
    pages: ClassVar[str] = "elchi.modules.operations.pages.urls"
    routers: ClassVar[Mapping[str, str]] = {
        "incidents": "elchi.modules.operations.api.router",
        "exhibits": "elchi.modules.operations.api_exhibits.router",
        "units": "elchi.modules.operations.api_units.router",
        "mandate": "elchi.modules.operations.api_units.mandates",
        "tasks": "elchi.modules.operations.api_tasks.router",
        "results": "elchi.modules.operations.api_results.router",
        "sections": "elchi.modules.operations.api_results.sections",
        "office-register": "elchi.modules.operations.api_results.offices",
        "reviews": "elchi.modules.operations.api_reviews.router",
        "crossing-profiles": "elchi.modules.operations.api_reviews.profiles",
        "corridors": "elchi.modules.operations.api_corridors.router",
        "waitings": "elchi.modules.operations.api_corridors.waitings",
        "joint-operations": "elchi.modules.operations.api_joint.router",
    }

    def ready(self) -> None:
        """Say what is done with messages of this module."""
        from elchi.modules.operations.kinds import OperationKind, ReportKind  # noqa: PLC0415  tables are known only now
        from elchi.node.federation.kinds import register  # noqa: PLC0415

        register("report", ReportKind())
        register("operation", OperationKind())
