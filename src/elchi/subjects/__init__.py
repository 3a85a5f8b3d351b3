"""What is checked: person, vehicle, document, consignment, organisation.

Frozen dataclasses with one codec (`wire`). A field has one name in a form, in JSON, in a column and in a message.
"""

from elchi.subjects.dates import PartialDate
from elchi.subjects.subject import Consignment, Document, Organisation, Person, Sex, Subject, Vehicle
from elchi.subjects.wire import from_wire, to_wire

__all__ = [
    "Consignment",
    "Document",
    "Organisation",
    "PartialDate",
    "Person",
    "Sex",
    "Subject",
    "Vehicle",
    "from_wire",
    "to_wire",
]
