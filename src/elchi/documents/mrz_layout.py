"""The five formats of machine-readable zones as one table, and the check digit they share.

Positions count from 0 over all lines joined: TD1 of 30 characters has its second line at 30 and its third at 60.
Sources: ICAO Doc 9303, 8th edition, Part 3 section 4.9 (check digits), Part 4 section 4.2 (TD3), Part 5 section 4.2
(TD1), Part 6 section 4.2 (TD2), Part 7 sections 4.2 and 5.2 (MRV-A, MRV-B).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property


class MrzFormat(StrEnum):
    """The formats of ICAO Doc 9303: cards (TD1, TD2), passport booklets (TD3) and visas (MRV)."""

    TD1 = "TD1"
    TD2 = "TD2"
    TD3 = "TD3"
    MRV_A = "MRV-A"
    MRV_B = "MRV-B"


@dataclass(frozen=True)  # no slots: what follows from the table is worked out once
class Layout:
    """Where each field of a format stands."""

    format: MrzFormat
    rows: int
    width: int
    names: slice
    number: slice
    nationality: slice
    birth: slice
    sex: int
    expiry: slice
    optional: slice
    optional_2: slice
    optional_check: int | None = None
    composite: tuple[slice, ...] = ()
    """What the last check digit covers; empty where there is none."""
    long_numbers: bool = False
    """Whether a document number may run on into the optional data (Part 5 4.2.2 note j, Part 6 4.2.2 note j)."""

    @cached_property
    def size(self) -> int:
        """Characters of all lines."""
        return self.rows * self.width

    @cached_property
    def lines(self) -> tuple[slice, ...]:
        """Where each line stands."""
        return tuple(slice(start, start + self.width) for start in range(0, self.size, self.width))

    @cached_property
    def composite_check(self) -> int | None:
        """Where the composite check digit stands, if there is one."""
        return self.composite[-1].stop if self.composite else None

    @cached_property
    def classes(self) -> str:
        """What may stand at each position: `a` letters, `n` digits, `x` both, `s` sex; all may be `<`."""
        classes = ["x"] * self.size
        classes[:5] = "aaaaa"  # document type and issuer
        for part in (self.names, self.nationality):
            classes[part] = "a" * (part.stop - part.start)
        for part in (self.birth, self.expiry):
            classes[part] = "nnnnnn"
        checks = (self.number.stop, self.birth.stop, self.expiry.stop, self.optional_check, self.composite_check)
        for at in checks:
            if at is not None:
                classes[at] = "n"
        classes[self.sex] = "s"
        return "".join(classes)

    @cached_property
    def shape(self) -> re.Pattern[str]:
        """What matches the joined lines when every character may stand where it stands."""
        return re.compile("".join(_MAY_STAND[kind] for kind in self.classes))

    def misplaced(self, text: str) -> list[int]:
        """Give the positions whose character may not stand there."""
        return [at for at, kind in enumerate(self.classes) if not re.match(_MAY_STAND[kind], text[at])]

    def place(self, at: int) -> tuple[int, int]:
        """Give the line, from 1, and the position in it, from 0."""
        return at // self.width + 1, at % self.width

    def field_at(self, at: int) -> str:
        """Give the name of the field, or of the field whose check digit stands there."""
        fields = (
            (0, 2, "document_type"),
            (2, 5, "issuer"),
            (self.names.start, self.names.stop, "names"),
            (self.number.start, self.number.stop + 1, "document_number"),
            (self.nationality.start, self.nationality.stop, "nationality"),
            (self.birth.start, self.birth.stop + 1, "birth_date"),
            (self.sex, self.sex + 1, "sex"),
            (self.expiry.start, self.expiry.stop + 1, "expiry_date"),
            (self.optional.start, self.optional.stop, "optional"),
            (self.optional_2.start, self.optional_2.stop, "optional_2"),
            (self.optional.stop, (self.optional_check or 0) + 1, "optional"),
        )
        return next((name for start, stop, name in fields if start <= at < stop), "composite")


_MAY_STAND = {"a": "[A-Z<]", "n": "[0-9<]", "x": "[A-Z0-9<]", "s": "[MF<X]"}

_TD3 = Layout(
    MrzFormat.TD3,
    rows=2,
    width=44,
    names=slice(5, 44),
    number=slice(44, 53),
    nationality=slice(54, 57),
    birth=slice(57, 63),
    sex=64,
    expiry=slice(65, 71),
    optional=slice(72, 86),
    optional_2=slice(0, 0),
    optional_check=86,
    composite=(slice(44, 54), slice(57, 64), slice(65, 87)),
)
_MRV_A = replace(_TD3, format=MrzFormat.MRV_A, optional=slice(72, 88), optional_check=None, composite=())
_TD2 = Layout(
    MrzFormat.TD2,
    rows=2,
    width=36,
    names=slice(5, 36),
    number=slice(36, 45),
    nationality=slice(46, 49),
    birth=slice(49, 55),
    sex=56,
    expiry=slice(57, 63),
    optional=slice(64, 71),
    optional_2=slice(0, 0),
    composite=(slice(36, 46), slice(49, 56), slice(57, 71)),
    long_numbers=True,
)
_MRV_B = replace(_TD2, format=MrzFormat.MRV_B, optional=slice(64, 72), composite=(), long_numbers=False)
_TD1 = Layout(
    MrzFormat.TD1,
    rows=3,
    width=30,
    names=slice(60, 90),
    number=slice(5, 14),
    nationality=slice(45, 48),
    birth=slice(30, 36),
    sex=37,
    expiry=slice(38, 44),
    optional=slice(15, 30),
    optional_2=slice(48, 59),
    composite=(slice(5, 30), slice(30, 37), slice(38, 45), slice(48, 59)),
    long_numbers=True,
)

LAYOUTS: Mapping[MrzFormat, Layout] = {layout.format: layout for layout in (_TD1, _TD2, _TD3, _MRV_A, _MRV_B)}
VISAS = frozenset({MrzFormat.MRV_A, MrzFormat.MRV_B})
BY_SIZE: Mapping[tuple[int, bool], Layout] = {
    (layout.size, layout.format in VISAS): layout for layout in LAYOUTS.values()
}
"""By the number of characters and whether it is a visa, that is, whether the first letter is V."""

_VALUES = bytes(
    code - 48 if 48 <= code <= 57 else code - 55 if 65 <= code <= 90 else 0  # 0-9, A=10 .. Z=35, filler 0
    for code in range(256)
)


def character_values(text: str) -> bytes:
    """Give the value of each character, one byte each; a filler counts 0 (9303-3 4.9). `text` is ASCII."""
    return text.encode("ascii").translate(_VALUES)


def weigh(values: bytes) -> int:
    """Give the check digit of character values: weights 7, 3, 1 repeated, modulo 10 (9303-3 4.9)."""
    return (7 * sum(values[::3]) + 3 * sum(values[1::3]) + sum(values[2::3])) % 10


def check_digit(text: str) -> str:
    """Give the check digit of `text`, which has only A-Z, 0-9 and `<` (9303-3 4.9)."""
    return str(weigh(character_values(text)))
