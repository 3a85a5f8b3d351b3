"""Messages: what was written is read, what cannot be meant is refused."""

from __future__ import annotations

import datetime as dt
import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elchi.errors import ElchiError, InvalidInput
from elchi.exchange.message import (
    EVALUATIONS,
    HANDLING,
    LANES,
    ONWARD,
    TLP,
    Evaluation,
    Handling,
    Lane,
    Message,
    decode_message,
    encode_message,
    new_id,
)
from elchi.seal.part import Part

AT = dt.datetime(2026, 11, 30, 9, 15, 0, 250_000, tzinfo=dt.UTC)


def message(**given: Any) -> Message:
    thread = new_id()
    values = {
        "id": thread, "kind": "question", "sender": "KZ-KOR-1", "to": ("KG-AKJ-1",), "thread": thread, "sent_at": AT,
        "expires_at": AT + dt.timedelta(days=2), "lane": Lane.QUESTION, **given,
    }  # fmt: skip
    return Message(**values)


texts = st.text(max_size=20)
numbers = st.integers(-(1 << 53) + 1, (1 << 53) - 1)
json_values = st.recursive(
    st.none() | st.booleans() | numbers | texts, lambda inner: st.lists(inner) | st.dictionaries(texts, inner)
)
times = st.integers(0, 3_000_000_000_000).map(lambda ms: dt.datetime.fromtimestamp(ms // 1000, dt.UTC))


@st.composite
def messages(draw: st.DrawFn) -> Message:
    scheme = draw(st.sampled_from(sorted(EVALUATIONS)))
    sources, informations = EVALUATIONS[scheme]
    evaluation = Evaluation(
        scheme=scheme, source=draw(st.sampled_from(sources)), information=draw(st.sampled_from(informations))
    )
    sent_at = draw(times)
    return message(
        re=draw(st.sampled_from(["", new_id()])),
        sent_at=sent_at,
        deadline=draw(st.none() | times),
        expires_at=sent_at + draw(st.timedeltas(dt.timedelta(seconds=1), dt.timedelta(days=900))),
        lane=draw(st.sampled_from(LANES)),
        sequence=draw(st.dictionaries(st.just("KG-AKJ-1"), st.integers(1, 1 << 40))),
        handling=Handling(code=draw(st.sampled_from(HANDLING)), tlp=draw(st.sampled_from(TLP)), conditions=draw(texts)),
        evaluation=draw(st.none() | st.just(evaluation)),
        purpose=draw(st.sampled_from(["", "border_check"])),
        legal_basis=draw(texts),
        agreement=draw(st.sampled_from(["", "kz-kg-2026:3"])),
        retention_until=draw(st.none() | st.dates()),
        onward=draw(st.sampled_from(ONWARD)),
        body=draw(st.dictionaries(texts, json_values)),
        files=draw(st.sampled_from([(), (Part("photo", "image/png", b"\x89PNG"),)])),
        extra=draw(st.dictionaries(st.just("urgency"), json_values.filter(lambda value: value not in ("", {})))),
    )


@given(messages())
def test_what_was_written_is_read(sent: Message) -> None:
    manifest, parts = encode_message(sent)
    on_the_wire = json.loads(json.dumps(manifest))
    read = decode_message(on_the_wire, parts)
    floor = dt.timedelta(milliseconds=1)
    assert read.expires_at - sent.expires_at < floor
    assert encode_message(read) == (manifest, parts)
    assert (read.body, read.extra, read.sequence) == (sent.body, sent.extra, sent.sequence)


@given(st.dictionaries(st.sampled_from(sorted(encode_message(message())[0])), json_values), json_values)
def test_nothing_but_errors_of_ours_comes_of_any_manifest(changed: dict[str, Any], body: Any) -> None:
    manifest, _ = encode_message(message())
    parts = (Part("body", "application/json", json.dumps(body).encode()),)
    with suppress(ElchiError):
        decode_message({**manifest, **changed}, parts)


@pytest.mark.parametrize(
    ("given", "field", "rule"),
    [
        ({"id": "A3"}, "id", "uuid"),
        ({"thread": "x"}, "thread", "uuid"),
        ({"re": "x"}, "re", "uuid"),
        ({"kind": "Question"}, "kind", "word"),
        ({"to": ()}, "to", "parties"),
        ({"to": ("KG-AKJ-1", "KG-AKJ-1")}, "to", "parties"),
        ({"to": ("kg",)}, "party", "node_code"),
        ({"sequence": {"?": 1}}, "party", "node_code"),
        ({"agreement": "kz-kg"}, "agreement", "agreement_version"),
        ({"purpose": "any purpose"}, "purpose", "word"),
        ({"onward": "all"}, "onward", "one_of"),
        ({"legal_basis": "x" * 2_001}, "legal_basis", "max_length"),
        ({"expires_at": AT}, "expires_at", "after_sent_at"),
    ],
)
def test_what_cannot_be_meant_is_refused(given: dict[str, Any], field: str, rule: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        message(**given)
    told = raised.value.params
    assert (raised.value.code, told["field"], told["rule"]) == ("message_invalid", field, rule)


@pytest.mark.parametrize(("source", "information"), [("E", "1"), ("A", "5"), ("", "1")])
def test_a_code_of_another_scheme_is_refused(source: str, information: str) -> None:
    with pytest.raises(InvalidInput):
        Evaluation(scheme="4x4", source=source, information=information)


def test_a_later_version_is_told_from_a_damaged_one() -> None:
    manifest, parts = encode_message(message())
    with pytest.raises(InvalidInput) as raised:
        decode_message({**manifest, "v": 2}, parts)
    assert raised.value.code == "message_version"


@pytest.mark.parametrize("parts", [(), (Part("body", "application/json", b"{}"),) * 2])
def test_a_message_has_one_body(parts: tuple[Part, ...]) -> None:
    manifest, _ = encode_message(message())
    with pytest.raises(InvalidInput) as raised:
        decode_message(manifest, parts)
    assert raised.value.params == {"field": "body", "rule": "one_body"}


@given(messages(), messages())
def test_the_stricter_handling_keeps_to_both(one: Message, other: Message) -> None:
    both = one.handling.stricter(other.handling)
    assert both.code == max(one.handling.code, other.handling.code)
    assert {both.tlp} == {max(one.handling.tlp, other.handling.tlp, key=TLP.index)}
    for conditions in (one.handling.conditions, other.handling.conditions):
        assert conditions in both.conditions
    assert both.stricter(both) == both
