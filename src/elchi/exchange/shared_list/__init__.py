"""A slice of a list that its owner shares with a partner (docs/protocol/11-shared-lists.md).

The owner says what the list is as it stands now: a version, what it holds, when that was said and how long it counts.
Who receives it can tell at any moment whether he has the owner's list, an old one, or no word of him any more; and
nobody, the owner included, can take him back to an older one unseen.
"""

from elchi.exchange.shared_list.body import (
    END,
    OFFER,
    REPLY,
    STATE,
    ListOffer,
    ListReply,
    read_offer,
    read_reply,
    read_told,
    told_body,
)
from elchi.exchange.shared_list.entries import (
    ENTRY_KINDS,
    Between,
    Changes,
    apply_changes,
    changes_between,
    check_entry,
    digest_of,
    entry_hash,
    kind_of,
    permit_entry,
)
from elchi.exchange.shared_list.snapshot import read_snapshot, write_snapshot
from elchi.exchange.shared_list.state import MAX_ENTRIES, Decision, ListState, accept, is_fresh, read_state

__all__ = [
    "END",
    "ENTRY_KINDS",
    "MAX_ENTRIES",
    "OFFER",
    "REPLY",
    "STATE",
    "Between",
    "Changes",
    "Decision",
    "ListOffer",
    "ListReply",
    "ListState",
    "accept",
    "apply_changes",
    "changes_between",
    "check_entry",
    "digest_of",
    "entry_hash",
    "is_fresh",
    "kind_of",
    "permit_entry",
    "read_offer",
    "read_reply",
    "read_snapshot",
    "read_state",
    "read_told",
    "told_body",
    "write_snapshot",
]
