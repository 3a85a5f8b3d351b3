"""Shared lists for all input: whatever order, loss, doubling and lies, the receiver has a list of the owner's."""

from __future__ import annotations

import datetime as dt
import io
from contextlib import suppress
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.agreements_made import AKJOL, AT, KORDAI, cut, go, grant, made_agreement, stay
from tests.shared_lists_made import BEGAN, DAY, Owner, Receiver, person

from elchi.errors import InvalidInput, NotAllowed
from elchi.exchange.shared_list import (
    Between,
    Changes,
    Decision,
    ListState,
    accept,
    check_entry,
    permit_entry,
    read_offer,
    read_reply,
    read_snapshot,
    read_told,
    told_body,
)
from elchi.lists import Entry

KEYS = st.sampled_from("abcdef")
LISTS = st.dictionaries(KEYS, st.sampled_from(["Testov", "Probin"]), max_size=5)
NOW = BEGAN + 30 * DAY
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 1 << 33) | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
_NAMES = ("series", "version", "previous", "digest", "count", "issued_at", "fresh_until", "form", "withdrawn")


def _entries(told: dict[str, str]) -> dict[str, Entry]:
    return {key: person(key, name) for key, name in told.items()}


@settings(max_examples=300, deadline=None)
@given(st.data(), st.lists(LISTS, min_size=1, max_size=6))
def test_any_order_loss_and_doubling_ends_in_the_owners_list_or_says_why_not(
    data: st.DataObject, lists: list[dict[str, str]]
) -> None:
    owner, receiver = Owner(), Receiver()
    said: list[tuple[ListState, Changes | None]] = []
    for told in lists:
        said.append(owner.publish(_entries(told)))
        if data.draw(st.booleans()):
            said.append(owner.again(data.draw(st.sampled_from(["statement", "snapshot"]))))
    came = data.draw(st.lists(st.sampled_from(said), max_size=2 * len(said)))
    decisions = set()
    for state, changes in came:
        before = receiver.known.version if receiver.known else 0
        decisions.add(receiver.hear(state, changes, NOW))
        after = receiver.known.version if receiver.known else 0
        assert after >= before
        assert receiver.listed == (owner.history[after] if after else {})
    assert decisions <= {Decision.TAKE, Decision.REFRESH, Decision.KNOWN, Decision.GAP}
    receiver.hear(*owner.again("snapshot"), NOW)
    assert receiver.listed == owner.listed


@settings(max_examples=300, deadline=None)
@given(st.data(), st.lists(LISTS, min_size=1, max_size=4))
def test_whatever_is_said_nobody_takes_the_receiver_back(data: st.DataObject, lists: list[dict[str, str]]) -> None:
    receiver = Receiver()
    marks: dict[int, str] = {}
    owners = [Owner(), Owner(at=BEGAN + dt.timedelta(minutes=7))]
    said: list[tuple[ListState, Changes | None]] = []
    for told in lists:
        said += [owner.publish(_entries(data.draw(st.just(told) | LISTS))) for owner in owners]
    for _ in range(data.draw(st.integers(1, 8))):
        state, changes = data.draw(st.sampled_from(said))
        shift = dt.timedelta(hours=data.draw(st.integers(-30, 30)))
        lie = replace(
            state, version=data.draw(st.integers(2, 6)), previous=data.draw(st.sampled_from(said))[0].mark,
            issued_at=state.issued_at + shift, fresh_until=state.fresh_until + shift,
            form=data.draw(st.sampled_from(["snapshot", "delta"])),
        )  # fmt: skip
        before = receiver.known
        receiver.hear(data.draw(st.sampled_from([lie, state])), changes, NOW)
        after = receiver.known
        if before and after:
            assert (after.version, after.issued_at) >= (before.version, before.issued_at)
            assert after.issued_at >= before.issued_at
        if after:
            assert marks.setdefault(after.version, after.mark) == after.mark  # one story of each version


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(["name", "alias", "phone", "birthDate", "notes"]),
                       st.sampled_from([go(), stay(), cut("year"), cut("last_4")])))  # fmt: skip
def test_no_property_goes_that_is_not_named_and_what_goes_is_admitted(rules: dict[str, Any]) -> None:
    agreement = made_agreement(grants=[grant("listed_person", details=rules)])
    whole = person("a", "Testov", alias=["T."], phone=["+77015551234"], birthDate=["1980-04-09"], notes=["Scar"])
    between = Between(KORDAI, AKJOL, "border_check", AT)
    went = permit_entry(agreement, whole, between).entry
    free = {name for name, rule in rules.items() if rule["decision"] == "may_go" or rule.get("mask") == "year"}
    if went is not None:
        assert set(went.properties) <= free
        check_entry(agreement, went, between)
    if set(whole.properties) - free:
        with suppress(NotAllowed):
            check_entry(agreement, whole, between)
            raise AssertionError


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_readers_raise_nothing_but_their_errors(data: st.DataObject) -> None:
    state, changes = Owner().publish(_entries({"a": "Testov"}))
    body = told_body(state, changes)
    told = {name: data.draw(JSON) for name in data.draw(st.sets(st.sampled_from(_NAMES)))}
    given_ = data.draw(JSON | st.fixed_dictionaries({"put": st.lists(JSON, max_size=2), "gone": JSON}))
    drawn = [
        body | {"state": body["state"] | told}, body | {"changes": given_}, {"state": data.draw(JSON)},
        {"offer": data.draw(JSON)}, {"reply": data.draw(JSON)},
    ]  # fmt: skip
    for one in drawn:
        for read in (read_told, read_offer, read_reply):
            with suppress(InvalidInput):
                read(one)
    with suppress(InvalidInput):
        read_snapshot(io.BytesIO(data.draw(st.binary(max_size=60))))


@given(LISTS, LISTS)
def test_the_same_state_and_only_it_is_known(one: dict[str, str], other: dict[str, str]) -> None:
    first, second = Owner().publish(_entries(one))[0], Owner().publish(_entries(other))[0]
    assert accept(first, second, now=NOW) is (Decision.KNOWN if one == other else Decision.FORK)
