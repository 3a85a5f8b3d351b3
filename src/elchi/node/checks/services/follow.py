"""The case that follows a finding: opened by a judgement, or by the node itself where a partner says HIT."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from elchi.lists import Entry
from elchi.node.cases.models import Case
from elchi.node.cases.queries import open_cases_for, open_cases_from, unled_case
from elchi.node.cases.services import add_note, close_unled, open_case, open_unled, take_up, tell_by_node
from elchi.node.checks.findings import Facing, caption_of, case_named, facing, origins_beside, partner_told
from elchi.node.checks.models import Check, FoundEntry, Judgement
from elchi.node.officers.acting import Acting

THREATS_OF_TOPICS: Final[Mapping[str, str]] = {
    "crime.terror": "terrorism",
    "crime.traffick.drug": "drugs",
    "crime.traffick.human": "trafficking_in_persons",
    "crime.traffick": "organised_crime",
    "crime.boss": "organised_crime",
    "crime.fin": "illicit_financial_flows",
    "crime.fraud": "illicit_financial_flows",
    "crime.theft": "organised_crime",
    "crime.env": "wildlife",
    "crime.war": "other",
    "crime.cyber": "other",
    "crime": "other",
    "wanted": "wanted_person",
    "sanction": "sanctions",
    "corp.disqual": "corruption",
    "export.control": "contraband",
}
"""What the topics of FollowTheMoney come to; of the more special one first."""


def threats_of_entry(entry: Entry | None) -> tuple[str, ...]:
    """Give the threats that an entry stands for; none where its list does not say why it is listed."""
    topics = entry.properties.get("topics", ()) if entry else ()
    told = {
        next((threat for known, threat in THREATS_OF_TOPICS.items() if f"{topic}.".startswith(f"{known}.")), "")
        for topic in topics
    }
    return tuple(threat for threat in dict.fromkeys(THREATS_OF_TOPICS.values()) if threat in told)


def follow_hit(finding: FoundEntry) -> Case | None:
    """Open a case for the hit of a partner, in the transaction that takes it in.

    One check has one case: another hit, and one beside a finding that was judged, are noted in it. None for a check
    that no officer made: there is no agency whose case it would be, and its alert goes to all.
    """
    check, face = finding.owner, facing(finding)
    case = open_cases_from(origins_beside(finding)).first()
    if case is None and check.officer is None:
        return None
    if case is None:
        case = open_unled(
            officer=check.officer, office=check.office, title=_title(finding), purpose=check.purpose,
            subjects=face.subjects, origin=f"finding:{finding.pk}",
        )  # fmt: skip
    tell_by_node(case=case, text=partner_told(face))
    Check.objects.filter(pk=check.pk).update(keep_until=None)
    return case


def follow_judgement(face: Facing, by: Acting, judgement: Judgement, asked: tuple[str | None, Sequence[str]]) -> Case:
    """Give the case that a judgement leads to: that of another finding or of the hits of the check, else a new one."""
    finding, check = face.finding, face.finding.owner
    classification, threats = asked
    classification = classification or ("confidential" if finding.is_discreet else "restricted")
    said, origins = threats or threats_of_entry(face.entry), origins_beside(finding)
    case = unled_case(origins)
    if case is not None:
        take_up(by=by, case=case, threats=said, classification=classification)
    else:
        case = open_cases_for(by).filter(origin__in=origins).first()
    if case is not None:
        add_note(by=by, case_id=case.pk, text=judgement.reason)
    else:
        case = open_case(
            by=by,
            title=_title(finding),
            threats=said,
            purpose=check.purpose,
            subjects=face.subjects,
            origin=f"finding:{finding.pk}",
            classification=classification,
        )
    told = partner_told(face)
    if told and not case.events.filter(kind="note", text=told).exists():
        add_note(by=by, case_id=case.pk, text=told)
    Check.objects.filter(pk=check.pk).update(keep_until=None)
    return case


def close_if_unfounded(finding: FoundEntry, by: Acting, judgement: Judgement) -> None:
    """Close the case that was opened for the hits of a check, once the last of them is judged to be another person."""
    others = finding.owner.findings.filter(state="open").exclude(partner="").exclude(pk=finding.pk)
    case = None if others.exists() else unled_case(origins_beside(finding))
    if case is not None:
        close_unled(by=by, case=case, note=judgement.reason)


def tell_case(by: Acting, number: str, reason: str) -> bool:
    """Write into a case that its judgement was overruled; no where it is closed or is another agency's."""
    case = case_named(by, number)
    if case is None or case.state == "closed":
        return False
    add_note(by=by, case_id=case.pk, text=reason)
    return True


def _title(finding: FoundEntry) -> str:
    return f"{caption_of(finding)[:150]} ({finding.owner.number})"
