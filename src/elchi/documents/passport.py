"""Numbers of passports, identity cards and other papers."""

from __future__ import annotations

from elchi.documents.mark import fold_mark


def normalise_document_number(text: str) -> str:
    """Give the key of a document number: `AB 123-4567`, `ab1234567` and `АВ № 1234567` are all AB1234567.

    The number sign is no part of a number, and fillers of a machine-readable zone are separators. Letters and digits
    that look alike (O and 0) stay apart: states use both.

    Raises:
        InvalidInput: `mark_invalid` with `field` document_number and `rule` (`too_long`, `empty`).
    """
    return fold_mark(text, field="document_number")
