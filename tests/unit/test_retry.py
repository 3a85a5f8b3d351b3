"""When a partner is tried again, and how much it is given at a time."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from elchi.exchange.retry import FRESH, LEAST, LONG, MOST, NEAR, PATIENT, SHORT, START, WIDTH, Pace

AT = dt.datetime(2026, 11, 30, 9, tzinfo=dt.UTC)


def waits(times: int, *, share: float = 1.0) -> list[float]:
    """Give the waits after so many failures in a row, each at once when its turn comes."""
    retry, at, found = FRESH, AT, []
    for _ in range(times):
        retry = retry.failed(at, share=share)
        assert retry.next_at is not None
        found.append((retry.next_at - at).total_seconds())
        at = retry.next_at
    return found


def test_waits_double_to_five_seconds_for_ten_minutes_then_to_a_minute() -> None:
    found = waits(130)
    assert found[:7] == [0.2, 0.4, 0.8, 1.6, 3.2, SHORT, SHORT]
    patient = next(place for place, wait in enumerate(found) if wait > SHORT)
    assert PATIENT <= dt.timedelta(seconds=sum(found[:patient])) < PATIENT + dt.timedelta(seconds=SHORT)
    assert set(found[patient:]) == {LONG}


@given(st.floats(0, 1), st.integers(1, 60))
def test_a_wait_is_a_share_of_the_longest(share: float, times: int) -> None:
    assert 0 <= waits(times, share=share)[-1] <= LONG


def test_many_failures_do_not_overflow() -> None:
    retry = FRESH
    for _ in range(3_000):
        retry = retry.failed(AT, share=1.0)
    assert retry.next_at == AT + dt.timedelta(seconds=SHORT)


def test_what_was_heard_begins_waits_anew_once_a_second() -> None:
    retry = FRESH
    for _ in range(40):
        retry = retry.failed(AT, share=1.0)
    heard = retry.heard()
    assert not heard.ready(AT + dt.timedelta(seconds=0.9))
    assert heard.ready(AT + dt.timedelta(seconds=1))
    again = heard.failed(AT + dt.timedelta(seconds=1), share=1.0)
    assert again.next_at == AT + dt.timedelta(seconds=1.4)
    assert FRESH.heard() == FRESH


def test_a_fast_link_is_given_more_and_a_slow_one_less() -> None:
    fast = Pace()
    for _ in range(10):
        fast = fast.went(fast.bytes, 0.05)
    assert (fast.bytes, fast.width) == (MOST, NEAR)
    slow = Pace()
    for _ in range(10):
        slow = slow.went(slow.bytes, slow.bytes / 1_000)
    assert (slow.bytes, slow.width) == (LEAST, WIDTH)
    assert Pace().went(10, 0.01).bytes == START  # says nothing of the link
    assert Pace().went(START, 0.6) == Pace(2 * START, WIDTH)


def test_a_batch_that_did_not_arrive_makes_the_next_one_smaller() -> None:
    pace = Pace(MOST)
    for _ in range(10):
        pace = pace.failed()
    assert pace.bytes == LEAST
