"""Cases: who opens one, who works on it, and what is written down."""

from __future__ import annotations

import pytest
from tests.factories import acting, make_agency

from elchi.errors import NotAllowed, NotFound
from elchi.node.audit.models import AuditLine
from elchi.node.cases import queries, services
from elchi.node.cases.models import Case
from elchi.node.officers.rules import Role
from elchi.subjects import Document, Person

PERSON = Person(name="Шарип Худайбердиев", documents=(Document(document_number="N04155218", issuer="KAZ"),))


def test_who_opens_a_case_leads_it_and_writes_notes() -> None:
    by = acting(Role.SECOND_LINE)
    case = services.open_case(
        by=by, title=" Passport replaced ", threats=["wanted_person"], purpose="border_check", subjects=[PERSON]
    )
    services.add_note(by=by, case_id=case.pk, text="Fingerprints taken")
    assert list(queries.open_cases_for(by)) == [case]
    assert [(person.officer, person.part) for person in case.people.all()] == [(by.officer, "lead")]
    assert [(event.kind, event.text) for event in case.events.all()] == [("note", "Fingerprints taken"), ("opened", "")]
    assert [(line.verb, line.on, line.actor) for line in AuditLine.objects.order_by("sequence")] == [
        ("cases.open_case", f"case:{case.pk}", by.name),
        ("cases.add_note", f"case:{case.pk}", by.name),
    ]


def test_an_officer_who_has_nothing_to_do_with_it_sees_nothing() -> None:
    by = acting(Role.SECOND_LINE)
    case = services.open_case(by=by, title="A", threats=["drugs"], purpose="border_check", subjects=[])
    for other in (acting(Role.SECOND_LINE), acting(Role.SUPERVISOR, agency=make_agency("kz-customs"))):
        assert list(queries.cases_for(other)) == []
        with pytest.raises(NotAllowed, match="case_not_yours"):
            queries.case_for(other, case.pk)
    with pytest.raises(NotFound, match="case_unknown"):
        queries.case_for(by, case.pk + 1)
    assert Case.objects.count() == 1
