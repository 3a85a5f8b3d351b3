import pytest

from elchi.documents import STATES, State, find_state


def test_the_table_has_iso_3166_and_what_icao_adds() -> None:
    kinds: dict[str, int] = {}
    for state in STATES.values():
        kinds[state.kind] = kinds.get(state.kind, 0) + 1
    assert kinds == {
        "iso": 249,
        "icao": 7,
        "organisation": 14,
        "person": 4,
        "specimen": 2,
        "withdrawn": 5,
        "practice": 1,
    }


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("KGZ", State("KGZ", "KG", "iso", "Kyrgyzstan")),
        ("kg", State("KGZ", "KG", "iso", "Kyrgyzstan")),
        ("D<<", State("D", "DE", "icao", "Germany")),
        ("XXA", State("XXA", "", "person", "Stateless person (1954 Convention, article 1)")),
        ("XPO", State("XPO", "", "organisation", "International Criminal Police Organization (INTERPOL)")),
        ("QQQ", None),
        ("", None),
    ],
)
def test_states_are_found_by_any_of_their_codes(code: str, expected: State | None) -> None:
    assert find_state(code) == expected


def test_a_code_of_icao_tells_its_country() -> None:
    assert [STATES[code].iso for code in ("D", "GBN", "UZB", "XXB", "UNO")] == ["DEU", "GBR", "UZB", "", ""]
