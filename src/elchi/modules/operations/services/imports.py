"""Verbs of past seizures: receive a spreadsheet, take its rows, or drop it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils import timezone

from elchi.errors import Conflict, InvalidInput
from elchi.modules.operations.models import Import, Incident, Involvement, SeizedItem
from elchi.modules.operations.queries import import_of
from elchi.modules.operations.rules import OperationsRight
from elchi.modules.operations.services._keep import fill, item_row
from elchi.modules.operations.spreadsheet import DECIMALS, Refused, Row, guess_columns
from elchi.modules.operations.tables import LARGEST, read_import, rows_of
from elchi.modules.operations.verbs import OperationsVerb
from elchi.node.audit.services import record
from elchi.node.officers.acting import Acting


@transaction.atomic
def receive_seizures(*, by: Acting, name: str, chunks: Iterable[bytes]) -> Import:
    """Take a spreadsheet in, and guess what its columns mean; no row is taken yet.

    Raises:
        NotAllowed: `right_missing`, `officers_only`.
        InvalidInput: `operations_invalid` for a file that is too large, empty or has too many rows; `list_broken`.
        Conflict: `import_known`.
    """
    by.require(OperationsRight.SEIZURE_IMPORT)
    content = bytearray()
    for chunk in chunks:
        content += chunk
        if len(content) > LARGEST:
            raise InvalidInput("operations_invalid", field="file", rule="file_size", limit=LARGEST)
    digest = hashlib.sha256(content).hexdigest()
    if Import.objects.filter(digest=digest).exists():
        raise Conflict("import_known", field="file")
    heads = rows_of(bytes(content))[0][1]
    office = by.himself.office
    ways = {"columns": guess_columns(heads), "unit": office.code if office else "", "legal_basis": "", "decimal": ""}
    row = Import.objects.create(name=name[:200], digest=digest, content=bytes(content), by=by.name, ways=ways)
    record(OperationsVerb.RECEIVE_SEIZURES, by=by, on=f"import:{row.pk}", digest=digest)
    return row


@transaction.atomic
def import_seizures(*, by: Acting, import_id: int, ways: Mapping[str, Any]) -> Import:
    """Take the rows of a spreadsheet that can be taken; the others are kept with the reason of each.

    Args:
        by: who takes them.
        import_id: the file.
        ways: how it is read: `columns` (field to head), `unit`, `legal_basis`, `decimal`.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `import_unknown`.
        Conflict: `import_done`.
        InvalidInput: `operations_invalid`.
    """
    by.require(OperationsRight.SEIZURE_IMPORT)
    row = _waiting(import_id)
    if ways.get("decimal", "") not in DECIMALS:
        raise InvalidInput("operations_invalid", field="decimal", rule="one_of", allowed=list(DECIMALS))
    read = list(read_import(row, ways))
    taken = [one for one in read if isinstance(one, Row)]
    _keep(by, row, taken)
    row.refused = [asdict(one) for one in read if isinstance(one, Refused)]
    row.taken, row.taken_at, row.content = len(taken), timezone.now(), None
    row.ways = dict(ways)
    row.save()
    record(OperationsVerb.IMPORT_SEIZURES, by=by, on=f"import:{row.pk}", taken=row.taken, refused=len(row.refused))
    return row


@transaction.atomic
def drop_import(*, by: Acting, import_id: int) -> None:
    """Forget a spreadsheet none of whose rows were taken.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `import_unknown`.
        Conflict: `import_done`.
    """
    by.require(OperationsRight.SEIZURE_IMPORT)
    row = _waiting(import_id)
    record(OperationsVerb.DROP_IMPORT, by=by, on=f"import:{row.pk}", digest=row.digest)
    row.delete()


def _waiting(import_id: int) -> Import:
    Import.objects.select_for_update().filter(pk=import_id).first()
    row = import_of(import_id)
    if row.taken_at:
        raise Conflict("import_done", file=import_id)
    return row


def _keep(by: Acting, source: Import, taken: list[Row]) -> None:
    own, now = by.himself.agency, timezone.now()
    incidents = []
    for one in taken:
        row = Incident(recorded_by=by.name, recorded_at=now, imported=source, reference=one.reference)
        fill(row, one.card, one.found)
        row.agency = row.unit.lead or own
        incidents.append(row)
    Incident.objects.bulk_create(incidents, batch_size=500)
    pairs = list(zip(incidents, taken, strict=True))
    through = Incident.agencies.through
    through.objects.bulk_create(through(incident=row, agency=row.agency) for row in incidents)
    SeizedItem.objects.bulk_create(item_row(row, item) for row, one in pairs for item in one.found.items)
    Involvement.objects.bulk_create(Involvement(incident=row) for row, one in pairs for _ in one.found.involved)
