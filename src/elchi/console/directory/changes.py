"""Write into the directory: pages of administrators. What was changed stands under each row, from the audit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from elchi.console.directory.forms import (
    AgencyForm,
    CodeForm,
    ContactForm,
    CrossingForm,
    OfficeForm,
    StatusForm,
)
from elchi.console.forms import WordsForm
from elchi.console.kit import AtDoor, page, show
from elchi.node.directory import queries, services
from elchi.node.here import here
from elchi.node.officers.rules import Right


class NewAgencyForm(AgencyForm, CodeForm):
    """A new agency."""

    field_order = ("code",)


class NewOfficeForm(OfficeForm, CodeForm):
    """A new office."""

    field_order = ("code",)


class NewCrossingForm(CrossingForm, CodeForm):
    """A new crossing."""

    field_order = ("code",)


@page(Right.DIRECTORY_WRITE)
def add_agency(request: AtDoor) -> HttpResponseBase:
    """Add an agency."""
    form = NewAgencyForm(request.words, request.POST or None)

    def save() -> str:
        code = services.add_agency(by=request.acting, code=form.cleaned_data["code"], card=form.card()).code
        return reverse("directory_agency", args=[code])

    return _filled_in(request, form, save, reverse("directory"))


@page(Right.DIRECTORY_WRITE)
def change_agency(request: AtDoor, code: str) -> HttpResponseBase:
    """Change an agency."""
    before = queries.agency_card(queries.agency_of(code))
    form = AgencyForm(request.words, request.POST or None, initial=AgencyForm.told(before))
    back = reverse("directory_agency", args=[code])

    def save() -> str:
        services.change_agency(by=request.acting, code=code, card=form.card())
        return back

    return _filled_in(request, form, save, back)


@page(Right.DIRECTORY_WRITE)
def add_office(request: AtDoor) -> HttpResponseBase:
    """Add an office."""
    form = NewOfficeForm(request.words, request.POST or None)

    def save() -> str:
        code = services.add_office(by=request.acting, code=form.cleaned_data["code"], card=form.card()).code
        return reverse("directory_office", args=[code])

    return _filled_in(request, form, save, reverse("directory_offices"))


@page(Right.DIRECTORY_WRITE)
def change_office(request: AtDoor, code: str) -> HttpResponseBase:
    """Change an office."""
    before = queries.office_card(queries.office_of(code))
    form = OfficeForm(request.words, request.POST or None, initial=OfficeForm.told(before))
    back = reverse("directory_office", args=[code])

    def save() -> str:
        services.change_office(by=request.acting, code=code, card=form.card())
        return back

    return _filled_in(request, form, save, back)


@page(Right.DIRECTORY_WRITE)
def add_crossing(request: AtDoor) -> HttpResponseBase:
    """Add a crossing."""
    form = NewCrossingForm(request.words, request.POST or None)

    def save() -> str:
        code = services.add_crossing(by=request.acting, code=form.cleaned_data["code"], card=form.card()).code
        return reverse("directory_crossing", args=[code])

    return _filled_in(request, form, save, reverse("directory_crossings"))


@page(Right.DIRECTORY_WRITE)
def change_crossing(request: AtDoor, code: str) -> HttpResponseBase:
    """Change a crossing."""
    before = queries.crossing_card(queries.crossing_of(code))
    form = CrossingForm(request.words, request.POST or None, initial=CrossingForm.told(before))
    back = reverse("directory_crossing", args=[code])

    def save() -> str:
        services.change_crossing(by=request.acting, code=code, card=form.card(before))
        return back

    return _filled_in(request, form, save, back)


@page(Right.DIRECTORY_WRITE)
def set_status(request: AtDoor, code: str) -> HttpResponseBase:
    """Write down what a crossing is from a day on."""
    status = queries.crossing_of(code).status
    form = StatusForm(request.words, request.POST or None, initial={"status": status})
    back = reverse("directory_crossing", args=[code])

    def save() -> str:
        services.set_crossing_status(by=request.acting, code=code, card=form.card())
        return back

    return _filled_in(request, form, save, back)


@page(Right.DIRECTORY_WRITE)
def add_contact(request: AtDoor, code: str) -> HttpResponseBase:
    """Add a duty desk to an agency."""
    agency = queries.agency_of(code)
    form = ContactForm(request.words, request.POST or None, initial={"time_zone": here().time_zone})
    back = reverse("directory_agency", args=[agency.code])

    def save() -> str:
        services.add_contact(by=request.acting, card=form.card(agency.code))
        return back

    return _filled_in(request, form, save, back)


@page(Right.DIRECTORY_WRITE)
def change_contact(request: AtDoor, contact_id: int) -> HttpResponseBase:
    """Change a duty desk."""
    before = queries.contact_card(queries.contact_of(contact_id))
    form = ContactForm(request.words, request.POST or None, initial=ContactForm.told(before))
    back = reverse("directory_agency", args=[before.agency])

    def save() -> str:
        services.change_contact(by=request.acting, contact_id=contact_id, card=form.card(before.agency))
        return back

    return _filled_in(request, form, save, back)


@page(Right.DIRECTORY_WRITE)
def remove_contact(request: AtDoor, contact_id: int) -> HttpResponseBase:
    """Ask whether a duty desk is to go, and remove it."""
    contact = queries.contact_of(contact_id)
    back = reverse("directory_agency", args=[contact.agency.code])
    if request.method != "POST":
        return show(request, "directory/remove.html", {"contact": contact, "back": back})
    services.remove_contact(by=request.acting, contact_id=contact_id)
    messages.success(request, request.words.text("directory.saved"))
    return redirect(back)


def _filled_in(request: AtDoor, form: WordsForm, save: Callable[[], str], back: str) -> HttpResponseBase:
    """Save a form and go to where it shows, or show what is wrong with it."""
    after = form.attempt(lambda _: save())
    if after is not None:
        messages.success(request, request.words.text("directory.saved"))
        return redirect(after)
    context: dict[str, Any] = {"form": form, "back": back, "title": request.words.text(_TITLES[type(form)])}
    return show(request, "directory/form.html", context, status=422 if form.errors else 200)


_TITLES = {
    NewAgencyForm: "directory.add_agency",
    AgencyForm: "directory.change_agency",
    NewOfficeForm: "directory.add_office",
    OfficeForm: "directory.change_office",
    NewCrossingForm: "directory.add_crossing",
    CrossingForm: "directory.change_crossing",
    StatusForm: "directory.set_status",
    ContactForm: "directory.change_contact",
}
