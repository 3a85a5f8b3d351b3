"""Files of cases: told by content, kept by hash, never larger than allowed, and nothing left behind."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import os
import wave
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone
from PIL import Image
from tests.factories import acting

from elchi.errors import Conflict, InvalidInput, NotAllowed, NotFound
from elchi.node import files
from elchi.node.audit.actor import NODE
from elchi.node.audit.models import AuditLine
from elchi.node.cases import limits, media, services
from elchi.node.cases.models import Case, CaseFile
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Role


@pytest.fixture
def by() -> Acting:
    return acting(Role.SECOND_LINE)


@pytest.fixture
def case(by: Acting) -> Case:
    return services.open_case(by=by, title="A", threats=["drugs"], purpose="border_check", subjects=[])


def add(by: Acting, case: Case, content: bytes, name: str = "a.bin") -> CaseFile:
    return services.add_file(by=by, case_id=case.pk, name=name, chunks=[content])


def lying(home: Path) -> list[Path]:
    return [path for path in (home / "files" / "cases").rglob("*") if path.is_file()]


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 20), mode: str = "RGB") -> bytes:
    made = io.BytesIO()
    image = Image.new(mode, size, "red")
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "Secret place"  # turned by 90 degrees; a description
    image.save(made, kind, exif=exif)
    return made.getvalue()


def archive(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for name in names:
            file.writestr(name, "x")
    return made.getvalue()


FRAME = bytes((0xFF, 0xFB, 0x90, 0x00)) + bytes(413)  # MPEG-1 layer III, 128 kbit/s, 44,100 Hz: 417 bytes
XLSX, DOCX = ("[Content_Types].xml", "xl/workbook.xml"), ("[Content_Types].xml", "word/document.xml")
TAKEN = {
    "image/jpeg": picture("JPEG"),
    "image/png": picture("PNG"),
    "image/webp": picture("WEBP"),
    "application/pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    "text/plain": "Показания\r\nвторая строка".encode(),
    "text/csv": b"name;born\nA;1980\n",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": archive(*XLSX),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": archive(*DOCX),
    "video/mp4": b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00",
    "audio/mpeg": FRAME * 2,
    "audio/ogg": b"OggS\x00\x02" + bytes(40),
}


@pytest.mark.parametrize("media_type", sorted(media.EXTENSIONS))
def test_a_file_is_told_by_its_content_and_not_by_its_name(by: Acting, case: Case, media_type: str) -> None:
    row = add(by, case, TAKEN[media_type], "notes.exe")
    assert (row.media_type, row.name) == (media_type, f"notes.exe.{media.EXTENSIONS[media_type]}")
    given = services.read_file(by=by, file_id=row.pk)
    assert b"".join(given.blocks()) == TAKEN[media_type]


def _wav() -> bytes:
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(100))
    return made.getvalue()


REFUSED = {
    "program": b"MZ\x90\x00\x03\x00\x00\x00",
    "elf": b"\x7fELF\x02\x01\x01",
    "zip": archive("a.txt"),
    "macros": archive(*XLSX, "xl/vbaProject.bin"),
    "broken_zip": b"PK\x03\x04 and no more",
    "gif": b"GIF89a\x01\x00\x01\x00",
    "wave": _wav(),
    "quicktime": b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00",
    "one_frame": FRAME,
    "wide_without_end": b"\xff\xfea",
    "old_office": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(20),
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_any_other_file_is_refused_and_leaves_nothing(by: Acting, case: Case, node_home: Path, name: str) -> None:
    with pytest.raises(InvalidInput, match="case_file_type") as refused:
        add(by, case, REFUSED[name], "picture.jpg")
    assert refused.value.params["allowed"] == [ending.upper() for ending in media.EXTENSIONS.values()]
    assert (lying(node_home), CaseFile.objects.count()) == ([], 0)


def test_text_is_taken_in_the_encodings_of_the_region(by: Acting, case: Case) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1251", "koi8-r"):
        assert add(by, case, "Показания водителя".encode(encoding)).media_type == "text/plain"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("scan.PDF", "scan.PDF"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\cases\\a.pdf", "a.pdf"),
        ("a\u202efdp.exe", "afdp.exe.pdf"),
        ("..", "file.pdf"),
        ("pdf", "pdf.pdf"),
        ('a"\r\nSet-Cookie: x=1', "aSet-Cookie x=1.pdf"),
        ("протокол осмотра.pdf", "протокол осмотра.pdf"),
        ("x" * 300 + ".pdf", "x" * 150 + ".pdf"),
    ],
)
def test_a_name_has_no_folder_nothing_hidden_and_the_ending_of_its_type(name: str, told: str) -> None:
    assert media.name_of(name, "application/pdf") == told


def test_a_file_lies_under_its_hash_for_the_node_only(by: Acting, case: Case, node_home: Path) -> None:
    row = add(by, case, b"text")
    (path,) = lying(node_home)
    assert row.digest == hashlib.sha256(b"text").hexdigest()
    assert path == node_home / "files" / "cases" / row.digest[:2] / f"{row.digest}-{row.pk}"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [(event.kind, event.params["digest"]) for event in case.events.all()[:1]] == [("file_added", row.digest)]
    line = AuditLine.objects.get(verb="cases.add_file")
    assert (line.on, line.detail) == (f"case:{case.pk}", {"file": row.pk, "digest": row.digest})


def test_a_file_too_large_is_refused_while_it_comes(by: Acting, case: Case, node_home: Path) -> None:
    asked: list[int] = []

    def chunks() -> Iterator[bytes]:
        for number in range(100):
            asked.append(number)
            yield b"x" * (1 << 20)

    with pytest.raises(InvalidInput, match="too_large"):
        services.add_file(by=by, case_id=case.pk, name="a.txt", chunks=chunks())
    assert (len(asked), lying(node_home)) == (26, [])
    with pytest.raises(InvalidInput, match="empty"):
        add(by, case, b"")
    assert lying(node_home) == []


def test_an_upload_that_breaks_off_leaves_nothing(by: Acting, case: Case, node_home: Path) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"text"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        services.add_file(by=by, case_id=case.pk, name="a.txt", chunks=chunks())
    assert (lying(node_home), CaseFile.objects.count()) == ([], 0)


def test_a_case_takes_no_more_than_it_may_hold(by: Acting, case: Case, node_home: Path) -> None:
    CaseFile.objects.create(case=case, name="a", media_type="text/plain", size=limits.FILES_SIZE - 4, digest="0" * 64)
    with pytest.raises(Conflict, match="case_full"):
        add(by, case, b"5 byt")
    assert lying(node_home) == []
    assert add(by, case, b"four").size == 4
    with pytest.raises(Conflict, match="case_file_known"):
        add(by, case, b"four", "again.txt")
    assert len(lying(node_home)) == 1


def test_who_may_not_work_on_a_case_sends_no_byte(by: Acting, case: Case) -> None:
    chunks = map(int.to_bytes, [1 << 20])  # OverflowError as soon as it is read

    with pytest.raises(NotFound, match="case_unknown"):
        services.add_file(by=acting(Role.SECOND_LINE), case_id=case.pk, name="a.txt", chunks=chunks)
    with pytest.raises(NotAllowed, match="right_missing"):
        services.add_file(by=acting(Role.AUDITOR), case_id=case.pk, name="a.txt", chunks=chunks)
    Case.objects.update(classification="open")
    with pytest.raises(NotAllowed, match="case_read_only"):
        services.add_file(by=acting(Role.ANALYST), case_id=case.pk, name="a.txt", chunks=chunks)


def test_a_picture_is_shown_only_as_we_encoded_it(by: Acting, case: Case) -> None:
    row = add(by, case, picture("JPEG", (3200, 800)), "a.jpg")
    shown = b"".join(services.show_picture(by=by, file_id=row.pk).blocks())
    assert hashlib.sha256(shown).hexdigest() == row.preview != row.digest
    assert b"Secret place" in TAKEN["image/jpeg"]
    assert b"Secret place" not in shown
    with Image.open(io.BytesIO(shown)) as image:
        assert (image.format, image.size, dict(image.getexif())) == ("JPEG", (400, 1600), {})
    text = add(by, case, b"text")
    with pytest.raises(NotFound, match="case_file_unknown"):
        services.show_picture(by=by, file_id=text.pk)


def test_a_clear_picture_is_shown_on_white(by: Acting, case: Case) -> None:
    made = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(made, "PNG")
    row = add(by, case, made.getvalue())
    with Image.open(io.BytesIO(b"".join(services.show_picture(by=by, file_id=row.pk).blocks()))) as image:
        assert image.getpixel((5, 5)) == (255, 255, 255)


def test_a_picture_that_swells_or_breaks_is_refused(by: Acting, case: Case, node_home: Path) -> None:
    made = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(made, "PNG")
    assert len(made.getvalue()) < 100_000
    for content in (made.getvalue(), TAKEN["image/png"][:60], b"\xff\xd8\xff" + bytes(50)):
        with pytest.raises(InvalidInput, match="case_file"):
            add(by, case, content)
    assert (lying(node_home), CaseFile.objects.count()) == ([], 0)


def test_a_file_that_the_disk_changed_is_not_given_out(by: Acting, case: Case, node_home: Path) -> None:
    row = add(by, case, b"text")
    (path,) = lying(node_home)
    path.write_bytes(b"tekst")
    with pytest.raises(Conflict, match="case_file_damaged"):
        services.read_file(by=by, file_id=row.pk)
    path.unlink()
    with pytest.raises(Conflict, match="case_file_damaged"):
        services.read_file(by=by, file_id=row.pk)


def test_each_copy_given_out_is_a_line_and_a_look_at_a_picture_one_in_ten_minutes(by: Acting, case: Case) -> None:
    row = add(by, case, picture())
    for _ in range(2):
        services.read_file(by=by, file_id=row.pk).file.close()
        services.show_picture(by=by, file_id=row.pk).file.close()
    lines = AuditLine.objects.filter(verb="cases.read_file").order_by("sequence")
    assert [line.detail for line in lines] == [{"file": row.pk}, {"file": row.pk}]
    other = acting(Role.AUDITOR)
    services.show_picture(by=other, file_id=row.pk).file.close()
    assert AuditLine.objects.get(actor=other.name).detail == {"file": row.pk, "shown": True}


@pytest.mark.django_db(transaction=True)
def test_a_file_removed_is_gone_and_its_line_stays(node_home: Path) -> None:
    by = acting(Role.SECOND_LINE)
    case = services.open_case(by=by, title="A", threats=["drugs"], purpose="border_check", subjects=[])
    row = add(by, case, picture())
    assert len(lying(node_home)) == 2
    with pytest.raises(InvalidInput, match="reason"):
        services.remove_file(by=by, file_id=row.pk, reason=" ")
    services.remove_file(by=by, file_id=row.pk, reason="Another traveller")
    assert lying(node_home) == []
    assert CaseFile.objects.get().removed_at is not None
    with pytest.raises(NotFound, match="case_file_unknown"):
        services.read_file(by=by, file_id=row.pk)
    assert add(by, case, picture()).pk != row.pk


@pytest.mark.django_db(transaction=True)
def test_a_case_removed_takes_its_files_along_and_nothing_of_others(node_home: Path) -> None:
    by = acting(Role.SECOND_LINE)
    first, second = (
        services.open_case(by=by, title="A", threats=["drugs"], purpose="border_check", subjects=[]) for _ in range(2)
    )
    rows = [add(by, case, b"the same text") for case in (first, second)]
    services.move_case(by=by, case_id=first.pk, to="closed", reason="resolved")
    assert services.remove_expired(by=NODE, before=timezone.now() + dt.timedelta(seconds=1)) == 1
    assert lying(node_home) == [files.path_of(rows[1].digest, rows[1].pk, room="cases")]
    assert b"".join(services.read_file(by=by, file_id=rows[1].pk).blocks()) == b"the same text"


@pytest.mark.django_db(transaction=True)
def test_a_picture_of_which_one_half_cannot_be_kept_leaves_nothing(node_home: Path) -> None:
    by = acting(Role.SECOND_LINE)
    case = services.open_case(by=by, title="A", threats=["drugs"], purpose="border_check", subjects=[])
    row = add(by, case, picture())
    services.remove_file(by=by, file_id=row.pk, reason="Again")
    folder = node_home / "files" / "cases" / row.preview[:2]
    folder.rmdir()
    folder.write_bytes(b"in the way")
    with pytest.raises(OSError, match=str(folder)):
        add(by, case, picture())
    assert lying(node_home) == [folder]
    assert CaseFile.objects.get() == row


@pytest.mark.django_db(transaction=True)
def test_what_no_row_owns_is_swept_after_a_day(node_home: Path) -> None:
    by = acting(Role.SECOND_LINE)
    case = services.open_case(by=by, title="A", threats=["drugs"], purpose="border_check", subjects=[])
    row = add(by, case, b"text")
    folder = node_home / "files" / "cases"
    for name, age in (("incoming-old", 90_000), ("incoming-new", 60)):
        (folder / name).write_bytes(b"x")
        os.utime(folder / name, (timezone.now().timestamp() - age,) * 2)
    os.utime(files.path_of(row.digest, row.pk, room="cases"), (0, 0))
    services.remove_expired(by=NODE, before=timezone.now())
    assert sorted(path.name for path in lying(node_home)) == sorted(["incoming-new", f"{row.digest}-{row.pk}"])
