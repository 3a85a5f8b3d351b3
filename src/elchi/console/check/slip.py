"""The slip of a check on paper, in two languages side by side: as a page to print, and as PDF."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone

from elchi.console.check.shown import ShownFinding, shown_findings, steps_for
from elchi.console.kit import AtDoor, page, show
from elchi.console.templatetags.comparison import value_text
from elchi.console.templatetags.elchi import crossing_name, name_of
from elchi.locale import LANGUAGES, Words
from elchi.node.checks import services
from elchi.node.checks.findings import caption_of
from elchi.node.checks.services import Answer
from elchi.node.here import here
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Right

if TYPE_CHECKING:
    from elchi.node.paper import Paper

MOST: Final = 3
"""Findings on one slip."""
_LEFT: Final = "\N{LEFT-TO-RIGHT MARK}"
"""A sentence that begins with an Arabic name runs from the left all the same."""
_SHAPES: Final = {
    "stop": ((15, 3), (33, 3), (45, 15), (45, 33), (33, 45), (15, 45), (3, 33), (3, 15)),
    "review": ((24, 1), (47, 24), (24, 47), (1, 24)),
}
"""Octagon and lozenge, as on the screen, in a square of 48."""
_SHAPE_SIZE: Final = 16.0
"""Millimetres."""
_SIGNS: Final = ("check.sign_first", "check.sign_second", "check.sign_taken")


@dataclass(frozen=True, slots=True)
class Side:
    """What one language says."""

    words: Words
    band: str
    means: str
    facts: tuple[tuple[str, str], ...]
    findings: tuple[ShownFinding, ...]
    steps: tuple[str, ...]

    @property
    def language(self) -> str:
        """ISO 639-1."""
        return self.words.language


@page(Right.CHECK_SUBMIT, also=(Right.CHECK_SEE,))
def slip(request: AtDoor, check_id: int) -> HttpResponseBase:
    """Show the slip as it goes to the printer."""
    sides, answer = _sides(request, check_id, "page")
    first, second = sides
    context = {
        "sides": sides,
        "check": answer.check,
        "band": slip_band(answer),
        "titles": [side.words.text("check.slip") for side in sides],
        "proofs": [side.words.text("check.slip_no_proof") for side in sides],
        "facts": list(zip(first.facts, second.facts, strict=True)),
        "findings": [(one, _said(one, other)) for one, other in zip(first.findings, second.findings, strict=True)],
        "steps": list(zip(first.steps, second.steps, strict=True)),
        "signs": [[side.words.text(key) for side in sides] for key in _SIGNS],
        "others": [(code, name) for code, name in settings.LANGUAGES if code in _seconds(request)],
    }
    return show(request, "check/slip.html", context)


@page(Right.CHECK_SUBMIT, also=(Right.CHECK_SEE,))
def slip_pdf(request: AtDoor, check_id: int) -> HttpResponseBase:
    """Give the slip as PDF."""
    sides, answer = _sides(request, check_id, "pdf")
    paper = write_slip(sides, answer)
    made = HttpResponse(paper, content_type="application/pdf")
    made["Content-Disposition"] = f'inline; filename="{answer.check.number}.pdf"'
    return made


def write_slip(sides: tuple[Side, Side], answer: Answer) -> bytes:
    """Write a slip as PDF."""
    first, second = sides
    number = answer.check.number
    both = [first.words.text("check.slip"), second.words.text("check.slip")]
    foot = first.words.text("check.slip_no_proof")
    from elchi.node.paper import Paper  # noqa: PLC0415  fpdf takes a second to import: a third of the node's start

    paper = Paper(title=f"{both[0]} {number}", foot=f"{number} · {foot}", language=first.language)
    _draw_shape(paper, slip_band(answer))
    paper.write_title(" · ".join(dict.fromkeys(both)), above=here().name)
    paper.write_code(number)
    paper.write_title(" · ".join(dict.fromkeys(side.band for side in sides)))
    halves, table = (1.0, 1.0), _pairs(sides)
    paper.write_table((), [(first.means, second.means), *table], halves)
    for one, other in zip(first.findings, second.findings, strict=True):
        paper.write_heading(one.row.caption)
        paper.write_small(_origin(one, first.words))
        paper.write_table((), [(f"{_LEFT}• {text}", f"{_LEFT}• {said}") for text, said in _said(one, other)], halves)
        if one.rows:
            paper.write_table(_head(sides), [*_compared(one, sides)], (1.2, 1.5, 1.5, 0.8))
    paper.write_heading(" · ".join(dict.fromkeys(side.words.text("check.to_do") for side in sides)))
    numbered = enumerate(zip(first.steps, second.steps, strict=True), 1)
    paper.write_table((), [(f"{place}. {text}", f"{place}. {said}") for place, (text, said) in numbered], halves)
    signs = [_both(sides, key) for key in _SIGNS]
    paper.ln(12)
    paper.write_table((), [tuple(f"______________________\n{sign}" for sign in signs)], (1, 1, 1))
    return paper.bytes()


def _draw_shape(paper: Paper, band: str) -> None:
    """Draw the shape of a verdict in the corner: it is told without colour too."""
    scale = _SHAPE_SIZE / 48
    x, y = paper.w - paper.r_margin - _SHAPE_SIZE, paper.t_margin
    if band in _SHAPES:
        paper.polygon([(x + scale * across, y + scale * down) for across, down in _SHAPES[band]], style="F")
        paper.set_fill_color(255)
        if band == "stop":
            paper.rect(x + scale * 12, y + scale * 20, scale * 24, scale * 8, style="F")
        else:
            paper.circle(x + scale * 24, y + scale * 24, scale * 9, style="F")
        paper.set_fill_color(0)


def _sides(request: AtDoor, check_id: int, form: str) -> tuple[tuple[Side, Side], Answer]:
    other = request.GET.get("second", "")
    known = _seconds(request)
    second = Words(other if other in known else known[0])
    languages = (request.words.language, second.language)
    answer = services.print_slip(by=request.acting, check_id=check_id, languages=languages, form=form)
    return (_side(request.acting, answer, request.words), _side(request.acting, answer, second)), answer


def _seconds(request: AtDoor) -> list[str]:
    """Give the languages that may stand beside the officer's, the node's own first."""
    wanted = dict.fromkeys((*here().languages, "en", "ru"))
    return [one for one in wanted if one in LANGUAGES and one != request.words.language]


def _side(by: Acting, answer: Answer, words: Words) -> Side:
    shown = [one for one in shown_findings(by, answer, words) if not one.row.is_discreet]
    means = words.text("check.hit_means")  # nothing but a partner's hit
    if shown:
        list_ = name_of(words, shown[0].title)
        means = words.text(f"check.{answer.verdict.lower()}_means", list=list_, count=len(answer.lists))
    return Side(
        words=words,
        band=words.band(slip_band(answer).upper()),
        means=means,
        facts=(*_facts(answer, words, shown), *_ages(shown, words), *_answers(answer, words)),
        findings=tuple(shown[:MOST]),
        steps=tuple(words.text(key) for key in steps_for(answer)),
    )


def slip_band(answer: Answer) -> str:
    """Give the band that stands on the slip: who is clear here and a hit at a partner's is to be looked at."""
    seen = any(not row.is_discreet for row in answer.findings)
    return answer.verdict.lower() if seen or not answer.hits else "review"


def _facts(answer: Answer, words: Words, shown: list[ShownFinding]) -> Iterator[tuple[str, str]]:
    check = answer.check
    about = [one.row for one in shown] or [one.finding for one in answer.hits if one.finding]
    caption = caption_of(about[0]) if about else ""
    mark = "" if caption.replace(" ", "").endswith(check.shown[-4:]) else check.shown  # the number itself stands there
    presented = dict.fromkeys((words.text(f"kind.{check.kind}"), caption, mark))
    yield words.text("check.presented"), " · ".join(filter(None, presented))
    at = timezone.localtime(check.at)
    yield words.text("check.at"), f"{words.date(at.date().isoformat())} {at:%H:%M} (UTC{at.isoformat()[-6:]})"
    yield words.text("check.crossing"), crossing_name(words, check.crossing) or "—"
    yield words.text("check.direction"), words.text(f"direction.{check.direction}")
    yield words.text("check.purpose"), words.text(f"purpose.{check.purpose}")
    yield words.text("frame.office"), name_of(words, check.office) if check.office else "—"


def _ages(shown: list[ShownFinding], words: Words) -> Iterator[tuple[str, str]]:
    """Say how old the lists are that something was found on; others are not the receiver's affair."""
    for age in {one.row.watchlist: one.title for one in shown if one.title}.values():
        issued = f"{words.date(age.issued_at)}, " if age.issued_at else ""
        told = words.text("check.list_age", count=age.age_days) if age.age_days else words.text("check.list_today")
        stale = f" · {words.text('check.stale')}" if age.is_stale else ""
        yield words.text("check.list_ages"), f"{name_of(words, age)}: {issued}{told}{stale}"


def _answers(answer: Answer, words: Words) -> Iterator[tuple[str, str]]:
    """Say what partners have answered by now, and when; never what a hit is called there."""
    for one in answer.asked:
        at = f", {timezone.localtime(one.answered_at):%H:%M}" if one.answered_at else ""
        clause = f" · {words.text('check.clause', clause=one.clause)}" if one.clause else ""
        yield words.text("check.partners"), f"{one.partner.name}: {words.text(f'answer.{one.standing}')}{at}{clause}"


def _pairs(sides: tuple[Side, Side]) -> list[tuple[str, str]]:
    rows = zip(*(side.facts for side in sides), strict=True)
    return [(f"{one[0]}: {one[1]}", f"{other[0]}: {other[1]}") for one, other in rows]


def _said(one: ShownFinding, other: ShownFinding) -> list[tuple[str, str]]:
    pairs = zip(one.sentences, other.sentences, strict=True)
    return [(sentence.text, said.text) for sentence, said in pairs]


def _origin(one: ShownFinding, words: Words) -> str:
    title = name_of(words, one.title) if one.title else one.row.watchlist
    facts = one.facing.facts
    score, action = words.number(one.row.score, 2), words.text(f"action.{one.row.action}")
    codes = (f"TLP:{facts.tlp}",) if facts else ()
    return " · ".join((title, one.row.entry, score, action, *codes, one.row.handling))


def _head(sides: tuple[Side, Side]) -> list[str]:
    return ["", *(_both(sides, key) for key in ("check.presented", "check.listed", "check.likeness"))]


def _compared(one: ShownFinding, sides: tuple[Side, Side]) -> Iterator[tuple[str, str, str, str]]:
    for row in one.rows:
        words = sides[0].words
        asked, listed = (
            "\n".join(value_text(words, row, value) for value in side) or "—" for side in (row.asked, row.listed)
        )
        likeness = _both(sides, f"frame.likeness_{row.likeness}")
        yield _both(sides, f"{row.vocabulary}.{row.field}"), asked, listed, likeness


def _both(sides: tuple[Side, Side], key: str) -> str:
    return " · ".join(dict.fromkeys(side.words.text(key) for side in sides))
