"""A conversation is in the same order and the same state on both sides, whatever came when and how often."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from elchi.exchange.conversation import OPEN, STATES, Act, Said, in_order, next_number, state_of

BEGAN = dt.datetime(2026, 11, 30, 8, tzinfo=dt.UTC)
ENDS = BEGAN + dt.timedelta(hours=2)
PARTIES = ("TJ-FOT-1", "UZ-OYB-1")


@st.composite
def said(draw: st.DrawFn) -> Said:
    asks = draw(st.booleans())
    return Said(
        number=draw(st.integers(2, 12)),
        party=PARTIES[asks],
        id=draw(st.uuids().map(str)),
        act=draw(st.sampled_from(Act)),
        of_asker=asks,
        at=BEGAN + dt.timedelta(minutes=draw(st.integers(0, 240))),
    )


FIRST = Said(number=1, party=PARTIES[1], id="0", act=Act.ASK, of_asker=True, at=BEGAN)
TALKS = st.lists(said(), max_size=14)


@given(TALKS, st.data())
def test_any_delivery_gives_the_same_sequence_and_state(others: list[Said], data: st.DataObject) -> None:
    whole = [FIRST, *others]
    here = data.draw(st.permutations(whole))
    there = data.draw(st.permutations(whole + data.draw(st.lists(st.sampled_from(whole), max_size=9))))
    assert in_order(here) == in_order(there)
    assert len(in_order(there)) == len(whole)
    assert state_of(here, ends_at=ENDS, at=BEGAN) == state_of(there, ends_at=ENDS, at=BEGAN)


@given(st.data())
def test_an_answer_stands_after_what_it_answers(data: st.DataObject) -> None:
    """Two sides speak in turn or at once, and hear one another late: each hears a prefix of what the other said."""
    spoken: dict[str, list[Said]] = {one: [] for one in PARTIES}
    heard = dict.fromkeys(PARTIES, 0)
    seen = dict.fromkeys(PARTIES, 0)
    before: list[tuple[Said, Said]] = []
    for step in range(data.draw(st.integers(1, 25))):
        me = data.draw(st.sampled_from(PARTIES))
        other = PARTIES[1 - PARTIES.index(me)]
        heard[me] = data.draw(st.integers(heard[me], len(spoken[other])))
        known = [*spoken[me], *spoken[other][: heard[me]]]
        seen[me] = max([seen[me], *(one.number for one in known)])
        seen[me] = next_number(seen[me])
        new = Said(number=seen[me], party=me, id=str(step), act=Act.SAY, of_asker=True, at=BEGAN)
        before += [(one, new) for one in known]
        spoken[me].append(new)
    order = in_order([one for every in spoken.values() for one in every])
    assert all(order.index(first) < order.index(then) for first, then in before)


@given(TALKS)
def test_only_the_asked_side_answers_and_only_the_asker_takes_back(others: list[Said]) -> None:
    asked = [one for one in others if one.of_asker]
    answering = [one for one in others if not one.of_asker]
    assert state_of([FIRST, *asked], ends_at=None, at=BEGAN) in ("sent", "withdrawn")
    assert state_of([FIRST, *answering], ends_at=None, at=BEGAN) != "withdrawn"


@given(TALKS)
def test_what_is_open_expires_and_nothing_else(others: list[Said]) -> None:
    early = [one for one in others if one.at < ENDS]
    before = state_of([FIRST, *early], ends_at=ENDS, at=BEGAN)
    after = state_of([FIRST, *early], ends_at=ENDS, at=ENDS)
    assert after == ("expired" if before in OPEN else before)
    assert after in STATES


def test_an_answer_that_comes_late_is_one() -> None:
    late = Said(
        number=2, party=PARTIES[0], id="1", act=Act.ANSWER, of_asker=False, at=ENDS + dt.timedelta(minutes=1)
    )  # fmt: skip
    assert state_of([FIRST], ends_at=ENDS, at=ENDS) == "expired"
    assert state_of([late, FIRST], ends_at=ENDS, at=late.at) == "answered"
