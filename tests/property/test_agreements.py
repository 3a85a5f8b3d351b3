"""Nothing leaves that no clause lets go, whatever the agreement and the subject; nothing half understood is read.

10,000 agreements, subjects and details are made at random, each from a number of its own that a failure tells. Every
value in them is a text that stands nowhere else, so that it is found in the plaintext of the message if it went. The
plaintext is what its receiver opens with his own key.
"""

from __future__ import annotations

import copy
import datetime as dt
import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.agreement_reference import Asked, Expected, expect, texts_of
from tests.agreements_made import AKJOL, AT, KORDAI, agreement_json, grant, made_agreement, rule, side
from tests.sealing import Party as Holder
from tests.sealing import open_by, public_of

from elchi.errors import InvalidInput, NotAllowed
from elchi.exchange.agreement import (
    Agreement,
    Decision,
    Effect,
    Mask,
    Permit,
    agreement_from_json,
    compare,
    known_fields,
    read_agreement,
)
from elchi.exchange.agreement.fields import masks_of
from elchi.exchange.message import HANDLING, ONWARD, TLP, Handling, Lane, Message, encode_message, new_id
from elchi.seal.envelope import seal
from elchi.subjects import Subject, from_wire, to_wire
from elchi.subjects.wire import DATES, KINDS, PARTS

PAIRS = 10_000
SHARES = 10
"""The pairs are asked in shares, so that several workers can take them."""
UNKNOWN = ("tattoo", "callsign", "documents.document_number", "route")
"""Names of fields of a version to come, and one that pretends to lie deeper."""
DETAILS = ("reason", "outcome", "code", "reference", "contact", "files", "notice")
CLAUSES = ("2", "5", "7(1)", "7(2)", "8")
OUTSIDER = replace(AKJOL, node="UZ-GIS-1", country="UZ")
PARTIES = {one.node: Holder(one.node) for one in (KORDAI, AKJOL)}


@dataclass
class Maker:
    """Makes agreements and subjects from a number."""

    dice: random.Random
    made: int = 0

    def text(self) -> str:
        self.made += 1
        return f"Zq{self.made:03}{self.dice.getrandbits(40):010x}"

    def date(self) -> str:
        self.made += 1  # each year once: what stands in a message of 2026 is none of them
        whole = f"{1400 + self.made}-{self.dice.randint(1, 12):02}-{self.dice.randint(1, 28):02}"
        return whole[: self.dice.choice((4, 7, 10, 10))]

    def rules(self, names: Mapping[str, tuple[Mask, ...]]) -> dict[str, Any]:
        share = self.dice.random()
        return {name: self.rule(masks) for name, masks in names.items() if self.dice.random() < share}

    def rule(self, masks: tuple[Mask, ...]) -> dict[str, str]:
        decision = self.dice.choice(tuple(Decision) if masks else (Decision.MAY_GO, Decision.BLOCKED))
        mask = str(self.dice.choice(masks)) if decision is Decision.MASKED else ""
        return rule(str(decision), self.dice.choice(CLAUSES), mask)

    def agreement(self) -> dict[str, Any]:
        kinds = [kind for kind in KINDS if self.dice.random() < 0.8]
        grants = []
        for kind in ("question", "answer", "report"):
            subjects = {name: self.rules(fields_of(name)) for name in kinds}
            names = [name for name in DETAILS if kind != "answer" or name in ("files", "reason", "notice")]
            grants.append(grant(kind, subjects=subjects, details=self.rules(dict.fromkeys(names, tuple(Mask)))))
        return agreement_json(
            grants=grants,
            disclosure=self.dice.choice(("hit_no_hit", "reference", "full", "full")),
            handling={"code": self.dice.choice(HANDLING), "tlp": self.dice.choice(TLP)},
            retention_days=self.dice.randint(1, 400),
            onward=self.dice.choice(ONWARD),
            sides={"a": side("KZ"), "b": self.dice.choice((side("KG"), side("KG", nodes=["KG-AKJ-1"])))},
        )

    def subject(self, kind: str) -> dict[str, Any]:
        wire: dict[str, Any] = {"kind": kind}
        for field in fields(KINDS[kind]):
            if field.name != "extra" and self.dice.random() < 0.7:
                wire[field.name] = self.value(field.name)
        for name in (*UNKNOWN, self.text()):
            if self.dice.random() < 0.2:
                wire[name] = self.anything()
        try:
            from_wire(wire)
        except InvalidInput:  # it would be nobody: another time
            return self.subject(kind)
        return to_wire(from_wire(wire))

    def value(self, name: str) -> Any:
        if name in PARTS:
            return [self.subject(self.dice.choice(PARTS[name]).kind) for _ in range(self.dice.randint(1, 2))]
        if name in DATES:
            return self.date()
        if name == "sex":
            return self.dice.choice("FMX")
        if name == "name_truncated":
            return True
        if name in ("phones", "emails", "container_numbers"):
            return [self.text() for _ in range(self.dice.randint(1, 3))]
        return " ".join(self.text() for _ in range(self.dice.randint(1, 3)))

    def anything(self) -> Any:
        return self.dice.choice(
            (self.text(), [self.text(), self.text()], {self.text(): self.text()}, [{"kind": self.text()}], 7, None)
        )

    def details(self) -> dict[str, Any]:
        names = (*DETAILS, *UNKNOWN, self.text())
        return {name: self.anything() for name in names if self.dice.random() < 0.4}


def fields_of(kind: str) -> dict[str, tuple[Mask, ...]]:
    known = {name: masks_of(kind, name) for name in known_fields(kind)}
    return known | {name: tuple(Mask) for name in ("tattoo", "callsign")}


@dataclass(frozen=True)
class Case:
    document: dict[str, Any]
    agreement: Agreement
    subject: Subject | None
    wire: dict[str, Any] | None
    details: dict[str, Any]
    asked: dict[str, Any]


def made_case(number: int) -> Case:
    maker = Maker(random.Random(number))
    document = maker.agreement()
    wire = maker.subject(maker.dice.choice(tuple(KINDS))) if maker.dice.random() < 0.9 else None
    asked = {
        "sender": maker.dice.choice((KORDAI, KORDAI, KORDAI, AKJOL)),
        "receiver": maker.dice.choice((AKJOL,) * 20 + (OUTSIDER,)),
        "purpose": maker.dice.choice(("border_check",) * 20 + ("visa",)),
        "kind": maker.dice.choice(("question", "answer", "report")),
        "at": AT + dt.timedelta(days=maker.dice.choice((0, 1, 30, 900))),
    }
    if asked["sender"] == AKJOL and asked["receiver"] == AKJOL:
        asked["receiver"] = KORDAI
    subject = from_wire(wire) if wire else None
    return Case(document, agreement_from_json(document), subject, wire, maker.details(), asked)


def expected_of(case: Case) -> Expected:
    parties = {name: asdict(case.asked[name]) for name in ("sender", "receiver")}
    asked: dict[str, Any] = {**case.asked, **parties}
    return expect(case.document, Asked(**asked), case.wire, case.details)


def message_of(case: Case, body: Mapping[str, Any], permit: Permit | None = None) -> Message:
    at = case.asked["at"]
    return Message(
        id=new_id(), thread=new_id(), kind=case.asked["kind"], purpose=case.asked["purpose"], body=body,
        sender=case.asked["sender"].node, to=(case.asked["receiver"].node,), lane=Lane.REPORT,
        sent_at=at, expires_at=at + dt.timedelta(days=1), agreement=case.agreement.name,
        handling=permit.conditions.handling if permit else Handling(code="H3", tlp="RED"),
        retention_until=permit.conditions.retention_until if permit else at.date(),
        onward=permit.conditions.onward if permit else "none",
    )  # fmt: skip


def plaintext(message: Message) -> str:
    """Give all that the receiver finds in the sealed message, opened with his key."""
    manifest, parts = encode_message(message)
    sender, receiver = PARTIES[message.sender], PARTIES[message.to[0]]
    sealed = seal(manifest, parts, signers=[sender.signing], recipients=[public_of(receiver.opening)])
    opened = open_by(receiver, sealed.content, sender)
    assert opened.parts == tuple(parts)
    return (
        json.dumps(opened.manifest, ensure_ascii=False, default=dict)
        + b"".join(part.content for part in opened.parts).decode()
    )


def admitted(case: Case, message: Message) -> bool:
    try:
        case.agreement.admit(message, sender=case.asked["sender"], receiver=case.asked["receiver"], at=message.sent_at)
    except NotAllowed as error:
        assert (error.code, error.params["clause"] in case.agreement.articles) == ("not_covered", True)  # noqa: PT017  # the other outcome of the same draw
        return False
    return True


def told_texts(wire: Mapping[str, Any], at: str = "") -> Iterator[tuple[str, str]]:
    """Give each text of a subject, and each name of a field, with the path of the field."""
    for name, value in wire.items():
        if name in PARTS:
            for number, part in enumerate(value):
                yield from told_texts(part, f"{at}{name}.{number}.")
        elif name not in ("kind", "masked"):
            yield from ((at + name, text) for text in (name, *texts_of(value)))


def hidden(case: Case, permit: Permit) -> set[str]:
    """Give the texts that must not be found: all that no clause lets go whole."""
    whole = {one.path for one in permit.decisions if one.decision is Decision.MAY_GO}
    told = set(told_texts(case.wire)) if case.wire else set()
    whole_details = {one.path for one in permit.detail_decisions if one.decision is Decision.MAY_GO}
    details = {(name, text) for name, value in case.details.items() for text in (name, *texts_of(value))}
    of_subject = {text for path, text in told if path not in whole}
    of_body = {text for path, text in details if path not in whole_details}
    # Names of known fields and the sex stand in many a message, and a year of birth is left of a masked date.
    return {text for text in of_subject | of_body if len(text) > 4 and text.startswith(("Zq", "14", "15"))}


@pytest.mark.parametrize("share", range(SHARES))
def test_no_field_outside_of_the_agreement_appears_in_a_plaintext(share: int) -> None:
    went = stayed = 0
    for number in range(share, PAIRS, SHARES):
        case = made_case(number)
        expected = expected_of(case)
        try:
            permit = case.agreement.permit(case.subject, **case.asked, details=case.details)
        except NotAllowed as error:
            assert (error.params["rule"], error.params["clause"]) == expected.refused, number  # noqa: PT017  # the other outcome of the same draw
            assert not admitted(case, message_of(case, {"subject": case.wire} if case.wire else case.details)), number
            continue
        decided = [(one.path, str(one.decision), one.clause) for one in permit.decisions]
        decided += [(f"body.{one.path}", str(one.decision), one.clause) for one in permit.detail_decisions]
        assert (None, permit.body, sorted(decided)) == (expected.refused, expected.body, expected.decisions), number
        message = message_of(case, permit.body, permit)
        said, secret = plaintext(message), hidden(case, permit)
        assert [text for text in secret if text in said] == [], number
        assert admitted(case, message), number
        whole = {**({"subject": case.wire} if case.wire else {}), **case.details}
        assert admitted(case, message_of(case, whole)) is (whole == permit.body), number
        went, stayed = went + len(decided), stayed + len(secret)
    assert min(went, stayed) > PAIRS // SHARES  # it was not for want of anything to hide


@pytest.mark.parametrize("number", range(0, PAIRS, 50))
def test_what_went_may_go_on_and_is_not_cut_again(number: int) -> None:
    case = made_case(number)
    try:
        first = case.agreement.permit(case.subject, **case.asked, details=case.details)
        again = case.agreement.permit(first.subject, **case.asked, details=first.details)
    except NotAllowed:
        return
    assert again.body == first.body


@pytest.mark.parametrize("number", range(0, PAIRS, 50))
def test_what_a_new_version_lets_go_beyond_the_old_one_is_shown_as_wider(number: int) -> None:
    case, other = made_case(number), made_case(number + 1)
    new = agreement_from_json({**other.document, "version": 2, "sides": case.document["sides"]})
    changes = compare(case.agreement, new)
    assert compare(case.agreement, case.agreement) == ()
    wider = {one.place for one in changes if one.effect is Effect.WIDER}
    for mine, theirs in ((case.agreement, new), (new, case.agreement)):
        back = {(one.place, one.effect) for one in compare(mine, theirs)}
        turned = {Effect.WIDER: Effect.NARROWER, Effect.NARROWER: Effect.WIDER, Effect.OTHER: Effect.OTHER}
        assert {(one.place, turned[one.effect]) for one in compare(theirs, mine)} == back
    try:
        before = case.agreement.permit(case.subject, **case.asked, details=case.details)
        after = new.permit(case.subject, **case.asked, details=case.details)
    except NotAllowed:
        return
    fell = {one.field for one in before.decisions if one.decision is Decision.BLOCKED}
    rose = {one.field for one in after.decisions if one.decision is not Decision.BLOCKED}
    kind = case.subject.kind if case.subject else ""
    # What stayed with its part (nothing_left) goes when the part does, so its own rule need not have changed.
    alone = {one.field for one in before.decisions if one.because == "nothing_left"}
    assert {f"subjects.{kind}.{field}" for field in fell & rose - alone} <= wider


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12)
    | st.sampled_from(("question", "person", "KZ", "2", "may_go", "masked", "year", "a_to_b")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Give where in JSON values something stands."""
    yield path
    if isinstance(value, dict | list):
        for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(inner, (*path, step))


PLACES = tuple(places(agreement_json()))


def put(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    changed = copy.deepcopy(document)
    inner = changed
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return changed


@settings(max_examples=1_500, deadline=None)
@given(path=st.sampled_from(PLACES), value=JSON)
def test_a_changed_document_is_read_whole_or_refused_with_its_place(path: tuple[Any, ...], value: Any) -> None:
    document = put(agreement_json(), path, value)
    try:
        agreement = read_agreement(json.dumps(document).encode())
    except InvalidInput as error:
        assert (error.code, bool(error.params["field"])) == ("agreement_invalid", True)  # noqa: PT017  # the other outcome of the same draw
        return
    assert agreement.to_json() == document
    assert read_agreement(agreement.canonical()) == agreement


@settings(max_examples=500, deadline=None)
@given(content=st.binary(max_size=200), where=st.integers(0, 2_000), taken=st.integers(0, 40))
def test_broken_bytes_are_refused(content: bytes, where: int, taken: int) -> None:
    whole = made_agreement().canonical()
    for broken in (content, whole[:where] + content + whole[where + taken :]):
        try:
            agreement = read_agreement(broken)
        except InvalidInput as error:
            assert error.code == "agreement_invalid"  # noqa: PT017  # the other outcome of the same draw
        else:
            assert agreement.to_json() == json.loads(broken)


NAMES = (
    "subject",
    "kind",
    "masked",
    "v",
    "documents",
    "birth_date",
    "family_name",
    "phones",
    "outcome",
    "reason",
    "sex",
)
BODIES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8)
    | st.sampled_from(("person", "document", "1984", "year", "initials", "T•••", "Testov", "M")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5),
    max_leaves=16,
)  # fmt: skip
SUBJECTS = st.fixed_dictionaries({"kind": st.just("person")}, optional=dict.fromkeys(NAMES[2:], BODIES))


@settings(max_examples=300, deadline=None)
@given(
    body=st.dictionaries(st.sampled_from(NAMES), BODIES | SUBJECTS, max_size=4),
    kind=st.sampled_from(("question", "answer")),
)
def test_whatever_a_partner_writes_is_admitted_or_refused(body: dict[str, Any], kind: str) -> None:
    case = replace(made_case(0), agreement=made_agreement(), asked={**made_case(0).asked, "kind": kind, "at": AT})
    case.asked.update(sender=KORDAI, receiver=AKJOL, purpose="border_check")
    try:
        within = admitted(case, message_of(case, body))
    except InvalidInput:
        return
    if within:
        assert body.keys() <= {"subject", "v", "outcome", "code", "rule", "clause", "reference", "contact"}
        assert type(body.get("v", 1)) is int
