"""Who works on a case, and which cases belong together."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from elchi.errors import Conflict, InvalidInput, NotFound
from elchi.node.audit.services import record
from elchi.node.audit.verbs import Verb
from elchi.node.cases.limits import LINK_REASON
from elchi.node.cases.models import CaseLink, CaseOfficer
from elchi.node.cases.queries import case_for, officers_fit_for
from elchi.node.cases.rules import PARTS
from elchi.node.cases.services._work import one_of, take, tell, text_of
from elchi.node.officers.acting import Acting


@transaction.atomic
def assign_officer(*, by: Acting, case_id: int, officer: str, part: str = "member") -> CaseOfficer:
    """Let an officer work on a case, or lead it; who led it before stays a member.

    Args:
        by: who assigns.
        case_id: the case.
        officer: sign-in name of an active officer of the agency of the case who has the right to work on cases.
        part: `lead` or `member`.

    Raises:
        InvalidInput: `case_value`.
        NotFound, NotAllowed, Conflict: as of `take`.
    """
    case = take(by, case_id)
    one_of(part, PARTS, field="part")
    chosen = next((one for one in officers_fit_for(case) if one.sign_in_name == officer), None)
    if chosen is None:
        raise InvalidInput("case_value", field="officer", rule="not_offered")
    people = case.people.filter(to_at__isnull=True)
    if part == "lead":
        people.filter(part="lead").update(part="member")
    row, _ = CaseOfficer.objects.update_or_create(case=case, officer=chosen, to_at=None, defaults={"part": part})
    if not people.filter(part="lead").exists():
        raise Conflict("case_needs_lead", case=case_id)
    tell(case, by, "officer_assigned", officer=officer, part=part)
    record(Verb.ASSIGN_OFFICER, by=by, on=f"case:{case.pk}", purpose=case.purpose, officer=officer, part=part)
    return row


@transaction.atomic
def release_officer(*, by: Acting, case_id: int, officer: str) -> CaseOfficer:
    """Let an officer work on a case no longer; his open tasks are anybody's.

    Raises:
        NotFound: `case_officer_unknown`.
        Conflict: `case_needs_lead` for who leads it: another must lead first.
        NotAllowed: as of `take`.
    """
    case = take(by, case_id)
    row = case.people.filter(officer__sign_in_name=officer, to_at__isnull=True).first()
    if row is None:
        raise NotFound("case_officer_unknown", case=case_id)
    if row.part == "lead":
        raise Conflict("case_needs_lead", case=case_id)
    row.to_at = timezone.now()
    row.save(update_fields=["to_at"])
    case.tasks.filter(officer=row.officer, state="open").update(officer=None)
    tell(case, by, "officer_released", officer=officer)
    record(Verb.RELEASE_OFFICER, by=by, on=f"case:{case.pk}", purpose=case.purpose, officer=officer)
    return row


@transaction.atomic
def link_cases(*, by: Acting, case_id: int, other_id: int, reason: str) -> CaseLink:
    """Say that two cases belong together; the officer works on the one and sees the other.

    Raises:
        InvalidInput: `case_text` without a reason, `case_value` for a case with itself.
        Conflict: `case_linked`, `case_closed`.
        NotFound, NotAllowed: as of `take`.
    """
    case = take(by, case_id)
    other = case_for(by, other_id)
    if other == case:
        raise InvalidInput("case_value", field="other", rule="same_case")
    reason = text_of(reason, field="reason", limit=LINK_REASON)
    if _links(case_id, other_id).exists():
        raise Conflict("case_linked", case=case_id, other=other_id)
    link = CaseLink.objects.create(case=case, other=other, reason=reason)
    tell(case, by, "linked", reason, other=other.pk)
    tell(other, by, "linked", reason, other=case.pk)
    record(Verb.LINK_CASES, by=by, on=f"case:{case.pk}", purpose=case.purpose, other=f"case:{other.pk}")
    return link


@transaction.atomic
def unlink_cases(*, by: Acting, case_id: int, other_id: int) -> None:
    """Say that two cases do not belong together.

    Raises:
        NotFound: `case_link_unknown`.
        NotAllowed, Conflict: as of `take`.
    """
    case = take(by, case_id)
    link = _links(case_id, other_id).select_related("case", "other").first()
    if link is None:
        raise NotFound("case_link_unknown", case=case_id, other=other_id)
    link.delete()
    other = link.other if link.case_id == case_id else link.case
    tell(case, by, "unlinked", other=other.pk)
    tell(other, by, "unlinked", other=case.pk)
    record(Verb.UNLINK_CASES, by=by, on=f"case:{case.pk}", purpose=case.purpose, other=f"case:{other.pk}")


def _links(one: int, other: int) -> QuerySet[CaseLink]:
    return CaseLink.objects.filter(Q(case=one, other=other) | Q(case=other, other=one))
