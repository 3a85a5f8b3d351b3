"""To say an act of a joint operation to the other side, or to keep it here and say why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from elchi.exchange.message import new_id
from elchi.modules.operations.joint import Act, act_to_wire
from elchi.modules.operations.models import JointOperation, OperationAct
from elchi.modules.operations.reported import covering
from elchi.node.audit.actor import Actor
from elchi.node.federation.drafts import Draft
from elchi.node.federation.queries.agreements import agreed_partners, own_party
from elchi.node.federation.services import send_message
from elchi.node.here import here

OPERATION: Final = "operation"


def say(
    by: Actor, row: JointOperation, act: str, content: Mapping[str, Any], *, at: dt.datetime, is_told: bool = True
) -> OperationAct:
    """Put an act into the log, and send it if there is another side, it knows of the operation, and it may."""
    said = Act(act, new_id(), at, content)
    line = OperationAct(
        operation=row, act_id=said.id, node=here().code, by=by.name, act=act, content=dict(content), said_at=at
    )
    if not row.partner or not is_told:
        line.why = "alone" if not row.partner else "not_proposed"
    else:
        _send(by, row, said, line)
    line.save()
    return line


def _send(by: Actor, row: JointOperation, said: Act, line: OperationAct) -> None:
    agreed = next((one for one in agreed_partners() if one.party.node == row.partner), None)
    covered = covering(agreed, OPERATION, said.said_at) if agreed else None
    if agreed is None or covered is None:
        line.why = "uncovered"
        return
    agreement, purpose = covered
    details = act_to_wire(said)
    permit = agreement.permit(
        None, sender=own_party(), receiver=agreed.party, purpose=purpose, kind=OPERATION, at=said.said_at,
        details=details,
    )  # fmt: skip
    if permit.details != details:  # an act goes as a whole or not at all
        blocked = next((one.clause for one in permit.detail_decisions if one.path not in permit.details), "")
        line.why = f"clause:{blocked}"
        return
    sent = send_message(
        by=by,
        draft=Draft(
            to=row.partner, kind=OPERATION, body={"v": 1, **permit.body}, agreement=permit.agreement, purpose=purpose,
            thread=row.key, handling=permit.conditions.handling, retention_until=permit.conditions.retention_until,
            onward=permit.conditions.onward, on=f"operation:{row.pk}",
        ),
    )  # fmt: skip
    line.state, line.message_id = "queued", sent.message_id
