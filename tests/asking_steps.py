"""What a node does for a test of the federated check, beside the steps of `exchange_steps`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from tests.agreements_made import agreement_json, cut, go, questions
from tests.factories import acting, make_agency, make_country
from tests.lists_made import put_list

from elchi.node.cases.models import Case
from elchi.node.checks.findings import alerts_for, open_findings
from elchi.node.checks.models import Answered, Asked, Check, FoundEntry
from elchi.node.checks.services import judge_finding, submit_check
from elchi.node.directory.models import DutyContact
from elchi.node.federation.models import AgreementVersion, Partner
from elchi.node.here import here
from elchi.node.officers.rules import Role
from elchi.subjects import from_wire

FIELDS = {"person": {"family_name": go(), "given_names": go(), "birth_date": cut("year")}}


def agree(partner: str) -> None:
    """Put an agreement with a partner into force, and say of what country he is."""
    row = Partner.objects.get(code=partner)
    row.country = make_country(partner[:2])
    row.save()
    AgreementVersion.objects.create(
        partner=row, agreement="KZ-KG-2026", version=1, state="in_force", is_ours=True,
        content=agreement_json(grants=questions(FIELDS), valid_until="2046-01-01"), valid_from=dt.date(2026, 3, 1),
    )  # fmt: skip


def want(name: str) -> None:
    """Put somebody on a list, and a desk that answers for it."""
    agency = make_agency(f"{here().country.lower()}-border", country=here().country)
    DutyContact.objects.create(agency=agency, desk="Duty officer", phone="+996 555 000111", time_zone="Asia/Bishkek")
    put_list("wanted", {"w-1": {"name": [name], "birthDate": ["1980-04-09"]}}, action="stop", owner=agency)


def check(wire: Mapping[str, Any]) -> int:
    """Check somebody at the window."""
    agency = make_agency(f"{here().country.lower()}-border", country=here().country)
    by = acting(Role.FIRST_LINE, agency=agency)
    made = submit_check(by=by, subjects=[from_wire(dict(wire))], purpose="border_check")
    return int(made.check.pk)


def judge() -> list[str]:
    """Have the second line take up what waits; give the cases."""
    by = acting(Role.SECOND_LINE, agency=make_agency(f"{here().country.lower()}-border"))
    assert alerts_for(by).count() == open_findings(by).count()
    for finding in open_findings(by):
        judge_finding(by=by, finding_id=finding.pk, outcome="positive", reason="the desk says so", threats=["drugs"])
    return [event.text for case in Case.objects.all() for event in case.events.filter(kind="note")]


def asked() -> Mapping[str, Any]:
    """Give what was asked and answered."""
    return {
        "asked": [
            [one.partner.code, one.state, one.reference, one.contact, one.code]
            for one in Asked.objects.select_related("partner").order_by("id")
        ],
        "answered": list(Answered.objects.order_by("id").values_list("outcome", "reference")),
        "found": list(FoundEntry.objects.order_by("id").values_list("watchlist", "state")),
        "verdicts": list(Check.objects.order_by("id").values_list("verdict", "via")),
    }


STEPS: dict[str, Callable[..., Any]] = {"agree": agree, "want": want, "check": check, "judge": judge, "asked": asked}
