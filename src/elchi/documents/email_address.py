"""E-mail addresses."""

from __future__ import annotations

import re
import unicodedata

from elchi.errors import InvalidInput

EMAIL_LIMIT = 254
"""RFC 5321 4.5.3.1.3, without the angle brackets."""

_FORM = re.compile(r"[^\s@<>\"(),:;\\\[\]]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W_](?:[\w-]{0,61}[^\W_])")


def normalise_email(text: str) -> str:
    """Give the key of an e-mail address: lower case, the domain in its ASCII form, without `mailto:`.

    Dots and +tags of the local part stay: only some providers ignore them. Quoted local parts and addresses by
    number are refused: nobody gives them at a border.

    Raises:
        InvalidInput: `mark_invalid` with `field` email and `rule` (`too_long`, `empty`, `email`).
    """
    if len(text) > EMAIL_LIMIT:
        raise InvalidInput("mark_invalid", field="email", rule="too_long", limit=EMAIL_LIMIT)
    address = unicodedata.normalize("NFKC", text).strip().strip("<>").lower().removeprefix("mailto:")
    if not address:
        raise InvalidInput("mark_invalid", field="email", rule="empty")
    if not _FORM.fullmatch(address):
        raise InvalidInput("mark_invalid", field="email", rule="email")
    local, _, domain = address.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        raise InvalidInput("mark_invalid", field="email", rule="email") from None
