"""A chain of custody shows every change: of a field, of the order, of a step left out."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from elchi.modules.operations.custody import STATES, Fault, Step, faults_of, hash_of, next_state, same_seal
from elchi.seal.evidence import START

AT = dt.datetime(2026, 3, 7, 9, 30, tzinfo=dt.UTC)
FIELDS = ("by", "agency", "holder", "to", "outside", "seal", "quantity", "place", "note", "exhibit")


@st.composite
def chains(draw: st.DrawFn) -> list[tuple[Step, str]]:
    """Give a chain as officers might make it."""
    state, previous, told = "held", START, []
    for number in range(1, draw(st.integers(1, 8)) + 1):
        move = "seize" if number == 1 else draw(st.sampled_from(sorted(STATES[state])))
        state = "held" if number == 1 else next_state(state, move)
        step = Step(
            number=number, move=move, state=state, at=AT + dt.timedelta(minutes=number), by="a", agency="uz-border",
            holder="a", to="", outside="", seal=draw(st.text(max_size=8)), is_whole=True, quantity="", place="",
            end="", note=draw(st.text(max_size=20)), exhibit="0" * 63 + str(number % 10),
        )  # fmt: skip
        previous = hash_of(step, previous)
        told.append((step, previous))
        if not STATES[state]:
            break
    return told


@given(chains())
def test_a_chain_that_nobody_touched_is_whole(chain: list[tuple[Step, str]]) -> None:
    assert faults_of(chain, chain[-1][0].exhibit) == ()
    assert faults_of(chain, "other") == (Fault(len(chain), "exhibit"),)


@given(chains(), st.data())
def test_every_change_shows_at_its_step(chain: list[tuple[Step, str]], data: st.DataObject) -> None:
    place, name = data.draw(st.integers(0, len(chain) - 1)), data.draw(st.sampled_from(FIELDS))
    step, told = chain[place]
    changed = replace(step, **{name: f"{getattr(step, name)}x"})  # type: ignore[arg-type]
    found = faults_of([*chain[:place], (changed, told), *chain[place + 1 :]], chain[-1][0].exhibit)
    assert Fault(place + 1, "changed") in found


@given(chains(), st.data())
def test_a_step_that_was_changed_with_its_hash_shows_at_the_next(
    chain: list[tuple[Step, str]], data: st.DataObject
) -> None:
    if len(chain) == 1:
        return
    place = data.draw(st.integers(0, len(chain) - 2))
    changed = replace(chain[place][0], note="x" * 21)
    previous = chain[place - 1][1] if place else START
    found = faults_of(
        [*chain[:place], (changed, hash_of(changed, previous)), *chain[place + 1 :]], chain[-1][0].exhibit
    )
    assert [one.number for one in found if one.code == "changed"] == [place + 2]


@given(chains(), st.data())
def test_a_step_left_out_shows(chain: list[tuple[Step, str]], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(chain) - 1))
    left = [*chain[:place], *chain[place + 1 :]]
    assert faults_of(left, chain[-1][0].exhibit) != ()


@given(st.text(), st.text())
def test_seals_are_compared_without_blanks_and_case(one: str, other: str) -> None:
    assert same_seal(f" {one} ", one)
    assert same_seal(one, other) == same_seal(other, one)
