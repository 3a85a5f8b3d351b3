"""Marks of documents, vehicles and things, one file each: read, check, write. Raises InvalidInput, nothing else.

`normalise_X` gives the key by which two spellings of one mark match; `read_X` says what the mark tells and whether
its check digit is right. What is wrong with a mark is reported with it; only what cannot be one is refused.
"""

from elchi.documents.container import Container, normalise_container, read_container
from elchi.documents.email_address import normalise_email
from elchi.documents.imei import Imei, normalise_imei, read_imei
from elchi.documents.mark import Check, Fault
from elchi.documents.mrz import Mrz, MrzFields, read_mrz
from elchi.documents.mrz_layout import MrzFormat
from elchi.documents.mrz_repair import Repair, Suggestion, suggest_repairs
from elchi.documents.mrz_write import write_mrz
from elchi.documents.national_id import NationalId, normalise_national_id, read_national_id
from elchi.documents.passport import normalise_document_number
from elchi.documents.phone import Phone, normalise_phone, read_phone
from elchi.documents.plate import Plate, PlateReading, normalise_plate, read_plate
from elchi.documents.recognise import Guess, Kind, Strength, recognise
from elchi.documents.states import STATES, State, find_state
from elchi.documents.vin import Vin, normalise_vin, read_vin

__all__ = [
    "STATES",
    "Check",
    "Container",
    "Fault",
    "Guess",
    "Imei",
    "Kind",
    "Mrz",
    "MrzFields",
    "MrzFormat",
    "NationalId",
    "Phone",
    "Plate",
    "PlateReading",
    "Repair",
    "State",
    "Strength",
    "Suggestion",
    "Vin",
    "find_state",
    "normalise_container",
    "normalise_document_number",
    "normalise_email",
    "normalise_imei",
    "normalise_national_id",
    "normalise_phone",
    "normalise_plate",
    "normalise_vin",
    "read_container",
    "read_imei",
    "read_mrz",
    "read_national_id",
    "read_phone",
    "read_plate",
    "read_vin",
    "recognise",
    "suggest_repairs",
    "write_mrz",
]
