"""A case given out whole: on paper or as a bundle."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from elchi.locale import Words
from elchi.node.audit.services import record
from elchi.node.audit.verbs import Verb
from elchi.node.cases.bundle import manifest_of, parts_of, zip_parts
from elchi.node.cases.printed import print_case
from elchi.node.cases.services._work import mark_of, one_of, take, tell
from elchi.node.officers.acting import Acting

EXPORTS: Final = ("pdf", "bundle")


@dataclass(frozen=True, slots=True)
class Export:
    """What is given out."""

    name: str
    media_type: str
    blocks: Iterator[bytes]


@transaction.atomic
def export_case(*, by: Acting, case_id: int, form: str, language: str) -> Export:
    """Give a case out; only who works on it may. The audit keeps the hash of the manifest of a bundle.

    Args:
        by: who takes it.
        case_id: the case; a closed one too.
        form: `pdf`, or `bundle` for the case with its files.
        language: of the paper, ISO 639-1.

    Raises:
        InvalidInput: `case_value`.
        Conflict: `case_file_damaged`.
        NotFound, NotAllowed: as of `take`.
    """
    case = take(by, case_id, closed=True)
    one_of(form, EXPORTS, field="form")
    detail: dict[str, Any] = {"form": form}
    if form == "pdf":
        export = Export(f"{case.number}.pdf", "application/pdf", iter((print_case(case, by, Words(language)),)))
    else:
        parts = parts_of(case)
        manifest = manifest_of(case, parts, by=by.name, at=timezone.now().isoformat())
        detail["manifest"] = manifest.digest
        export = Export(f"{case.number}.zip", "application/zip", zip_parts([*parts, manifest]))
    tell(case, by, "exported", form=form)
    record(Verb.EXPORT_CASE, by=by, on=f"case:{case.pk}", subject=mark_of(case), purpose=case.purpose, **detail)
    return export
