"""What is done to a case beside its tabs: its head, its state, its tasks, people and links; and what is taken away."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from elchi.console.cases.forms import HeadForm, MoveForm, ReasonForm
from elchi.console.kit import AtDoor, page, show
from elchi.node.cases import queries, services
from elchi.node.cases.printed import size_of
from elchi.node.officers.rules import Right

_OWN = "default-src 'none'; sandbox"
"""The policy of what officers put in: nothing in it may load or run."""


@page(Right.CASE_WORK)
def change(request: AtDoor, case_id: int) -> HttpResponseBase:
    """Change the head of a case."""
    one = services.read_case(by=request.acting, case_id=case_id)
    names = ("title", "threats", "classification", "handling", "due_at", "version")
    seen = {name: getattr(one, name) for name in names}
    form = HeadForm(request.words, request.POST if request.method == "POST" else None, initial=seen)

    def save(said: dict[str, Any]) -> object:
        version = said.pop("version")
        return services.change_case(by=request.acting, case_id=case_id, version=version, head=services.Head(**said))

    if form.attempt(save):
        return _done(request, "case", case_id, "cases.was_changed")
    is_overtaken = form.is_bound and form.data.get("version") != str(one.version)
    if is_overtaken:
        form.read_again(one.version)
    context = {"case": one, "form": form, "is_overtaken": is_overtaken}
    return show(request, "cases/change.html", context, 422 if form.is_bound else 200)


@page(Right.CASE_WORK)
def move(request: AtDoor, case_id: int) -> HttpResponseBase:
    """Move a case to another state."""
    one = services.read_case(by=request.acting, case_id=case_id)
    posted = (request.POST,) if request.method == "POST" else ()
    form = MoveForm(request.words, one.state, *posted, initial={"to": request.GET.get("to", "")})
    if form.attempt(lambda said: services.move_case(by=request.acting, case_id=case_id, **said)):
        return _done(request, "case", case_id, "cases.was_moved")
    return show(request, "cases/move.html", {"case": one, "form": form}, 422 if form.is_bound else 200)


@require_POST
@page(Right.CASE_WORK)
def change_task(request: AtDoor, task_id: int) -> HttpResponseBase:
    """Finish, drop or reopen a task."""
    task = services.change_task(by=request.acting, task_id=task_id, to=request.POST.get("to", ""))
    return _done(request, "case_tasks", task.case_id, "cases.task_changed")


@require_POST
@page(Right.CASE_WORK)
def release(request: AtDoor, case_id: int) -> HttpResponseBase:
    """Let an officer work on it no longer."""
    services.release_officer(by=request.acting, case_id=case_id, officer=request.POST.get("officer", ""))
    return _done(request, "case_people", case_id, "cases.officer_released")


@require_POST
@page(Right.CASE_WORK)
def unlink(request: AtDoor, case_id: int, other_id: int) -> HttpResponseBase:
    """Say that two cases do not belong together."""
    services.unlink_cases(by=request.acting, case_id=case_id, other_id=other_id)
    return _done(request, "case_links", case_id, "cases.was_unlinked")


@require_POST
@page(Right.CASE_WORK)
def remove_file(request: AtDoor, file_id: int) -> HttpResponseBase:
    """Take a file out of a case."""
    row = queries.file_for(request.acting, file_id)
    form = ReasonForm(request.words, request.POST)
    if form.attempt(lambda said: services.remove_file(by=request.acting, file_id=file_id, reason=said["reason"])):
        return _done(request, "case_files", row.case_id, "cases.file_removed")
    return _show_file(request, row, form)


@page(Right.CASE_SEE)
def file(request: AtDoor, file_id: int) -> HttpResponseBase:
    """Show what is known of a file, and its picture if it is one; here it is taken out of the case."""
    return _show_file(request, queries.file_for(request.acting, file_id), ReasonForm(request.words))


@page(Right.CASE_SEE)
def saved_file(request: AtDoor, file_id: int) -> HttpResponseBase:
    """Give out a file as it came, to be saved and never to be shown by the browser."""
    given = services.read_file(by=request.acting, file_id=file_id)
    kind = "application/octet-stream"
    return _guarded(FileResponse(given.file, as_attachment=True, filename=given.name, content_type=kind))


@page(Right.CASE_SEE)
def picture(request: AtDoor, file_id: int) -> HttpResponseBase:
    """Give a picture as the node encoded it again."""
    given = services.show_picture(by=request.acting, file_id=file_id)
    return _guarded(FileResponse(given.file, filename="picture.jpg", content_type=given.media_type))


@require_POST
@page(Right.CASE_WORK)
def export(request: AtDoor, case_id: int) -> HttpResponseBase:
    """Give the case out as PDF or as a bundle."""
    given = services.export_case(
        by=request.acting, case_id=case_id, form=request.POST.get("form", ""), language=request.words.language
    )
    answer = StreamingHttpResponse(given.blocks, content_type="application/octet-stream")
    answer["Content-Disposition"] = f'attachment; filename="{given.name}"'
    return _guarded(answer)


def _show_file(request: AtDoor, row: Any, form: ReasonForm) -> HttpResponseBase:
    context = {
        "case": row.case,
        "file": row,
        "form": form,
        "size": size_of(row.size, request.words),
        "may_change": row.case.state != "closed" and queries.may_work(request.acting, row.case),
    }
    return show(request, "cases/file.html", context, 422 if form.is_bound else 200)


def _guarded(answer: StreamingHttpResponse) -> StreamingHttpResponse:
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = _OWN
    answer["Cache-Control"] = "private, no-store"
    return answer


def _done(request: HttpRequest, address: str, case_id: int, key: str) -> HttpResponseBase:
    messages.success(request, request.words.text(key))  # type: ignore[attr-defined]
    return redirect(address, case_id)
