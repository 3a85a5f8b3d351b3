"""Two sides that say what they say in any order come to the same end; what is read from a partner is never guessed."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from elchi.errors import ElchiError
from elchi.modules.operations.joint import Act, act_to_wire, moved, next_state, read_act

AT = dt.datetime(2026, 3, 7, 9, 30, tzinfo=dt.UTC)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.sampled_from(["agreed", "running"]),
    st.sampled_from(["cancel", "end"]),
    st.integers(0, 100),
    st.integers(0, 100).filter(lambda minutes: minutes % 7),
)
def test_two_last_words_that_cross_leave_both_sides_with_the_same(state: str, ours: str, one: int, other: int) -> None:
    if ours == "end" and state == "agreed":
        return
    led, declined = AT + dt.timedelta(minutes=7 * one), AT + dt.timedelta(minutes=other)
    leader = moved(next_state(state, ours), led, "decline", declined)
    invited = moved(next_state(state, "decline"), declined, ours, led)
    assert leader == invited


@given(
    st.sampled_from(["entry", "state", "hand_over", "result"]),
    st.text(min_size=1, max_size=40).filter(lambda text: text.strip() and "\0" not in text),
)
def test_an_act_survives_as_json(act: str, text: str) -> None:
    contents: dict[str, dict[str, Any]] = {
        "entry": {"text": text},
        "state": {"move": "agree", "units": [text]},
        "hand_over": {"number": 1, "what": "given", "at": AT.isoformat()},
        "result": {"reference": text, "event_kind": "seizure", "event_date": "2026-03-07", "goods": ""},
    }
    said = Act(act, str(uuid.uuid4()), AT, contents[act])
    assert read_act({"v": 1, **json.loads(json.dumps(act_to_wire(said)))}, sent_at=AT) == said


@given(
    st.dictionaries(st.sampled_from(["v", "act", "plan", "state", "entry", "hand_over", "result"]), JSON | st.just(1))
)
def test_what_is_no_act_is_refused_with_a_code(body: dict[str, Any]) -> None:
    codes = set()
    try:
        read_act({"v": 1, **body}, sent_at=AT)
    except ElchiError as error:
        codes.add(error.code)
    assert codes <= {"act_invalid"}
