"""Alerts of offices: what stands now, on every page; one of them with who has read it; to raise one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from elchi.console.cases.forms import KINDS as SUBJECTS
from elchi.console.cases.forms import subject_of
from elchi.console.desk.forms import MARKS
from elchi.console.desk.standing import standing
from elchi.console.forms import WIDE, Choices, OneOf, WordsForm
from elchi.console.kit import AtDoor, page, page_of, show
from elchi.exchange.message import HANDLING, TLP
from elchi.locale import Words
from elchi.node.cases.shown import caption_of, facts_of
from elchi.node.checks.rules import PURPOSES
from elchi.node.directory.queries import countries
from elchi.node.liaison import alert_queries as queries
from elchi.node.liaison import services
from elchi.node.liaison.alert_basis import may_be_alerted
from elchi.node.liaison.rules import ALERT_ACTIONS, TEXT, TITLE
from elchi.node.officers.rules import Right


class AlertForm(WordsForm):
    """An alert."""

    room = "alert_form"
    action = OneOf(ALERT_ACTIONS, "action", label="list_field.action")
    title = forms.CharField(max_length=TITLE, widget=WIDE)
    text = forms.CharField(max_length=TEXT, widget=forms.Textarea(attrs={"rows": 3}), required=False)
    expires_at = forms.DateTimeField(
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    purpose = OneOf(PURPOSES, "purpose", initial="investigation", label="cases.purpose")
    to = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    route = forms.CharField(max_length=40, required=False, help_text="alert_form.route_hint")
    about = OneOf(SUBJECTS, "kind", initial="vehicle")
    plate = forms.CharField(max_length=20, required=False, label="field.plate")
    vin = forms.CharField(max_length=20, required=False, label="field.vin")
    container_number = forms.CharField(max_length=20, required=False, label="field.container_number")
    name = forms.CharField(max_length=300, widget=WIDE, required=False, label="field.name")
    birth_date = forms.CharField(max_length=10, required=False, label="field.birth_date")
    document_number = forms.CharField(max_length=40, required=False, label="field.document_number")
    phone = forms.CharField(max_length=30, required=False, label="field.phone")
    handling = OneOf(HANDLING, "handling", initial="H1", label="cases.handling")
    tlp = OneOf(TLP, initial="AMBER", label="desk.tlp")

    def __init__(self, words: Words, offices: Choices, *args: Any, **kwargs: Any) -> None:
        super().__init__(words, *args, **kwargs)
        self.offer("to", offices)
        self.states = {one.code for one in countries()}

    def clean_route(self) -> list[str]:
        """Read the states of the corridor."""
        told = self.cleaned_data["route"].upper().replace(",", " ").split()
        if not self.states.issuperset(told):
            raise forms.ValidationError(self.words.text("rule.country_code"))
        return list(told)

    def card(self, language: str) -> services.AlertCard:
        """Give the alert as the verb takes it.

        Raises:
            InvalidInput: as `elchi.subjects.from_wire`.
        """
        said = self.cleaned_data
        names = ("to", "route", "action", "title", "text", "purpose", "expires_at", "handling", "tlp")
        subject = subject_of(said["about"], {name: said.get(name, "") for name in MARKS})
        return services.AlertCard(subject=subject, language=language, **{name: said[name] for name in names})


@require_GET
@page(Right.DESK_SEE, also=(Right.CHECK_SUBMIT,))
def standing_now(request: AtDoor) -> HttpResponseBase:
    """Give the alerts that stand anew if the page shows others; nothing, and cheaply, if not."""
    context = standing(request.acting)
    if request.GET.get("seen") == context.get("standing_stamp"):
        return HttpResponse(status=204)
    return show(request, "desk/standing.html", context)


@page(Right.DESK_SEE, also=(Right.CHECK_SUBMIT,))
def alerts(request: AtDoor) -> HttpResponseBase:
    """Show the alerts, those that stand first."""
    rows = queries.alerts_for(request.acting)
    now = list(rows.filter(state="standing"))
    past = page_of(request, rows.exclude(state="standing"))
    return show(request, "desk/alerts.html", {"now": now, "shown": past})


@page(Right.DESK_SEE, also=(Right.CHECK_SUBMIT,))
def alert(request: AtDoor, alert_id: int) -> HttpResponseBase:
    """Show an alert, and who has read and acknowledged it."""
    row = services.read_office_alert(by=request.acting, alert_id=alert_id)
    may_work = request.acting.may(Right.DESK_WORK)
    readers = queries.readers_of(row)
    is_noted = any(one.whom == request.acting.agency and one.state == "acknowledged" for one in readers)
    context = {
        "row": row, "readers": readers, "caption": caption_of(row.subject) if row.subject else "",
        "facts": facts_of(row.subject, request.words) if row.subject else [],
        "may_acknowledge": may_work and row.state == "standing" and not is_noted,
        "may_withdraw": may_work and row.state == "standing" and row.partner is None
        and row.agency == request.acting.agency,
    }  # fmt: skip
    return show(request, "desk/alert.html", context)


@page(Right.DESK_WORK)
def raise_alert(request: AtDoor) -> HttpResponseBase:
    """Raise an alert."""
    offices = [(one.code, f"{one.name}, {one.code}") for one in may_be_alerted(PURPOSES, timezone.now())]
    form = AlertForm(request.words, offices, *((request.POST,) if request.method == "POST" else ()))
    row = form.attempt(lambda _: services.raise_alert(by=request.acting, card=form.card(request.words.language)))
    if row:
        messages.success(request, request.words.text("desk.alert_raised"))
        return redirect("office_alert", row.pk)
    return show(request, "desk/raise.html", {"form": form}, 422 if form.errors else 200)


@require_POST
@page(Right.DESK_WORK)
def acknowledge(request: AtDoor, alert_id: int) -> HttpResponseBase:
    """Say that the officer's agency has taken note."""
    services.acknowledge_alert(by=request.acting, alert_id=alert_id)
    messages.success(request, request.words.text("desk.alert_acknowledged"))
    return redirect("office_alert", alert_id)


@require_POST
@page(Right.DESK_WORK)
def withdraw(request: AtDoor, alert_id: int) -> HttpResponseBase:
    """Take an alert back."""
    services.withdraw_alert(by=request.acting, alert_id=alert_id)
    messages.success(request, request.words.text("desk.alert_withdrawn"))
    return redirect("office_alert", alert_id)
