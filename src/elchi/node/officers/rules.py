"""Who may do what: one table to be read aloud. What does not stand in it is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from typing import Final

from django.core.exceptions import ImproperlyConfigured

from elchi.node.plug import AnyRight, modules


class Role(StrEnum):
    """What an officer is at this node. An officer may have several."""

    FIRST_LINE = "first_line"
    SECOND_LINE = "second_line"
    """Also the liaison officer."""
    ANALYST = "analyst"
    SUPERVISOR = "supervisor"
    LIST_KEEPER = "list_keeper"
    AGREEMENT_KEEPER = "agreement_keeper"
    PROGRAMME = "programme"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Right(AnyRight):
    """One thing that may be done at every node; a module has a list of its own."""

    CHECK_SUBMIT = "check.submit"
    CHECK_SEE = "check.see"
    FINDING_SEE = "finding.see"
    FINDING_JUDGE = "finding.judge"
    JUDGEMENT_OVERRULE = "judgement.overrule"
    MANIFEST_SCREEN = "manifest.screen"
    ALERT_SEE = "alert.see"
    LIST_SEE = "list.see"
    LIST_LOAD = "list.load"
    LIST_APPROVE = "list.approve"
    ENTRY_SEE = "entry.see"
    ENTRY_WRITE = "entry.write"
    CASE_SEE = "case.see"
    CASE_WORK = "case.work"
    DESK_SEE = "desk.see"
    """Of the desk, what is released to his agency."""
    DESK_WORK = "desk.work"
    LOG_SEE = "log.see"
    """Of the log of his office, what is released to his agency."""
    LOG_WRITE = "log.write"
    DIRECTORY_SEE = "directory.see"
    DIRECTORY_WRITE = "directory.write"
    RESULTS_SEE = "results.see"
    RETENTION_WRITE = "retention.write"
    PARTNER_SEE = "partner.see"
    PARTNER_WRITE = "partner.write"
    """Invite and accept partners, and say by which ways they are reached."""
    PARTNER_CONFIRM = "partner.confirm"
    """Compare the fingerprint: only then is a partner one. Also to resume and to end."""
    PARTNER_SUSPEND = "partner.suspend"
    AGREEMENT_SEE = "agreement.see"
    AGREEMENT_WRITE = "agreement.write"
    AGREEMENT_APPROVE = "agreement.approve"
    """Of what another wrote, and of what a partner proposed: this node signs after it."""
    AGREEMENT_SUSPEND = "agreement.suspend"
    MESSAGE_SEE = "message.see"
    """That something was sent or came, and how far it is; not what it says."""
    MESSAGE_WITHDRAW = "message.withdraw"
    """Take a question to a partner back."""
    MESSAGE_PROVE = "message.prove"
    """Give out the evidence of messages, with what they say."""
    KEY_SEE = "key.see"
    KEY_WRITE = "key.write"
    OFFICER_MANAGE = "officer.manage"
    AUDIT_SEE = "audit.see"
    NODE_SEE = "node.see"


_FIRST, _SECOND, _ANALYST, _SUPERVISOR = Role.FIRST_LINE, Role.SECOND_LINE, Role.ANALYST, Role.SUPERVISOR
_KEEPER, _PROGRAMME, _AUDITOR, _ADMINISTRATOR = Role.LIST_KEEPER, Role.PROGRAMME, Role.AUDITOR, Role.ADMINISTRATOR
_AGREEMENTS: Final = Role.AGREEMENT_KEEPER

RIGHTS: Final[Mapping[AnyRight, frozenset[str]]] = {
    Right.CHECK_SUBMIT: frozenset((_FIRST, _SECOND, _SUPERVISOR)),
    Right.CHECK_SEE: frozenset((_FIRST, _SECOND, _ANALYST, _SUPERVISOR, _AUDITOR)),
    Right.FINDING_SEE: frozenset((_SECOND, _ANALYST, _SUPERVISOR, _AUDITOR)),
    Right.FINDING_JUDGE: frozenset((_SECOND, _SUPERVISOR)),
    Right.JUDGEMENT_OVERRULE: frozenset((_SUPERVISOR,)),
    Right.MANIFEST_SCREEN: frozenset((_SECOND, _ANALYST, _SUPERVISOR)),
    Right.ALERT_SEE: frozenset((_SECOND, _ANALYST, _SUPERVISOR, _KEEPER)),
    Right.LIST_SEE: frozenset((_SECOND, _ANALYST, _SUPERVISOR, _KEEPER, _AUDITOR)),
    Right.LIST_LOAD: frozenset((_KEEPER,)),
    Right.LIST_APPROVE: frozenset((_KEEPER, _SUPERVISOR)),
    Right.ENTRY_SEE: frozenset((_SECOND, _ANALYST, _SUPERVISOR, _KEEPER, _AUDITOR)),
    Right.ENTRY_WRITE: frozenset((_SECOND, _SUPERVISOR, _KEEPER)),
    Right.CASE_SEE: frozenset((_SECOND, _ANALYST, _SUPERVISOR, _AUDITOR)),
    Right.CASE_WORK: frozenset((_SECOND, _ANALYST, _SUPERVISOR)),
    Right.DESK_SEE: frozenset((_SECOND, _ANALYST, _SUPERVISOR, _AUDITOR)),
    Right.DESK_WORK: frozenset((_SECOND, _SUPERVISOR)),
    Right.LOG_SEE: frozenset((_FIRST, _SECOND, _ANALYST, _SUPERVISOR, _AUDITOR)),
    Right.LOG_WRITE: frozenset((_FIRST, _SECOND, _SUPERVISOR)),
    Right.DIRECTORY_SEE: frozenset(Role),
    Right.DIRECTORY_WRITE: frozenset((_ADMINISTRATOR,)),
    Right.RESULTS_SEE: frozenset((_ANALYST, _SUPERVISOR, _PROGRAMME, _AUDITOR)),
    Right.RETENTION_WRITE: frozenset((_SUPERVISOR,)),
    Right.PARTNER_SEE: frozenset((_SECOND, _ANALYST, _SUPERVISOR, _AGREEMENTS, _AUDITOR, _ADMINISTRATOR)),
    Right.PARTNER_WRITE: frozenset((_ADMINISTRATOR,)),
    Right.PARTNER_CONFIRM: frozenset((_SUPERVISOR, _AGREEMENTS)),
    Right.PARTNER_SUSPEND: frozenset((_SUPERVISOR, _AGREEMENTS, _ADMINISTRATOR)),
    Right.AGREEMENT_SEE: frozenset((_SECOND, _ANALYST, _SUPERVISOR, _AGREEMENTS, _AUDITOR)),
    Right.AGREEMENT_WRITE: frozenset((_AGREEMENTS,)),
    Right.AGREEMENT_APPROVE: frozenset((_SUPERVISOR, _AGREEMENTS)),
    Right.AGREEMENT_SUSPEND: frozenset((_SUPERVISOR, _AGREEMENTS)),
    Right.MESSAGE_SEE: frozenset((_SECOND, _SUPERVISOR, _AUDITOR, _ADMINISTRATOR)),
    Right.MESSAGE_WITHDRAW: frozenset((_SUPERVISOR,)),
    Right.MESSAGE_PROVE: frozenset((_SUPERVISOR,)),
    Right.KEY_SEE: frozenset((_SUPERVISOR, _AGREEMENTS, _AUDITOR, _ADMINISTRATOR)),
    Right.KEY_WRITE: frozenset((_ADMINISTRATOR,)),
    Right.OFFICER_MANAGE: frozenset((_ADMINISTRATOR,)),
    Right.AUDIT_SEE: frozenset((_AUDITOR,)),
    Right.NODE_SEE: frozenset((_ADMINISTRATOR, _SUPERVISOR, _AUDITOR)),
}
"""Each right and the roles that have it. Those of a module stand in its own `rules.py`, in the same form."""

SECOND_FACTOR: Final = frozenset(Role) - {Role.FIRST_LINE}
"""Roles that sign in with a second factor, unless the node's configuration says otherwise."""


ALONE: Final = frozenset((Role.ADMINISTRATOR, Role.AUDITOR))
"""Roles that go with no other: who keeps the machine reads no cases, who audits changes nothing.

A person who does two such jobs at a small post has two sign-in names, and the audit tells them apart."""


THEMES: Final = ("light", "dark", "sun")
"""Colours an officer may choose; none is those of his machine."""


@cache
def rights_table() -> Mapping[AnyRight, frozenset[str]]:
    """Give the whole table: the rows of the node, and after them those of its modules.

    Raises:
        ImproperlyConfigured: for a module whose rows would change the node's, give something to a role that there is
            not, or break what holds for administrators (none of it) and auditors (they only look).
    """
    table: dict[AnyRight, frozenset[str]] = {**RIGHTS}
    for module in modules():
        for right, holders in module.rights.items():
            looks = right.value.endswith(".see")
            if right in table or not holders <= frozenset(Role):
                raise ImproperlyConfigured(f"{module.label}: {right}")
            if Role.ADMINISTRATOR in holders or (Role.AUDITOR in holders and not looks):
                raise ImproperlyConfigured(f"{module.label}: {right}")
            table[right] = holders
    return table


def rights_of(roles: Iterable[str]) -> frozenset[AnyRight]:
    """Give what officers of these roles may do, all roles together."""
    held = frozenset(roles)
    return frozenset(right for right, holders in rights_table().items() if holders & held)
