"""What a file is, told by its content and never by its name; and pictures encoded again, which alone are shown."""

from __future__ import annotations

import codecs
import io
import re
import unicodedata
import warnings
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from elchi.errors import InvalidInput

if TYPE_CHECKING:
    from PIL import Image

EXTENSIONS: Final[Mapping[str, str]] = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "application/pdf": "pdf",
    "text/plain": "txt",
    "text/csv": "csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "video/mp4": "mp4",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
}
"""Media types that are taken, and the ending of the name under which each is given out."""
MAX_PIXELS: Final = 50_000_000
"""Of a picture: a camera makes fewer, a decompression bomb more."""
SHOWN_PIXELS: Final = 1600
"""Longest side of a picture as it is shown."""
_HEAD: Final = 4096
_BRANDS: Final = (b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"3gp")
_PARTS: Final = {
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
_BITRATES: Final = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
"""kbit/s of MPEG-1 layer III (ISO 11172-3, 2.4.2.3)."""
_RATES: Final = (44_100, 48_000, 32_000)


def media_type_of(path: Path) -> str:
    """Give the media type of a file, one of `EXTENSIONS`.

    Raises:
        InvalidInput: `case_file_type` for any other, and for an office document with macros.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    for told, fits in _SIGNS.items():
        if fits(head):
            return told
    media_type = _office_type(path) if head.startswith(b"PK\x03\x04") else _text_type(path, head)
    if media_type is None:
        allowed = [ending.upper() for ending in EXTENSIONS.values()]
        raise InvalidInput("case_file_type", field="file", rule="file_type", allowed=allowed)
    return media_type


def picture_of(path: Path) -> bytes:
    """Encode a picture again as JPEG: no larger than a screen, without EXIF or anything that is no pixel.

    Raises:
        InvalidInput: `case_file` if it cannot be decoded, or has too many pixels.
    """
    from PIL import Image, ImageOps  # noqa: PLC0415  few requests need it, and the start of a node should not wait

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=("JPEG", "PNG", "WEBP")) as image:
                _check_pixels(image)
                image.draft("RGB", (SHOWN_PIXELS, SHOWN_PIXELS))
                shown = _on_white(ImageOps.exif_transpose(image))
    except InvalidInput:
        raise
    except Exception:  # noqa: BLE001  whatever a decoder stumbles over: the file is not taken
        raise InvalidInput("case_file", field="file", rule="picture_broken") from None
    shown.thumbnail((SHOWN_PIXELS, SHOWN_PIXELS))
    made = io.BytesIO()
    Image.frombytes("RGB", shown.size, shown.tobytes()).save(made, "JPEG", quality=85)
    return made.getvalue()


def name_of(name: str, media_type: str) -> str:
    """Give the name of a file as it is kept and given out: no folders, nothing that hides, the ending of its type."""
    last = PurePosixPath(name.replace("\\", "/")).name
    plain = "".join(char for char in last if unicodedata.category(char)[0] != "C" and char not in '<>:"|?*/')
    ending = EXTENSIONS[media_type]
    stem = plain.strip(". ")[:150] or "file"
    taken = {ending, "jpeg"} if ending == "jpg" else {ending}
    return stem if stem.rpartition(".")[2].lower() in taken and "." in stem else f"{stem}.{ending}"


def _is_mp4(head: bytes) -> bool:
    return head[4:8] == b"ftyp" and head[8:12].startswith(_BRANDS)


def _is_mp3(head: bytes) -> bool:
    """Tell by a tag (ID3v2), or by two frames of layer III that follow each other."""
    if head.startswith(b"ID3") and len(head) > 10 and max(head[3:5]) < 0xFF and max(head[6:10]) < 0x80:
        return True
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xFE != 0xFA:
        return False
    bitrate, rate = head[2] >> 4, head[2] >> 2 & 3
    if bitrate in (0, 15) or rate == 3:
        return False
    length = 144_000 * _BITRATES[bitrate] // _RATES[rate] + (head[2] >> 1 & 1)
    return head[length : length + 2] == head[:2]


_SIGNS: Final[Mapping[str, Callable[[bytes], bool]]] = {
    "image/jpeg": lambda head: head.startswith(b"\xff\xd8\xff"),
    "image/png": lambda head: head.startswith(b"\x89PNG\r\n\x1a\n"),
    "image/webp": lambda head: head.startswith(b"RIFF") and head[8:12] == b"WEBP",
    "application/pdf": lambda head: head.startswith(b"%PDF-"),
    "video/mp4": _is_mp4,
    "audio/ogg": lambda head: head.startswith(b"OggS\0"),
    "audio/mpeg": _is_mp3,
}


def _office_type(path: Path) -> str | None:
    try:
        with zipfile.ZipFile(path) as file:
            names = set(file.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return None
    if "[Content_Types].xml" not in names or any(name.lower().endswith("vbaproject.bin") for name in names):
        return None
    return next((told for part, told in _PARTS.items() if part in names), None)


def _text_type(path: Path, head: bytes) -> str | None:
    """Take UTF-8, UTF-16 with its mark, and old Cyrillic code pages: text is what has no control characters."""
    is_wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    data = path.read_bytes()
    try:
        text = data.decode("utf-16") if is_wide else data.decode("utf-8")
    except UnicodeDecodeError:
        if is_wide:
            return None
        text = data.decode("cp1251", "replace")
    if _CONTROL.search(text.encode("utf-8")):
        return None
    rows = [line for line in text[:_HEAD].splitlines() if line.strip()][:2]
    for sign in ";,\t":
        if len(rows) == 2 and rows[0].count(sign) == rows[1].count(sign) > 0:
            return "text/csv"
    return "text/plain"


def _check_pixels(image: Image.Image) -> None:
    if image.width * image.height > MAX_PIXELS:
        raise InvalidInput("case_file", field="file", rule="too_many_pixels", limit=MAX_PIXELS)


def _on_white(image: Image.Image) -> Image.Image:
    from PIL import Image  # noqa: PLC0415  see `picture_of`

    if "A" not in image.getbands() and "transparency" not in image.info:
        return image.convert("RGB")
    seen = image.convert("RGBA")
    ground = Image.new("RGB", seen.size, "white")
    ground.paste(seen, mask=seen.getchannel("A"))
    return ground
