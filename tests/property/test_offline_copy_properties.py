"""The offline copy and a dictionary say the same, whatever comes; a changed byte is always found."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.offline_copies import Bureau

from elchi.errors import ElchiError
from elchi.modules.interpol.offline.copy_file import CopyHead, open_copy_file
from elchi.modules.interpol.offline.document_key import Reported, key_of_document
from elchi.modules.interpol.offline.offline_copy import OfflineCopy

documents = st.tuples(st.sampled_from(("KGZ", "KAZ", "UTO")), st.sampled_from("PIV"), st.integers(0, 40).map(str))
lists = st.dictionaries(documents, st.sampled_from(tuple(Reported)), max_size=60)
days = st.lists(
    st.tuples(
        st.dictionaries(documents, st.sampled_from((*Reported, "withdrawn")), max_size=20),
        st.sampled_from(("changes", "changes", "whole")),
    ),
    max_size=5,
)
EVERY = [(issuer, kind, str(number)) for issuer in ("KGZ", "KAZ", "UTO") for kind in "PIV" for number in range(41)]
Document = tuple[str, str, str]


def rows(listed: dict[Document, str]) -> list[str]:
    return [" ".join((*document, said)) for document, said in listed.items()]


def answers(copy: OfflineCopy) -> dict[Document, str]:
    said = {one: copy.look_up(key_of_document(*one)).reported for one in EVERY}
    return {one: str(reported) for one, reported in said.items() if reported}


@settings(max_examples=60, deadline=None)
@given(lists, days)
def test_copy_and_dictionary_say_the_same(
    first: dict[Document, Reported], later: list[tuple[dict[Document, str], str]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        bureau = Bureau(Path(folder))
        held: dict[Document, str] = {one: str(reported) for one, reported in first.items()}
        head: CopyHead = bureau.apply(bureau.whole(*rows(held)))
        copy = bureau.open()
        assert answers(copy) == held
        for changed, kind in later:
            held = {one: str(said) for one, said in (held | changed).items() if said != "withdrawn"}
            if kind == "whole":
                head = bureau.apply(bureau.whole(*rows(held), version=head.version + 1))
            else:
                head = bureau.apply(bureau.changes(*rows({k: str(v) for k, v in changed.items()}), after=head))
            assert copy.refresh() is True
            assert answers(copy) == held
        assert (answers(bureau.open()), bureau.open().head) == (held, head)


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> tuple[Bureau, Path, bytes]:
    bureau = Bureau(tmp_path_factory.mktemp("bureau"))
    path = bureau.path(bureau.whole(*(f"KGZ P AC{at} stolen" for at in range(100))))
    return bureau, path, path.read_bytes()


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_file_that_is_not_as_it_was_made_is_refused(right: tuple[Bureau, Path, bytes], data: st.DataObject) -> None:
    bureau, path, content = right
    changed = bytearray(content)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, max(len(changed) - 1, 0)))
        match data.draw(st.sampled_from(("change", "cut", "insert", "remove"))):
            case "change" if changed:
                changed[at] = data.draw(st.integers(0, 255))
            case "cut":
                del changed[at:]
            case "insert":
                changed[at:at] = data.draw(st.binary(max_size=70))
            case _:
                del changed[at : at + data.draw(st.integers(1, 70))]
    path.write_bytes(changed)
    if changed == content:
        assert open_copy_file(path, key_of=bureau.keys.get).head.count == 100
        return
    with pytest.raises(ElchiError):
        open_copy_file(path, key_of=bureau.keys.get)
