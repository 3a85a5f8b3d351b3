"""A document on paper: A4 pages in every script of the region, for slips and cases.

The fonts lie beside this file (DejaVu: Latin, Cyrillic, Arabic script); text is shaped, so that Arabic letters join and
run from right to left. What goes on a page is said by who makes it; here is only how it looks.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from fpdf import FPDF
from fpdf.enums import Align, TableBordersLayout, VAlign, XPos, YPos
from fpdf.fonts import FontFace

_FONTS: Final = Path(__file__).parent / "fonts"
_MARGIN: Final = 14.0
"""Millimetres."""
_TEXT, _SMALL, _HEAD, _TITLE = 9.0, 7.5, 11.0, 15.0
"""Sizes in points."""
_LINE: Final = 1.35
"""Height of a line, in parts of the size."""
_MM: Final = 25.4 / 72
_GREY, _BLACK, _RULE = 90, 0, 150


class Paper(FPDF):
    """Pages that are written from the top down; each carries its number, and the foot that says what it is."""

    def __init__(self, *, title: str, foot: str, language: str) -> None:
        """Begin the first page.

        Args:
            title: of the document, in its properties.
            foot: stands on each page beside its number.
            language: ISO 639-1.
        """
        super().__init__(format="A4")
        self._foot = foot
        for style, name in (("", "DejaVuSans"), ("B", "DejaVuSans-Bold")):
            self.add_font("sans", style, _FONTS / f"{name}.ttf")
        self.add_font("mono", "", _FONTS / "DejaVuSansMono.ttf")
        self.set_text_shaping(use_shaping_engine=True)
        self.set_margin(_MARGIN)
        self.set_auto_page_break(auto=True, margin=_MARGIN + 6)
        self.set_title(title)
        self.set_lang(language)
        self.set_creator("Elchi")
        self.add_page()

    def footer(self) -> None:
        """Write the foot of a page: fpdf2 calls it."""
        self.set_y(-_MARGIN)
        self.set_text_color(_GREY)
        self._font(_SMALL)
        self.cell(self.epw - 12, 4, self._foot)
        self.cell(12, 4, f"{self.page_no()} / {{nb}}", align="R")
        self.set_text_color(_BLACK)

    def write_title(self, text: str, above: str = "") -> None:
        """Write the title, and in small letters what stands above it."""
        if above:
            self._small(above)
        self._block(text, _TITLE, style="B", after=1.5)

    def write_heading(self, text: str) -> None:
        """Write the head of a section; it is never the last line of a page."""
        if self.will_page_break(18):
            self.add_page()
        self.ln(3)
        self._block(text, _HEAD, style="B", after=0.5)
        self.set_draw_color(_RULE)
        self.line(self.l_margin, self.get_y(), self.w - self.r_margin, self.get_y())
        self.ln(1.5)

    def write_caption(self, text: str) -> None:
        """Write what the lines below are about."""
        self._block(text, _TEXT, style="B", after=0.5)

    def write_text(self, text: str) -> None:
        """Write a paragraph."""
        self._block(text, _TEXT, after=1)

    def write_small(self, text: str) -> None:
        """Write a paragraph of less weight."""
        self._small(text)
        self.ln(1)

    def write_code(self, text: str) -> None:
        """Write text in which every letter is as wide as every other: machine-readable zones, hashes."""
        self._block(text, _TEXT, family="mono", after=1)

    def write_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Write names and values beside each other, a row each; those without a value are left out."""
        rows = [(name, value) for name, value in facts if value]
        self.write_table((), rows, (1, 3))

    def write_table(self, head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float]) -> None:
        """Write a table; its head comes again on each page.

        Args:
            head: names of the columns; none for a table without.
            rows: the cells.
            widths: of the columns, in parts of the page.
        """
        self._font(_TEXT)
        self.set_draw_color(_RULE)
        with self.table(
            [tuple(head), *rows] if head else rows,
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            col_widths=tuple(widths),
            first_row_as_headings=bool(head),
            headings_style=FontFace(emphasis="BOLD"),
            line_height=_TEXT * _LINE * _MM,
            padding=(0.8, 2, 0.8, 0),
            text_align=Align.L,
            v_align=VAlign.T,
        ):
            pass
        self.ln(1)

    def bytes(self) -> bytes:
        """Give the document as PDF."""
        return bytes(self.output())

    def _small(self, text: str) -> None:
        self.set_text_color(_GREY)
        self._block(text, _SMALL)
        self.set_text_color(_BLACK)

    def _block(self, text: str, size: float, *, style: str = "", family: str = "sans", after: float = 0) -> None:
        self._font(size, style, family)
        self.multi_cell(0, size * _LINE * _MM, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(after)

    def _font(self, size: float, style: str = "", family: str = "sans") -> None:
        self.set_font(family, style, size)
