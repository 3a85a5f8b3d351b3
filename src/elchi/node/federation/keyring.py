"""Keys as one piece of work needs them: each is looked up once."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Any

from elchi.errors import Conflict
from elchi.node.federation import keys
from elchi.node.federation.queries.keys import key_document_of, key_of
from elchi.node.here import here
from elchi.seal.keys import Signer
from elchi.seal.public_key import ENCRYPT, PublicKey
from elchi.seal.trust import KeyDocument


class Keyring:
    """Our keys and those of partners at one time."""

    def __init__(self, at: dt.datetime) -> None:
        self.at = at
        self._documents: dict[str, KeyDocument | None] = {}
        self._keys: dict[tuple[str, str], PublicKey | None] = {}

    @cached_property
    def openers(self) -> Any:
        """What opens envelopes for us, by kid."""
        return keys.own_decryption_keys()

    @cached_property
    def signer(self) -> Signer:
        """What signs for us."""
        return keys.own_signers(self.at)[0]

    def document(self, party: str) -> KeyDocument | None:
        """Give the newest key document of a party that is trusted."""
        if party not in self._documents:
            self._documents[party] = key_document_of(party)
        return self._documents[party]

    def key(self, party: str, kid: str) -> PublicKey | None:
        """Give a key of a party by its name."""
        if (party, kid) not in self._keys:
            self._keys[party, kid] = key_of(party, kid)
        return self._keys[party, kid]

    def is_fresh(self, party: str) -> bool:
        """Tell whether the key document of a party is here and has not expired."""
        document = self.document(party)
        return document is not None and document.state(self.at) == "fresh"

    def to_seal(self, party: str) -> PublicKey:
        """Give the key to which messages for a party are sealed.

        Where its key document, or all its keys, have expired, it is the last that was known: the message is sealed, and
        waits here until a newer document has come.

        Raises:
            Conflict: `partner_keys_missing`: there is none, or all are revoked.
        """
        document = self.document(party)
        held = document.encryption_keys(self.at) if document else ()
        if document and not held:
            known = (key for key in document.keys if key.use == ENCRYPT and key.revoked_at is None)
            held = tuple(sorted(known, key=lambda key: key.valid_until, reverse=True))
        if not held:
            raise Conflict("partner_keys_missing", partner=party)
        return held[0]

    def own_to_seal(self) -> tuple[PublicKey, ...]:
        """Give our own key to which may be sealed, if there is one."""
        document = self.document(here().code)
        return document.encryption_keys(self.at)[:1] if document else ()
