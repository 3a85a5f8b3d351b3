"""The registers: agreements in force, competent authorities, partner organisations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect

from elchi.console.forms import WIDE, OneOf
from elchi.console.kit import AtDoor, page
from elchi.errors import NotFound
from elchi.locale import Words
from elchi.modules.regional import queries, services
from elchi.modules.regional.pages.base import RegionalForm, of_region, shown
from elchi.modules.regional.rules import RegionalRight
from elchi.modules.regional.services.registers import COMPETENCES


def _day(*, required: bool) -> forms.DateField:
    return forms.DateField(required=required, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class AuthorityForm(RegionalForm):
    """Who is competent for what."""

    country = OneOf(())
    agency = forms.CharField(max_length=200, widget=WIDE)
    competence = OneOf(COMPETENCES, "competence")
    legal_basis = forms.CharField(max_length=300, widget=WIDE)
    contact = forms.CharField(max_length=200, widget=WIDE)
    valid_from = _day(required=True)
    valid_until = _day(required=False)

    def __init__(self, words: Words, *args: Any, **kwargs: Any) -> None:
        super().__init__(words, *args, **kwargs)
        self.offer("country", of_region(words))


class OrganisationForm(RegionalForm):
    """A partner organisation."""

    name = forms.CharField(max_length=200, widget=WIDE)
    name_ru = forms.CharField(max_length=200, widget=WIDE)
    does = forms.CharField(max_length=300, widget=WIDE)
    instrument = forms.CharField(max_length=200, widget=WIDE, required=False)
    contact = forms.CharField(max_length=200, widget=WIDE, required=False)


@page(RegionalRight.REGIONAL_SEE)
def registers(request: AtDoor) -> HttpResponseBase:
    """Show the registers."""
    context = {
        "agreements": queries.agreements_in_force()[:200],
        "authorities": queries.authorities()[:500],
        "organisations": queries.organisations()[:200],
        "may_write": request.acting.may(RegionalRight.REGISTER_WRITE),
    }
    return shown(request, "registers.html", "regional_registers", context)


@page(RegionalRight.REGISTER_WRITE)
def authority(request: AtDoor, authority_id: int = 0) -> HttpResponseBase:
    """Write an authority into the register, or change one."""
    row = queries.authority_of(authority_id) if authority_id else None
    if authority_id and row is None:
        raise NotFound("register_unknown", id=authority_id)
    names = ("agency", "competence", "legal_basis", "contact", "valid_from", "valid_until")
    told = {"country": row.country_id, **{name: getattr(row, name) for name in names}} if row else {}
    form = AuthorityForm(request.words, request.POST if request.method == "POST" else None, initial=told)
    if form.is_bound:
        done = form.attempt(
            lambda said: services.set_authority(
                by=request.acting, card=services.AuthorityCard(**said), authority_id=authority_id
            )
        )
        if done is not None:
            return _saved(request)
    return _form(request, form, "regional.set_authority")


@page(RegionalRight.REGISTER_WRITE)
def organisation(request: AtDoor) -> HttpResponseBase:
    """Write a partner organisation into the directory."""
    form = OrganisationForm(request.words, request.POST if request.method == "POST" else None)
    if form.is_bound:
        done = form.attempt(
            lambda said: services.set_organisation(by=request.acting, card=services.OrganisationCard(**said))
        )
        if done is not None:
            return _saved(request)
    return _form(request, form, "regional.set_organisation")


def _saved(request: AtDoor) -> HttpResponseBase:
    messages.success(request, request.words.text("regional.was_saved"))
    return redirect("regional_registers")


def _form(request: AtDoor, form: RegionalForm, title: str) -> HttpResponseBase:
    context = {"form": form, "title": request.words.text(title), "back": "regional_registers"}
    return shown(request, "form.html", "regional_registers", context, 422 if form.is_bound else 200)
