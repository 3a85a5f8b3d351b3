from __future__ import annotations

import pytest

from elchi.errors import InvalidInput
from elchi.screening.finding import ANY, Band, Reason, Thresholds, ThresholdTable, Weighs


def test_bands_have_an_order() -> None:
    assert sorted(Band, key=lambda band: band.rank) == [Band.CLEAR, Band.REVIEW, Band.STOP]


@pytest.mark.parametrize(
    ("score", "band"),
    [(0.0, "CLEAR"), (0.5999, "CLEAR"), (0.6, "REVIEW"), (0.8499, "REVIEW"), (0.85, "STOP"), (1.0, "STOP")],
)
def test_a_threshold_belongs_to_the_band_above_it(score: float, band: str) -> None:
    assert Thresholds().band(score) == Band(band)


def test_equal_thresholds_leave_no_review() -> None:
    assert [Thresholds(0.7, 0.7).band(score) for score in (0.69, 0.7)] == [Band.CLEAR, Band.STOP]


@pytest.mark.parametrize(("review", "stop"), [(0, 0.9), (0.9, 0.6), (0.6, 1.01), (-1, 0.5), (float("nan"), 0.9)])
def test_thresholds_out_of_order_are_refused(review: float, stop: float) -> None:
    with pytest.raises(InvalidInput) as caught:
        Thresholds(review, stop)
    assert (caught.value.code, caught.value.params) == (
        "thresholds_invalid",
        {"field": "thresholds", "rule": "review_up_to_stop"},
    )


def test_the_most_specific_row_of_a_table_wins() -> None:
    rows = {
        ("un", "visa"): Thresholds(0.1),
        ("un", ANY): Thresholds(0.2),
        (ANY, "visa"): Thresholds(0.3),
        (ANY, ANY): Thresholds(0.4),
    }
    table = ThresholdTable(rows)
    asked = [("un", "visa"), ("un", "border_check"), ("ofac", "visa"), ("ofac", "border_check")]
    assert [table.at(*pair).review for pair in asked] == [0.1, 0.2, 0.3, 0.4]


def test_an_empty_table_gives_the_defaults() -> None:
    assert ThresholdTable().at("un", "border_check") == Thresholds(0.6, 0.85)


def test_a_reason_is_written_with_its_weight_and_parameters() -> None:
    reason = Reason("sex_differs", {"asked": "F", "listed": "male"}, Weighs.AGAINST)
    assert reason.as_dict() == {"code": "sex_differs", "weighs": "against", "asked": "F", "listed": "male"}
