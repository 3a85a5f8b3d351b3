"""Looking for a text in the lists: no check, so nothing of it is kept but who looked, for what."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from elchi.node.audit.services import record
from elchi.node.audit.verbs import Verb
from elchi.node.checks.keeping import marks_of_all
from elchi.node.checks.rules import check_purpose
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Right
from elchi.node.watchlists.queries import entry_facts, live
from elchi.screening import Finding
from elchi.subjects import Subject


def search_lists(
    *, by: Acting, subjects: Sequence[Subject], purpose: str, task: str = "", top: int = 100
) -> tuple[Finding, ...]:
    """Search the lists that an officer's agency may use for a purpose; discreet entries are passed over.

    Args:
        by: who looks.
        subjects: what he looks for; an entry that meets one of them is found.
        purpose: the legal reason.
        task: what ordered it.
        top: most findings to give.

    Raises:
        NotAllowed: `right_missing`.
        InvalidInput: `purpose_unknown`, `subject_unusable`, `field_too_long`.
        Conflict: `no_lists`.
    """
    by.require(Right.LIST_SEE)
    found = live().screen(subjects, purpose=check_purpose(purpose), agency=by.agency, top=top).findings
    facts = entry_facts(found)
    seen = tuple(one for one in found if not facts[one.list, one.entry].is_discreet)
    marks = marks_of_all(subjects)
    with transaction.atomic():
        record(
            Verb.SEARCH_LISTS,
            by=by,
            on="list:all",
            subject=marks[0] if marks else "",
            purpose=purpose,
            task=task,
            findings=len(seen),
        )
    return seen
