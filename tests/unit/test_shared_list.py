"""Shared lists: what is taken, what is missing, what nobody honest says, and what an agreement lets go of an entry."""

from __future__ import annotations

import datetime as dt
import gzip
import io
from dataclasses import replace
from typing import Any

import pytest
from tests.agreements_made import AKJOL, AT, KORDAI, cut, go, grant, made_agreement
from tests.shared_lists_made import BEGAN, DAY, SERIES, Owner, Receiver, person

from elchi.errors import InvalidInput, NotAllowed
from elchi.exchange.shared_list import (
    Between,
    Changes,
    Decision,
    ListOffer,
    ListReply,
    ListState,
    accept,
    check_entry,
    is_fresh,
    permit_entry,
    read_offer,
    read_reply,
    read_snapshot,
    read_state,
    read_told,
    told_body,
    write_snapshot,
)
from elchi.lists import Draft, Entry

A, B, C = person("a"), person("b"), person("c", birthDate=["1980-04-09"])
NOW = BEGAN + dt.timedelta(days=1)
BETWEEN = Between(KORDAI, AKJOL, "border_check", AT)


def listed(*entries: Entry) -> dict[str, Entry]:
    return {one.id: one for one in entries}


def test_a_snapshot_a_delta_and_a_withdrawal() -> None:
    owner, receiver = Owner(), Receiver()
    assert receiver.hear(*owner.publish(listed(A, B)), NOW) is Decision.TAKE
    state, changes = owner.publish(listed(replace(A, properties={"name": ("Other",)}), C))
    assert ([one.id for one in changes.put], changes.gone) == (["a", "c"], ("b",))
    assert receiver.hear(state, changes, NOW) is Decision.TAKE
    assert receiver.listed == owner.listed
    gone, _ = owner.publish({}, form="statement", withdrawn=True)
    assert (receiver.hear(gone, None, NOW), receiver.listed) == (Decision.TAKE, {})
    assert accept(gone, gone, now=NOW) is Decision.KNOWN
    assert accept(gone, state, now=NOW) is Decision.KNOWN
    assert accept(gone, owner.publish(listed(A), form="snapshot")[0], now=NOW) is Decision.OVER


def test_what_comes_twice_or_late_changes_nothing_and_what_is_missing_is_asked_for() -> None:
    owner, receiver = Owner(), Receiver()
    first, second, third = owner.publish(listed(A)), owner.publish(listed(A, B)), owner.publish(listed(B))
    assert receiver.hear(*second, NOW) is Decision.GAP
    assert receiver.known is None
    assert receiver.hear(*first, NOW) is Decision.TAKE
    assert receiver.hear(*third, NOW) is Decision.GAP
    assert receiver.hear(*second, NOW) is Decision.TAKE
    assert [receiver.hear(*one, NOW) for one in (second, first)] == [Decision.KNOWN, Decision.KNOWN]
    assert receiver.hear(*owner.again("snapshot"), NOW) is Decision.TAKE
    assert receiver.listed == listed(B)
    assert receiver.hear(*owner.again("statement"), NOW) is Decision.REFRESH


def test_the_word_of_the_owner_ends() -> None:
    owner = Owner()
    state, _ = owner.publish(listed(A))
    until = state.fresh_until
    assert (is_fresh(state, until - DAY), is_fresh(state, until)) == (True, False)


def test_nobody_takes_the_receiver_back() -> None:
    owner = Owner()
    first, _ = owner.publish(listed(A))
    second, _ = owner.publish(listed(A, B))
    replayed = replace(first, issued_at=second.issued_at + DAY, fresh_until=second.issued_at + 2 * DAY)
    backdated = replace(
        second, version=3, previous=second.mark, issued_at=first.issued_at, fresh_until=first.fresh_until
    )
    assert accept(second, replayed, now=NOW + DAY) is Decision.ROLLBACK
    assert accept(second, backdated, now=NOW) is Decision.ROLLBACK


def test_two_stories_are_seen() -> None:
    owner, liar = Owner(), Owner()
    first, _ = owner.publish(listed(A))
    liar.publish(listed(B))
    other = liar.state
    assert other is not None
    assert accept(first, other, now=NOW) is Decision.FORK
    for form in ("delta", "snapshot"):
        assert accept(first, liar.publish(listed(A, B), form=form)[0], now=NOW) is (
            Decision.FORK if form == "delta" else Decision.TAKE  # two versions later nobody can tell
        )
    gone = replace(first, version=2, previous="0" * 64, count=0, form="statement", withdrawn=True,
                   issued_at=first.issued_at + DAY, fresh_until=first.issued_at + 2 * DAY)  # fmt: skip
    assert accept(first, gone, now=NOW + DAY) is Decision.FORK


def test_what_is_said_in_the_future_is_refused() -> None:
    state, _ = Owner().publish(listed(A))
    assert accept(None, state, now=state.issued_at - dt.timedelta(minutes=9)) is Decision.TAKE
    assert accept(None, state, now=state.issued_at - dt.timedelta(minutes=11)) is Decision.AHEAD


def test_changes_that_lead_elsewhere_are_not_made() -> None:
    owner, receiver = Owner(), Receiver()
    receiver.hear(*owner.publish(listed(A)), NOW)
    state, changes = owner.publish(listed(A, B))
    assert receiver.hear(state, Changes(changes.put, ("a",)), NOW) is Decision.GAP
    assert receiver.hear(state, Changes((person("b", "Otherwise"),)), NOW) is Decision.GAP
    assert (receiver.listed, receiver.hear(state, changes, NOW)) == (listed(A), Decision.TAKE)


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("series", "x", "word"), ("series", 3, "text"), ("version", 0, "word"), ("version", True, "number"),
        ("version", 1 << 31, "word"), ("previous", "0" * 64, "word"), ("digest", "AB" * 32, "word"),
        ("count", -1, "word"), ("count", 200_001, "word"), ("form", "delta", "word"), ("form", "all", "word"),
        ("withdrawn", 1, "word"), ("withdrawn", True, "word"), ("issued_at", "2026-05-04", "time_utc"),
        ("fresh_until", "2026-05-04T09:30:00.000Z", "word"), ("fresh_until", "2026-07-04T09:30:00.000Z", "word"),
    ],
)  # fmt: skip
def test_a_state_that_is_none_is_refused(field: str, value: Any, rule: str) -> None:
    state, _ = Owner().publish(listed(A))
    assert read_state(state.to_json()) == state
    with pytest.raises(InvalidInput) as caught:
        read_state(state.to_json() | {field: value})
    assert (caught.value.code, caught.value.params["rule"]) == ("shared_list_invalid", rule)


def test_a_state_keeps_its_mark_however_it_is_said_and_no_other_has_it() -> None:
    owner = Owner()
    first, _ = owner.publish(listed(A))
    assert owner.again("statement")[0].mark == first.mark
    assert {replace(first, **one).mark for one in ({"count": 2}, {"digest": "0" * 64}, {"version": 1})} - {
        first.mark
    } == {replace(first, count=2).mark, replace(first, digest="0" * 64).mark}


def test_bodies_read_back_what_they_say() -> None:
    owner = Owner()
    state, changes = owner.publish(listed(A, C))
    assert read_told(told_body(state, changes)) == (state, changes)
    again, _ = owner.again("statement")
    assert read_told(told_body(again)) == (again, None)
    offer = ListOffer(
        series=SERIES, name="kz_wanted", title="Wanted", titles={"ru": "Розыск"}, kinds=("person", "vehicle"),
        count=3, action="stop",
    )  # fmt: skip
    assert read_offer(offer.to_json()) == offer
    reply = ListReply(series=SERIES, act="applied", version=7)
    assert read_reply(reply.to_json()) == reply


@pytest.mark.parametrize(
    "changes",
    [
        {"put": [["a", "Person", {"name": ["A"]}], ["a", "Person", {"name": ["A"]}]], "gone": []},
        {"put": [["a", "Person", {"name": ["A"]}]], "gone": ["a"]},
        {"put": [["a", "Person", {"name": ["  A "]}]], "gone": []},
        {"put": [["a", "Person", {"notes": ["A"], "name": ["A"]}]], "gone": [1]},
        {"put": [["a", "Sanction", {"name": ["A"]}]], "gone": []},
        {"put": [["a", "Person"]], "gone": []},
        {"put": []},
    ],
)
def test_changes_of_another_form_are_refused(changes: Any) -> None:
    state, _ = Owner().publish(listed(A))
    with pytest.raises(InvalidInput):
        read_told(told_body(state) | {"changes": changes})


def test_changes_stand_where_there_are_some() -> None:
    owner = Owner()
    state, changes = owner.publish(listed(A))
    for told, given in ((state, None), (owner.again("statement")[0], changes)):
        with pytest.raises(InvalidInput) as caught:
            read_told(told_body(told, given))
        assert caught.value.params["field"] == "changes"


def packed(*lines: bytes) -> io.BytesIO:
    return io.BytesIO(gzip.compress(b"\n".join(lines)))


def test_a_snapshot_of_many_as_a_file() -> None:
    owner = Owner()
    state, changes = owner.publish(listed(*(person(f"p{number}") for number in range(1000))))
    file = io.BytesIO()
    write_snapshot(file, state, changes.put)
    content = file.getvalue()
    assert read_snapshot(io.BytesIO(content)) == (state, changes)
    again = io.BytesIO()
    write_snapshot(again, state, changes.put)
    assert again.getvalue() == content
    for bad in (
        io.BytesIO(content[:-20]), io.BytesIO(content[20:]), io.BytesIO(), packed(b"{}"), packed(b"\xff"),
        io.BytesIO(gzip.compress(b"0" * (3 << 20))),
    ):  # fmt: skip
        with pytest.raises(InvalidInput):
            read_snapshot(bad)


def test_a_snapshot_has_no_more_entries_than_it_says() -> None:
    state, changes = Owner().publish(listed(A, B))
    file = io.BytesIO()
    write_snapshot(file, state, (*changes.put, C))
    with pytest.raises(InvalidInput) as caught:
        read_snapshot(io.BytesIO(file.getvalue()))
    assert caught.value.params == {"field": "count", "rule": "as_told"}


def agreement(**details: Any) -> Any:
    return made_agreement(grants=[grant("listed_person", details=details)])


def entry(schema: str = "Person", **properties: list[str]) -> Entry:
    draft = Draft("e-1", schema)
    for name, values in properties.items():
        draft.add(name, *values)
    return draft.entry()


def test_of_an_entry_goes_what_the_agreement_names() -> None:
    whole = entry(name=["Testov"], alias=["Т."], phone=["+77015551234"], birthDate=["1980-04-09"], idNumber=["123456"])
    found = agreement(name=go(), birthDate=cut("year"), idNumber=cut("last_4"))
    permit = permit_entry(found, whole, BETWEEN)
    assert permit.entry == entry(name=["Testov"], birthDate=["1980"])
    assert {(one.field, str(one.decision), one.clause) for one in permit.decisions} == {
        ("alias", "blocked", "2"), ("birthDate", "masked", "7(3)"), ("idNumber", "masked", "7(3)"),
        ("name", "may_go", "7(1)"), ("phone", "blocked", "2"),
    }  # fmt: skip
    check_entry(found, permit.entry, BETWEEN)
    with pytest.raises(NotAllowed) as caught:
        check_entry(found, whole, BETWEEN)
    assert (caught.value.params["field"], caught.value.params["clause"]) == ("alias", "2")


@pytest.mark.parametrize("schema", ["Vehicle", "Organization", "Passport", "LegalEntity"])
def test_a_kind_of_entry_that_is_not_named_stays(schema: str) -> None:
    one = entry(schema, name=["Testov"])
    permit = permit_entry(agreement(name=go()), one, BETWEEN)
    assert (permit.entry is not None) == (schema == "LegalEntity")  # it may be a person
    if schema != "LegalEntity":
        with pytest.raises(NotAllowed):
            check_entry(agreement(name=go()), one, BETWEEN)


def test_an_entry_that_could_not_be_found_stays() -> None:
    assert permit_entry(agreement(birthDate=go()), entry(name=["T"], birthDate=["1980"]), BETWEEN).entry is None


def test_the_first_version_has_nothing_before_it() -> None:
    state, _ = Owner().publish(listed(A))
    with pytest.raises(InvalidInput):
        ListState(**{name: getattr(state, name) for name in state.__slots__} | {"version": 2})
