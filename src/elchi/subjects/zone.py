"""The traveller and the document that a machine-readable zone names, as a subject."""

from __future__ import annotations

from elchi.documents import Mrz, MrzFormat, find_state
from elchi.subjects.dates import PartialDate
from elchi.subjects.subject import Document, Person, Sex


def person_of_zone(mrz: Mrz) -> Person:
    """Give the holder with the document. What the zone does not say, or says in an unreadable way, stays unknown.

    The optional data of a passport is its holder's personal number (ICAO 9303-4 4.2.2); that of other formats is the
    issuing state's own affair, and is left out.

    Raises:
        InvalidInput: `subject_empty` when the zone has neither name nor number.
    """
    document = (
        Document(
            document_number=mrz.document_number,
            document_type=mrz.document_type,
            issuer=_state(mrz.issuer),
            expiry_date=PartialDate.parse(mrz.expiry_date, field="expiry_date") if mrz.expiry_date else None,
        )
        if mrz.document_number
        else None
    )
    return Person(
        family_name=mrz.family_name,
        given_names=mrz.given_names,
        name_truncated=mrz.name_truncated,
        birth_date=PartialDate.parse(mrz.birth_date, field="birth_date") if mrz.birth_date else None,
        nationality=_state(mrz.nationality),
        sex=Sex(mrz.sex) if mrz.sex else None,
        national_id=mrz.optional if mrz.format is MrzFormat.TD3 else "",
        documents=(document,) if document else (),
    )


def _state(code: str) -> str:
    state = find_state(code)
    return state.code if state else code
