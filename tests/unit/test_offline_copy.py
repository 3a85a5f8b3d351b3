"""The offline copy: what it answers, what comes into it, and what is refused."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import numpy as np
import pytest
from tests.offline_copies import NOW, Bureau, table
from tests.sealing import public_of

from elchi.errors import Conflict, ElchiError, InvalidInput, NotFound, SealBroken
from elchi.modules.interpol.offline.build import COLUMNS, read_changes, read_whole
from elchi.modules.interpol.offline.copy_file import (
    CHANGES,
    WHOLE,
    CopyHead,
    Words,
    open_copy_file,
    read_copy_head,
    write_copy_file,
)
from elchi.modules.interpol.offline.document_key import Reported, key_of_document
from elchi.modules.interpol.offline.offline_copy import CopyAnswer, OfflineCopy
from elchi.seal.canonical import write_time
from elchi.seal.document import sign_document
from elchi.seal.keys import SigningKey

ROWS = ("KGZ P AC1234567 stolen", "D P C01X00T47 lost", "UZB I AA7654321 revoked", "UTO V L8988901C stolen_blank")
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def bureau(tmp_path: Path) -> Bureau:
    return Bureau(tmp_path)


def reported(copy: OfflineCopy, issuer: str, kind: str, number: str) -> Reported | None:
    return copy.look_up(key_of_document(issuer, kind, number)).reported


def refusal(path: Path, bureau: Bureau) -> tuple[type[ElchiError], str, object]:
    with pytest.raises(ElchiError) as caught:
        open_copy_file(path, key_of=bureau.keys.get)
    return type(caught.value), caught.value.code, caught.value.params.get("rule")


def test_what_is_listed_is_reported_and_nothing_else(bureau: Bureau) -> None:
    bureau.apply(bureau.whole(*ROWS))
    copy = bureau.open()
    asked = [row.split(" ")[:3] for row in ROWS] + [
        ["KGZ", "P", "AC1234568"], ["KAZ", "P", "AC1234567"], ["KGZ", "I", "AC1234567"],
    ]  # fmt: skip
    assert [reported(copy, *one) for one in asked] == ["stolen", "lost", "revoked", "stolen_blank", None, None, None]
    assert (copy.counts, copy.head.types, copy.head.issuer) == ((4, 0), "IPV", "KG-NCB")


@pytest.mark.parametrize(
    ("issuer", "kind", "number"),
    [("kg", "p", "ac 123-4567"), ("KGZ", "P<", "АС1234567"), ("KGZ", "PD", "AC1234567<<"), ("KGZ", "", "AC1234567")],
)
def test_a_document_is_found_in_any_form_of_it(bureau: Bureau, issuer: str, kind: str, number: str) -> None:
    bureau.apply(bureau.whole(*ROWS))
    assert reported(bureau.open(), issuer, kind, number) == "stolen"


def test_codes_of_one_state_are_one_issuer(bureau: Bureau) -> None:
    bureau.apply(bureau.whole("D P C01X00T47 lost", "GBN P 123456789 stolen"))
    copy = bureau.open()
    assert [reported(copy, code, "P", "C01X00T47") for code in ("DEU", "D<<", "DE")] == ["lost"] * 3
    assert reported(copy, "GBR", "P", "123456789") == "stolen"


def test_without_a_type_the_most_serious_report_of_any_counts(bureau: Bureau) -> None:
    bureau.apply(bureau.whole("KGZ P AC1 lost", "KGZ I AC1 stolen", "KGZ V AC1 invalid"))
    assert reported(bureau.open(), "KGZ", "", "AC1") == "stolen"


def test_of_two_reports_of_one_document_the_most_serious_counts(bureau: Bureau) -> None:
    built = read_whole(table("KGZ P AC1 lost", "KGZ P AC-1 stolen", "KGZ P AC1 invalid", "KGZ P AC2 lost"))
    assert (built.lines, built.repeated) == (4, 2)
    bureau.apply(bureau.whole("KGZ P AC1 lost", "KGZ P AC-1 stolen", "KGZ P AC1 invalid"))
    assert reported(bureau.open(), "KGZ", "P", "AC1") == "stolen"


def test_an_empty_copy_reports_nothing(bureau: Bureau) -> None:
    bureau.apply(bureau.whole())
    assert reported(bureau.open(), "KGZ", "P", "AC1") is None


@pytest.mark.parametrize(
    ("issuer", "kind", "field", "rule"),
    [("ZZZ", "P", "issuer", "state"), ("", "P", "issuer", "state"), ("K" * 900, "P", "issuer", "state"),
     ("KGZ", "7", "document_type", "document_type"), ("KGZ", "B", "document_type", "document_type")],
)  # fmt: skip
def test_an_issuer_or_type_that_does_not_exist_is_no_question(issuer: str, kind: str, field: str, rule: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        key_of_document(issuer, kind, "AC1")
    assert (caught.value.code, caught.value.params) == ("document_key_invalid", {"field": field, "rule": rule})


@pytest.mark.parametrize(("hours", "stale"), [(0, False), (48, False), (48.01, True), (-0.05, False), (-1, True)])
def test_an_answer_says_how_old_it_is(hours: float, stale: bool) -> None:  # noqa: FBT001  drawn
    answer = CopyAnswer(None, 1, NOW)
    assert (answer.age(NOW + hours * HOUR), answer.is_stale(NOW + hours * HOUR)) == (hours * HOUR, stale)


def test_changes_add_change_and_withdraw(bureau: Bureau) -> None:
    first = bureau.apply(bureau.whole(*ROWS))
    copy = bureau.open()
    second = bureau.changes(
        "KGZ P AC1234567 withdrawn", "D P C01X00T47 stolen", "TJK P 400000001 lost", after=first, at=NOW + HOUR
    )
    assert copy.refresh() is False
    bureau.apply(second, NOW + HOUR)
    assert reported(copy, "KGZ", "P", "AC1234567") == "stolen"  # what was open goes on with what it had
    assert copy.refresh() is True
    asked = [("KGZ", "P", "AC1234567"), ("D", "P", "C01X00T47"), ("TJK", "P", "400000001"), ("UZB", "I", "AA7654321")]
    assert [reported(copy, *one) for one in asked] == [None, "stolen", "lost", "revoked"]
    assert copy.look_up(key_of_document("KGZ", "P", "AC1234567")) == CopyAnswer(None, 2, NOW + HOUR)
    third = bureau.apply(bureau.changes("KGZ P AC1234567 lost", after=second, at=NOW + 2 * HOUR), NOW + 2 * HOUR)
    assert (copy.refresh(), copy.refresh()) == (True, False)
    assert reported(copy, "KGZ", "P", "AC1234567") == "lost"
    assert [reported(bureau.open(), *one) for one in asked] == ["lost", "stolen", "lost", "revoked"]
    assert (copy.head, copy.counts) == (third, (4, 3))


def test_a_type_that_changes_bring_is_asked_too(bureau: Bureau) -> None:
    first = bureau.apply(bureau.whole("KGZ P AC1 lost"))
    bureau.apply(bureau.changes("KGZ V AC2 stolen", after=first))
    assert reported(bureau.open(), "KGZ", "", "AC2") == "stolen"


def test_changes_without_a_change_make_the_copy_younger(bureau: Bureau) -> None:
    first = bureau.apply(bureau.whole(*ROWS))
    bureau.apply(bureau.changes(after=first, at=NOW + 24 * HOUR), NOW + 24 * HOUR)
    answer = bureau.open().look_up(key_of_document("KGZ", "P", "AC1234567"))
    assert answer == CopyAnswer(Reported.STOLEN, 2, NOW + 24 * HOUR)


def test_a_whole_copy_takes_the_place_of_all_before_it(bureau: Bureau) -> None:
    first = bureau.apply(bureau.whole(*ROWS))
    second = bureau.apply(bureau.changes("TJK P 400000001 lost", after=first))
    copy = bureau.open()
    bureau.apply(bureau.whole("KAZ P N00000001 lost", version=3))
    assert list(bureau.kept()) == ["0000000003.copy"]
    assert reported(copy, "TJK", "P", "400000001") == "lost"  # its files are gone, and it still answers
    assert copy.refresh() is True
    assert [reported(copy, "TJK", "P", "400000001"), reported(copy, "KAZ", "P", "N00000001")] == [None, "lost"]
    assert second.version == 2


def test_files_that_are_not_next_are_refused_and_change_nothing(bureau: Bureau) -> None:
    first = bureau.whole(*ROWS)
    second = bureau.changes("TJK P 1 lost", after=first)
    third = bureau.changes("TJK P 2 lost", after=second)
    with pytest.raises(NotFound) as missing:
        bureau.apply(second)
    assert missing.value.code == "copy_missing"
    bureau.apply(first)
    before = bureau.kept()
    other = Bureau(bureau.home / "other")
    other.home.mkdir()
    forked = other.changes("TJK P 9 lost", after=other.whole("TJK P 3 lost"), signer=bureau.signer)
    for path, code in (
        (bureau.path(first), "copy_not_newer"),
        (bureau.path(third), "copy_not_following"),
        (other.path(forked), "copy_not_following"),
    ):
        with pytest.raises(Conflict) as caught:
            bureau.take(path)
        assert (caught.value.code, bureau.kept()) == (code, before)
    bureau.apply(second)
    bureau.apply(third)
    assert [reported(bureau.open(), "TJK", "P", number) for number in "123"] == ["lost", "lost", None]


def test_a_file_of_changes_that_is_gone_is_missed(bureau: Bureau) -> None:
    first = bureau.apply(bureau.whole(*ROWS))
    second = bureau.apply(bureau.changes("TJK P 1 lost", after=first))
    bureau.apply(bureau.changes("TJK P 2 lost", after=second))
    copy = bureau.open()
    (bureau.folder / "0000000002.changes").unlink()
    with pytest.raises(Conflict) as caught:
        bureau.open()
    assert (caught.value.code, caught.value.params) == ("copy_not_following", {"version": 3, "ours": 1})
    with pytest.raises(Conflict):
        copy.refresh()
    assert reported(copy, "TJK", "P", "1") == "lost"  # what was open still answers, with its age


def test_a_copy_of_a_time_to_come_is_refused(bureau: Bureau) -> None:
    with pytest.raises(Conflict) as caught:
        bureau.apply(bureau.whole(*ROWS, at=NOW + HOUR))
    assert caught.value.code == "copy_from_future"
    bureau.apply(bureau.whole(*ROWS, at=NOW + HOUR / 20))


def test_a_file_counts_only_by_a_key_that_counts_now(bureau: Bureau) -> None:
    thief = SigningKey.generate()
    head = bureau.whole(*ROWS, signer=thief)
    with pytest.raises(SealBroken) as unknown:
        bureau.apply(head)
    bureau.keys[thief.kid] = public_of(thief, revoked_at=NOW - HOUR)
    with pytest.raises(SealBroken) as revoked:
        bureau.apply(head)
    bureau.keys[thief.kid] = public_of(thief, valid_until=NOW)
    with pytest.raises(SealBroken) as expired:
        bureau.apply(head)
    assert [one.value.code for one in (unknown, revoked, expired)] == ["key_unknown", "key_revoked", "key_expired"]
    assert bureau.kept() == {}


def test_what_is_damaged_cut_off_or_unsigned_is_refused_each_with_its_code(bureau: Bureau, tmp_path: Path) -> None:
    right = bureau.path(bureau.whole(*ROWS)).read_bytes()
    path = tmp_path / "came"

    def refused(content: bytes) -> tuple[type[ElchiError], str, object]:
        path.write_bytes(content)
        return refusal(path, bureau)

    body = len(right) - 4 * 8
    length = int.from_bytes(right[8:12], "little")
    damaged = (SealBroken, "copy_damaged")
    assert refused(b"") == (*damaged, "copy_length")
    assert refused(b"X" + right[1:]) == (*damaged, "copy_magic")
    assert refused(right[:8] + bytes(4) + right[12:]) == (SealBroken, "copy_unsigned", None)
    assert refused(right[:8] + b"\xff" * 4 + right[12:]) == (*damaged, "copy_length")
    assert refused(right[:-1]) == (*damaged, "copy_length")
    assert refused(right + b"\0") == (*damaged, "copy_length")
    assert refused(right[:body] + bytes([right[body] ^ 1]) + right[body + 1 :]) == (*damaged, "copy_sum")
    assert refused(right[: 12 + length] + b"\1" + right[13 + length :]) == (*damaged, "copy_head")
    assert refused(right[:20] + bytes([right[20] ^ 1]) + right[21:])[:2] == (SealBroken, "document_damaged")


def signed(path: Path, bureau: Bureau, **changed: object) -> None:
    """Put a head into a file that says something else, and is signed all the same."""
    right = path.read_bytes()
    length = int.from_bytes(right[8:12], "little")
    start = -(-(12 + length) // 64) * 64
    content = {
        "kind": WHOLE, "version": 1, "issued_at": write_time(NOW), "issuer": "KG-NCB", "types": "IPV", "follows": "",
        "count": 4, "bits": 1, "rules": "1", "sha256": "0" * 64,
    }  # fmt: skip
    top = sign_document({**content, **changed}, typ="elchi-offline-copy-1", signers=[bureau.signer])
    head = b"ELCHIOC1" + len(top).to_bytes(4, "little") + top
    path.write_bytes(head.ljust(-(-len(head) // 64) * 64, b"\0") + right[start:])


@pytest.mark.parametrize(
    ("changed", "rule"),
    [({"rules": "2"}, "copy_rules"), ({"bits": 25}, "copy_head"), ({"bits": True}, "copy_head"),
     ({"count": 1 << 40}, "copy_head"), ({"count": 5}, "copy_length"), ({"bits": 9}, "copy_length"),
     ({"kind": CHANGES}, "copy_head"), ({"kind": "else"}, "copy_head"), ({"follows": "0" * 64}, "copy_head"),
     ({"version": 0}, "copy_head"), ({"issued_at": "today"}, "copy_head"), ({"types": "PX"}, "copy_head"),
     ({"issuer": 7}, "copy_head"), ({"more": 1}, "copy_head"), ({}, "copy_sum")],
)  # fmt: skip
def test_a_signed_head_that_cannot_be_is_refused(bureau: Bureau, changed: dict[str, object], rule: str) -> None:
    path = bureau.path(bureau.whole(*ROWS))
    signed(path, bureau, **changed)
    assert refusal(path, bureau) == (SealBroken, "copy_damaged", rule)


@pytest.mark.parametrize(
    "words",
    [[0x21, 0x11], [0x11, 0x11], [0x11, 0x12], [0x10], [0x16]],
    ids=["order", "twice", "two reports", "withdrawn in a whole copy", "no such report"],
)
def test_signed_words_that_cannot_be_are_refused(bureau: Bureau, tmp_path: Path, words: list[int]) -> None:
    made: Words = np.array(words, np.uint64)
    head = CopyHead(kind=WHOLE, version=1, issued_at=NOW, issuer="KG-NCB", types="P")
    write_copy_file(tmp_path / "1", head, made, signers=[bureau.signer])
    assert refusal(tmp_path / "1", bureau) == (SealBroken, "copy_damaged", "copy_words")


def test_a_head_is_read_without_the_rest(bureau: Bureau) -> None:
    head = bureau.whole(*ROWS)
    path = bureau.path(head)
    assert read_copy_head(path, key_of=bureau.keys.get) == head
    path.write_bytes(path.read_bytes()[:-8])
    assert read_copy_head(path, key_of=bureau.keys.get) == head


def test_a_damaged_copy_does_not_answer_and_a_whole_one_mends_it(bureau: Bureau) -> None:
    bureau.apply(bureau.whole(*ROWS))
    kept = bureau.folder / "0000000001.copy"
    kept.write_bytes(kept.read_bytes()[:-1] + b"\0")
    with pytest.raises(SealBroken):
        bureau.open()
    bureau.apply(bureau.whole(*ROWS, version=2))
    assert reported(bureau.open(), "KGZ", "P", "AC1234567") == "stolen"


def test_a_copy_cut_off_while_it_came_leaves_nothing(bureau: Bureau) -> None:
    bureau.apply(bureau.whole(*ROWS))
    before = bureau.kept()
    path = bureau.path(bureau.whole(*ROWS, version=2))
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(SealBroken):
        bureau.take(path)
    assert (bureau.kept(), sorted(one.name for one in (bureau.folder / "work").iterdir())) == (before, ["lock"])


@pytest.mark.parametrize(
    ("text", "line", "field", "rule"),
    [
        (b"", 1, "file", "copy_header"),
        (b"issuer,type,number,reported\n", 1, "file", "copy_header"),
        (b"KGZ\tP\tAC1", 2, "file", "four_columns"),
        (b"KGZ\tP\tAC1\tstolen\tmore", 2, "file", "four_columns"),
        (b"KGZ\tP\tAC1\tstolen\n\n", 3, "file", "four_columns"),
        (b"KGZ\tP\tAC1\tstolen\nZZZ\tP\tAC1\tstolen\n", 3, "issuer", "state"),
        (b"KGZ\t7\tAC1\tstolen\n", 2, "document_type", "document_type"),
        (b"KGZ\t\tAC1\tstolen\n", 2, "document_type", "empty"),
        (b"KGZ\tP\t-- \tstolen\n", 2, "document_number", "empty"),
        (b"KGZ\tP\t" + b"A" * 65 + b"\tstolen\n", 2, "document_number", "too_long"),
        (b"KGZ\tP\tAC1\tgone\n", 2, "reported", "one_of"),
        (b"KGZ\tP\tAC1\twithdrawn\n", 2, "reported", "one_of"),
        (b"KGZ\tP\t\xff\tstolen\n", 2, "file", "encoding"),
        (b"KGZ\tP\tAC1\tstolen\n" + b"A" * 2_000_000, 3, "file", "too_long"),
        (b"A" * 1_025 + b"\n", 2, "file", "too_long"),
    ],
)
def test_a_line_that_cannot_be_read_gives_no_copy(text: bytes, line: int, field: str, rule: str) -> None:
    begin = b"" if rule == "copy_header" else f"{COLUMNS}\n".encode()
    with pytest.raises(InvalidInput) as caught:
        read_whole(io.BytesIO(begin + text))
    assert (caught.value.code, caught.value.params) == (
        "copy_source_invalid", {"line": line, "field": field, "rule": rule},
    )  # fmt: skip


def test_a_document_stands_once_among_changes() -> None:
    with pytest.raises(InvalidInput) as caught:
        read_changes(table("KGZ P AC1 stolen", "KGZ P AC2 stolen", "KGZ P AC-1 withdrawn"))
    assert caught.value.params == {"line": 4, "field": "number", "rule": "document_twice"}


def test_lines_of_windows_and_a_last_line_without_end_are_read() -> None:
    text = "\ufeff" + COLUMNS + "\r\nKGZ\tP\tAC1\tstolen\r\nKGZ\tP\tAC2\tlost"
    plain = read_whole(table("KGZ P AC1 stolen", "KGZ P AC2 lost"))
    assert read_whole(io.BytesIO(text.encode())).words.tolist() == plain.words.tolist()


def test_lines_across_blocks_are_read_whole() -> None:
    rows = [f"KGZ P AC{at:07} stolen" for at in range(100_000)]
    told: list[int] = []
    file = table(*rows)
    built = read_whole(file, at=told.append)
    assert (built.lines, built.repeated, told[-1]) == (100_000, 0, len(file.getvalue()))
