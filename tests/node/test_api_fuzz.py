"""Whatever is sent to the API, it is answered as the description says, and never with a mistake of the node."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.api_calls import caller
from tests.factories import make_crossing
from tests.lists_made import put_list

from elchi.api.tokens import Rates
from elchi.node.officers.rules import Role

EXAMPLES: Final = 12
"""Requests an operation. Make it a thousand when something in the doors was changed."""
CHECKS: Final = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
]  # fmt: skip
ALL: Final = [role for role in Role if role is not Role.ADMINISTRATOR]


@pytest.fixture
def headers(monkeypatch: pytest.MonkeyPatch) -> Mapping[str, str]:
    monkeypatch.setattr("elchi.api.tokens._rates", Rates(a_second=1e9, at_once=1e9))
    put_list("un_sc", {"w-1": {"name": ["Karim Testov"], "birthDate": ["1961-04-09"]}})
    make_crossing()
    known = caller(*ALL)
    asked = {"subjects": [{"kind": "person", "name": "Karim Testov"}], "purpose": "visa"}
    assert known.post("/checks", asked).status_code == 201  # so that there is a check, and a finding that waits
    return {"Authorization": f"Bearer {known.token}"}


@pytest.mark.django_db(transaction=True)  # the application closes connections that others began a transaction on
@pytest.mark.parametrize("door", ["/api/v1", "/match-api"])
def test_whatever_is_sent_is_answered(door: str, headers: Mapping[str, str]) -> None:
    schema = schemathesis.openapi.from_wsgi(f"{door}/openapi.json", get_wsgi_application())
    operations: list[Any] = [found.ok() for found in schema.get_all_operations()]  # type: ignore[union-attr]
    assert len(operations) > 5
    for operation in operations:
        _send_anything(operation, headers)


def _send_anything(operation: Any, headers: Mapping[str, str]) -> None:
    @given(case=operation.as_strategy())
    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        derandomize=True,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    def send(case: Any) -> None:
        case.call_and_validate(headers=dict(headers), checks=CHECKS)

    send()
