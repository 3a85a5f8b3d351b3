"""Past seizures from a spreadsheet, and reports as tables."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from elchi.console.kit import AtDoor, page, page_of, show
from elchi.console.sheets import csv_answer
from elchi.console.templatetags.elchi import name_of
from elchi.errors import ElchiError, InvalidInput
from elchi.locale import Words
from elchi.modules.operations import queries, services
from elchi.modules.operations.pages.base import OperationsForm, one_of, text
from elchi.modules.operations.pages.incidents import wanted_of
from elchi.modules.operations.reports import REPORTS
from elchi.modules.operations.rules import OperationsRight
from elchi.modules.operations.spreadsheet import DECIMALS, FIELDS, Refused
from elchi.modules.operations.tables import read_import, rows_of
from elchi.node.directory import queries as directory
from elchi.node.here import here

SHOWN: Final = 100
"""Refused rows on a page."""


class FileForm(OperationsForm):
    """A spreadsheet."""

    file = forms.FileField()


class WaysForm(OperationsForm):
    """How a spreadsheet is read."""

    unit = forms.ChoiceField()
    legal_basis = text(300)
    decimal = one_of(one for one in DECIMALS if one)

    def __init__(self, words: Words, heads: list[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(words, *args, **kwargs)
        country = here().country
        offices = [one for one in directory.offices() if not country or one.country_id == country]
        self.offer("unit", ((one.code, name_of(words, one)) for one in offices))
        columns = [(head, head) for head in dict.fromkeys(heads) if head]
        for name in FIELDS:
            self.put(f"column_{name}", forms.ChoiceField(required=False, label=f"import_field.{name}"))
            self.offer(f"column_{name}", columns, nothing="–")

    def ways(self) -> dict[str, Any]:
        """Give what was said, as `services.import_seizures` takes it."""
        said = self.cleaned_data
        columns = {name: said[f"column_{name}"] for name in FIELDS if said[f"column_{name}"]}
        return {"columns": columns, **{name: said[name] for name in ("unit", "legal_basis", "decimal")}}


@page(OperationsRight.SEIZURE_IMPORT)
def imports(request: AtDoor) -> HttpResponseBase:
    """Show what was imported; take a file."""
    form = FileForm(request.words, *((request.POST, request.FILES) if request.method == "POST" else ()))
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            row = services.receive_seizures(by=request.acting, name=file.name, chunks=file.chunks())
        except ElchiError as error:
            form.refuse(error)
        else:
            return redirect("seizure_import", row.pk)
    context = {"form": form, "shown": page_of(request, queries.imports(), 25)}
    return show(request, "operations/imports.html", context, 422 if form.is_bound else 200)


@page(OperationsRight.SEIZURE_IMPORT)
def one(request: AtDoor, import_id: int) -> HttpResponseBase:
    """Show how a file is read and what would be taken; take it."""
    row = queries.import_of(import_id)
    if row.taken_at:
        refused = [Refused(**told) for told in row.refused]
        return show(request, "operations/import.html", {"row": row, "refused": _told(request.words, refused)})
    heads = rows_of(bytes(row.content or b""))[0][1]
    form = _ways_form(request, row, heads)
    context: dict[str, Any] = {"row": row, "form": form}
    if not form.is_bound or form.is_valid():
        ways = form.ways() if form.is_bound else row.ways
        try:
            if request.POST.get("do") == "take":
                services.import_seizures(by=request.acting, import_id=import_id, ways=ways)
                messages.success(request, request.words.text("operations.was_imported"))
                return redirect("seizure_import", import_id)
            read = list(read_import(row, ways))
            refused = [one for one in read if isinstance(one, Refused)]
            context |= {"would": len(read) - len(refused), "refused": _told(request.words, refused)}
        except InvalidInput as error:
            context["fault"] = _fault(request.words, error)
    return show(request, "operations/import.html", context, 422 if "fault" in context and form.is_bound else 200)


@require_POST
@page(OperationsRight.SEIZURE_IMPORT)
def drop(request: AtDoor, import_id: int) -> HttpResponseBase:
    """Forget a file none of whose rows were taken."""
    services.drop_import(by=request.acting, import_id=import_id)
    messages.success(request, request.words.text("operations.was_dropped"))
    return redirect("seizure_imports")


@page(OperationsRight.REPORT_TAKE)
def reports(request: AtDoor) -> HttpResponseBase:
    """Show which reports there are."""
    wanted, asked = wanted_of(request)
    may_see = request.acting.may(OperationsRight.INCIDENT_SEE)
    names = [name for name, report in REPORTS.items() if may_see or not report.is_nominal]
    context = {"names": names, "asked": asked, "count": queries.incidents_found(wanted).count()}
    return show(request, "operations/reports.html", context)


@require_POST
@page(OperationsRight.REPORT_TAKE)
def take(request: AtDoor, name: str) -> HttpResponseBase:
    """Give a report as CSV."""
    wanted, _ = wanted_of(request)
    report, rows = services.take_report(by=request.acting, name=name, wanted=wanted)
    file = f"{here().code}-{report.name}-{timezone.localdate()}"
    return csv_answer(file, [column for column, _ in report.columns], rows)


def _ways_form(request: AtDoor, row: Any, heads: list[str]) -> WaysForm:
    guessed = {f"column_{name}": head for name, head in row.ways.get("columns", {}).items()}
    data = request.POST if request.method == "POST" else None
    return WaysForm(request.words, heads, data, initial={**row.ways, **guessed})


def _told(words: Words, refused: list[Refused]) -> list[tuple[int, str, str, str]]:
    return [
        (one.line, words.text(f"import_field.{one.field}"), words.text(f"rule.{one.rule}"), one.value)
        for one in refused[:SHOWN]
    ]


def _fault(words: Words, error: InvalidInput) -> str:
    field = words.text(f"import_field.{error.params.get('field')}")
    rule = words.text(f"rule.{error.params.get('rule')}")
    return f"{field}: {rule}"
