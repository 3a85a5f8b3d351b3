"""A file becomes a version: take it, ask what its columns are, hand it to the worker, which reads it."""

from __future__ import annotations

from itertools import islice
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from elchi.console.kit import AtDoor, page, show
from elchi.console.lists import uploads
from elchi.console.lists.forms import ColumnsForm, FileForm
from elchi.errors import InvalidInput
from elchi.lists import TableMapping, read_cells
from elchi.node.officers.rules import Right
from elchi.node.watchlists import queries, services
from elchi.node.watchlists.offers import MAX_BYTES, ListFile, ShippedFiles

_PREVIEW_ROWS = 8


@page(Right.LIST_LOAD)
def load(request: AtDoor, name: str) -> HttpResponseBase:
    """Take a file. A table goes on to the page of its columns."""
    row = queries.list_for(request.acting, name)
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = FileForm(request.words, *posted)
    taken = form.attempt(lambda said: uploads.take(request.session, name, said["file"], force=said["force"]))
    if taken is not None and form.cleaned_data["format"] == "csv":
        return redirect("list_columns", name)
    if taken is not None:
        version = form.attempt(lambda said: _offer(request, taken, said["format"]))
        if version is not None:
            return redirect("list_version", version.pk)
        uploads.drop(request.session)
    context = {"form": form, "row": row, "limit": MAX_BYTES // (1024 * 1024)}
    return show(request, "lists/load.html", context, 422 if form.is_bound else 200)


@page(Right.LIST_LOAD)
def columns(request: AtDoor, name: str) -> HttpResponseBase:
    """Ask which column is what, with the first rows beside, and load the table."""
    row = queries.list_for(request.acting, name)
    upload = uploads.waiting(request.session, name)
    try:
        header, rows = _first_rows(upload)
    except InvalidInput:
        uploads.drop(request.session)
        raise
    form = ColumnsForm(request.words, header, request.POST or None)
    version = form.attempt(lambda _: _offer(request, upload, "csv", form.mapping()))
    if version is not None:
        return redirect("list_version", version.pk)
    table = [(field, [cells[place] for cells in rows]) for place, field in enumerate(form.columns)]
    context = {"form": form, "row": row, "upload": upload, "table": table}
    return show(request, "lists/columns.html", context, 422 if form.is_bound else 200)


@require_POST
@page(Right.LIST_LOAD)
def load_shipped(request: AtDoor, name: str) -> HttpResponseBase:
    """Let the worker load a list that travels with Elchi."""
    version = services.offer_list(by=request.acting, name=name, file=ShippedFiles(name))
    return redirect("list_version", version.pk)


@require_POST
@page(Right.LIST_LOAD)
def cancel(request: AtDoor, version_id: int) -> HttpResponseBase:
    """Take back a file that is not read yet."""
    version = services.cancel_offer(by=request.acting, version_id=version_id)
    messages.success(request, request.words.text("lists.cancelled"))
    return redirect("list", version.watchlist_id)


def _offer(request: AtDoor, upload: uploads.Upload, format_: str, mapping: TableMapping | None = None) -> Any:
    file = ListFile(path=upload.path, format=format_, mapping=mapping, called=upload.file)
    version = services.offer_list(by=request.acting, name=upload.list, file=file, force=upload.force)
    uploads.let_go(request.session)
    return version


def _first_rows(upload: uploads.Upload) -> tuple[list[str], list[list[str]]]:
    """Give the header and the first rows, each as wide as the header."""
    cells = read_cells(upload.path)
    _, names = next(cells, (1, []))
    header = [" ".join(name.split()) for name in names]
    if not any(header):
        raise InvalidInput("list_broken", field="file", rule="header", line=1)
    rows = [[*values, *[""] * len(header)][: len(header)] for _, values in islice(cells, _PREVIEW_ROWS)]
    keep = [place for place, name in enumerate(header) if name]
    return [header[place] for place in keep], [[row[place][:200] for place in keep] for row in rows]
