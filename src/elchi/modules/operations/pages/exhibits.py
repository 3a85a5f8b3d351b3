"""Exhibits: of an incident, in one's own hands, one of them with its chain, its steps and its photos."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from elchi.console.forms import WordsForm
from elchi.console.kit import AtDoor, asked_of, page, page_of, show
from elchi.errors import NotFound
from elchi.locale import Words
from elchi.modules.operations import custody, queries, services
from elchi.modules.operations.custody import ExhibitCard, Said
from elchi.modules.operations.exhibits import exhibit_of, exhibits_with, faults_in
from elchi.modules.operations.pages.base import OperationsForm, one_of, text
from elchi.modules.operations.pages.shown import amount_of
from elchi.modules.operations.rules import OperationsRight
from elchi.modules.operations.seizure import KINDS
from elchi.node.cases.printed import size_of

FIELDS: Final = {
    "give": ("seal", "seal_broken", "to", "place", "note"),
    "take": ("seal", "seal_broken", "place", "note"),
    "decline": ("seal", "seal_broken", "note"),
    "recall": ("seal", "seal_broken", "note"),
    "send_out": ("seal", "seal_broken", "outside", "note"),
    "bring_back": ("seal", "seal_broken", "place", "note"),
    "reseal": ("seal", "quantity", "place", "note"),
    "take_over": ("seal", "seal_broken", "place", "note"),
    "end": ("seal", "seal_broken", "custody_end", "note"),
}
"""What is asked with a move; the seal always: who makes the move confirms by reading it."""
_OWN: Final = "default-src 'none'; sandbox"
_UNITS: Final = tuple(dict.fromkeys(unit for units, _, _ in KINDS.values() for unit in units))


class ExhibitForm(OperationsForm):
    """What is taken into custody."""

    goods = one_of(KINDS, "goods", empty=False)
    what = text(custody.LIMITS["what"], required=True)
    quantity = forms.DecimalField(min_value=0, max_digits=19, decimal_places=6)
    measure = one_of(_UNITS, "measure", empty=False)
    seal = text(custody.LIMITS["seal"], required=True)
    place = text(custody.LIMITS["place"], required=True)

    def card(self) -> ExhibitCard:
        """Give what was said."""
        said = self.cleaned_data
        same = {name: said[name] for name in ("what", "quantity", "seal", "place")}
        return ExhibitCard(kind=said["goods"], unit=said["measure"], **same)


class StepForm(OperationsForm):
    """What is said with a step."""

    seal = text(custody.LIMITS["seal"], required=True)
    seal_broken = forms.BooleanField(required=False)
    to = text(150)
    outside = text(custody.LIMITS["outside"])
    custody_end = one_of(custody.ENDS, "custody_end", empty=False)
    quantity = forms.DecimalField(required=False, min_value=0, max_digits=19, decimal_places=6)
    place = text(custody.LIMITS["place"])
    note = text(custody.LIMITS["note"])

    def __init__(self, words: Words, move: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(words, *args, **kwargs)
        for name in set(self.fields) - set(FIELDS[move]):
            del self.fields[name]

    def said(self) -> Said:
        """Give what was said."""
        told = {name: value for name, value in self.cleaned_data.items() if name not in ("seal_broken", "custody_end")}
        return Said(
            **told, is_whole=not self.cleaned_data.get("seal_broken"), end=self.cleaned_data.get("custody_end", "")
        )


class PhotoForm(WordsForm):
    """A photo."""

    file = forms.FileField(label="operations.photo")
    seal = forms.CharField(max_length=custody.LIMITS["seal"], label="operations.seal")


@page(OperationsRight.EXHIBIT_SEE)
def mine(request: AtDoor) -> HttpResponseBase:
    """Show what the officer has, and what waits for him."""
    shown = page_of(request, exhibits_with(request.acting.name))
    return show(request, "operations/exhibits_mine.html", {"shown": shown, "rows": _rows(request.words, list(shown))})


@page(OperationsRight.EXHIBIT_SEE)
def of_incident(request: AtDoor, incident_id: int) -> HttpResponseBase:
    """Show the exhibits of an incident; take another."""
    row = queries.incident_of(incident_id)
    may = request.acting.may(OperationsRight.EXHIBIT_HANDLE) and not row.withdrawn_at
    form = ExhibitForm(request.words, request.POST if request.method == "POST" else None)
    if form.is_bound:
        made = form.attempt(
            lambda _: services.take_exhibit(by=request.acting, incident_id=incident_id, card=form.card())
        )
        if made is not None:
            messages.success(request, request.words.text("operations.exhibit_taken", number=made.number))
            return redirect("exhibit", made.pk)
    context = {"row": row, "rows": _rows(request.words, list(row.exhibits.all())), "form": form, "may_take": may}
    return show(request, "operations/exhibits.html", context, 422 if form.is_bound else 200)


@page(OperationsRight.EXHIBIT_SEE)
def exhibit(request: AtDoor, exhibit_id: int) -> HttpResponseBase:
    """Show one: what it is, who has it, its chain and whether that holds, its photos."""
    row, acting, words = exhibit_of(exhibit_id), request.acting, request.words
    faults = faults_in(row)
    context = {
        "row": row,
        "quantity": _quantity(words, row),
        "steps": [(one, _measured(words, one.quantity)) for one in row.steps.all()],
        "photos": [(one, size_of(one.size, words)) for one in row.photos.all()],
        "faults": faults,
        "moves": [one for one in custody.STATES[row.state] if one in FIELDS and _may(request, row, one)],
        "may_photograph": _may(request, row, "photograph") and "photograph" in custody.STATES[row.state],
        "may_read": acting.may(OperationsRight.INCIDENT_SEE),
    }
    return show(request, "operations/exhibit.html", context)


@page(OperationsRight.EXHIBIT_HANDLE)
def move(request: AtDoor, exhibit_id: int, name: str) -> HttpResponseBase:
    """Make a step."""
    if name not in FIELDS:
        raise NotFound("exhibit_unknown", exhibit=exhibit_id)
    row = exhibit_of(exhibit_id)
    seen = {"to": asked_of(request, "to")["to"]}
    form = StepForm(request.words, name, request.POST if request.method == "POST" else None, initial=seen)

    def act(_: dict[str, Any]) -> Any:
        return services.move_exhibit(by=request.acting, exhibit_id=exhibit_id, move=name, said=form.said())

    if form.is_bound and form.attempt(act) is not None:
        messages.success(request, request.words.text("operations.step_made"))
        return redirect("exhibit", exhibit_id)
    context = {"form": form, "title": request.words.text(f"custody_move.{name}"), "number": row.number,
               "back": reverse("exhibit", args=[exhibit_id]),
               "hint": request.words.text("operations.step_hint")}  # fmt: skip
    return show(request, "operations/act.html", context, 422 if form.is_bound else 200)


@page(OperationsRight.EXHIBIT_HANDLE)
def photograph(request: AtDoor, exhibit_id: int) -> HttpResponseBase:
    """Add a photo."""
    row = exhibit_of(exhibit_id)
    form = PhotoForm(request.words, *((request.POST, request.FILES) if request.method == "POST" else ()))

    def act(said: dict[str, Any]) -> Any:
        photo = services.Photo(said["file"].name, said["file"].chunks())
        return services.photograph_exhibit(by=request.acting, exhibit_id=exhibit_id, photo=photo, seal=said["seal"])

    if form.is_bound and form.attempt(act) is not None:
        messages.success(request, request.words.text("operations.photo_added"))
        return redirect("exhibit", exhibit_id)
    context = {"form": form, "title": request.words.text("operations.add_photo"), "number": row.number,
               "back": reverse("exhibit", args=[exhibit_id]), "is_file": True,
               "hint": request.words.text("operations.photo_hint")}  # fmt: skip
    return show(request, "operations/act.html", context, 422 if form.is_bound else 200)


@page(OperationsRight.EXHIBIT_SEE)
def picture(request: AtDoor, photo_id: int) -> HttpResponseBase:
    """Give a photo as the node encoded it again."""
    given = services.show_photo(by=request.acting, photo_id=photo_id)
    return _guarded(FileResponse(given.file, filename="picture.jpg", content_type=given.media_type))


@page(OperationsRight.INCIDENT_SEE)
def photo(request: AtDoor, photo_id: int) -> HttpResponseBase:
    """Give a photo out as it came, to be saved."""
    given = services.read_photo(by=request.acting, photo_id=photo_id)
    kind = "application/octet-stream"
    return _guarded(FileResponse(given.file, as_attachment=True, filename=given.name, content_type=kind))


def _may(request: AtDoor, row: Any, name: str) -> bool:
    acting = request.acting
    if name in custody.BY_CHIEF:
        return acting.may(OperationsRight.EXHIBIT_TAKE_OVER) and row.holder != acting.name
    needed = row.to if name in custody.BY_TAKER else row.holder
    return acting.may(OperationsRight.EXHIBIT_HANDLE) and needed in ("", acting.name)


def _rows(words: Words, rows: list[Any]) -> list[tuple[Any, str]]:
    return [(row, _quantity(words, row)) for row in rows]


def _quantity(words: Words, row: Any) -> str:
    return f"{amount_of(words, row.quantity)} {words.text(f'measure.{row.measure}')}"


def _measured(words: Words, quantity: str) -> str:
    number, _, unit = quantity.partition(" ")
    return f"{amount_of(words, Decimal(number))} {words.text(f'measure.{unit}')}" if unit else ""


def _guarded(answer: FileResponse) -> FileResponse:
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = _OWN
    answer["Cache-Control"] = "private, no-store"
    return answer
