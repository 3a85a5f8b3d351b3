"""The slip of a check: what goes from hand to hand."""

from __future__ import annotations

from django.db import transaction

from elchi.errors import Conflict
from elchi.node.audit.services import record
from elchi.node.audit.verbs import Verb
from elchi.node.checks.services.submit import Answer, read_check
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Right


@transaction.atomic
def print_slip(*, by: Acting, check_id: int, languages: tuple[str, str], form: str) -> Answer:
    """Give what stands on a slip.

    Args:
        by: who prints it.
        check_id: of the check.
        languages: the two that stand side by side.
        form: `page` or `pdf`.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `check_unknown`.
        Conflict: `slip_empty` for a check without a finding that he may know of, and without a hit of a partner.
    """
    by.require(Right.CHECK_SEE)
    answer = read_check(by=by, check_id=check_id)
    findings = [row for row in answer.findings if not row.is_discreet]
    if not findings and not answer.hits:
        raise Conflict("slip_empty")
    check = answer.check
    mark = check.marks[0] if check.marks else ""
    record(
        Verb.PRINT_SLIP, by=by, on=f"check:{check.pk}", subject=mark, purpose=check.purpose, task=check.task,
        languages=list(languages), form=form,
    )  # fmt: skip
    return answer
