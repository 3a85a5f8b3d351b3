"""Reviews of offices each quarter, and what crossings have against what they should have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from elchi.console.forms import WIDE
from elchi.console.kit import AtDoor, asked_of, page, show
from elchi.console.sheets import csv_answer
from elchi.console.templatetags.elchi import crossing_name, name_of
from elchi.locale import Words
from elchi.modules.operations import maturity, reviews, services
from elchi.modules.operations.capability import GROUPS, MOST, NEEDS, Need, Profile, needs_row, profile_of
from elchi.modules.operations.maturity import LONGEST_EVIDENCE, PRACTICES, SCORES, Answer, mean_of, weakest
from elchi.modules.operations.pages.base import OperationsForm, one_of, text
from elchi.modules.operations.pages.shown import amount_of
from elchi.modules.operations.reviews import Review
from elchi.modules.operations.rules import OperationsRight
from elchi.modules.operations.seizure import currencies
from elchi.node.directory import queries as directory
from elchi.node.here import here

QUARTERS: Final = 4
"""Shown side by side in the list of offices."""


class ReviewForm(OperationsForm):
    """A score and its evidence for each practice."""

    def __init__(self, words: Words, *args: Any, before: Mapping[str, Answer], **kwargs: Any) -> None:
        super().__init__(words, *args, **kwargs)
        for name in PRACTICES:
            known = before.get(name, Answer(0, ""))
            scores = one_of(map(str, SCORES), "score", empty=False)
            scores.label, scores.initial = f"practice.{name}", known.score
            evidence = forms.CharField(max_length=LONGEST_EVIDENCE, required=False, widget=WIDE)
            evidence.label, evidence.initial = "operations.evidence", known.evidence
            self.put(name, scores)
            self.put(f"{name}_evidence", evidence)

    def answers(self) -> dict[str, Answer]:
        """Give what was said."""
        said = self.cleaned_data
        return {name: Answer(int(said[name]), said[f"{name}_evidence"].strip()) for name in PRACTICES}


class StockForm(OperationsForm):
    """How many of each item a crossing has."""

    def __init__(
        self, words: Words, *args: Any, needs: tuple[Need, ...], have: Mapping[str, int], **kwargs: Any
    ) -> None:
        super().__init__(words, *args, **kwargs)
        for need in needs:
            field = forms.IntegerField(required=False, min_value=0, max_value=MOST, label=f"stock.{need.item}")
            field.initial = have.get(need.item)
            self.put(need.item, field)
        self.put("note", text(300))

    def have(self) -> dict[str, int]:
        """Give what was counted."""
        return {name: count for name, count in self.cleaned_data.items() if name != "note" and count is not None}


class TemplateForm(OperationsForm):
    """How many of each item a crossing should have, and what one costs."""

    def __init__(self, words: Words, *args: Any, needs: tuple[Need, ...], **kwargs: Any) -> None:
        super().__init__(words, *args, **kwargs)
        self.needs = needs
        self.put("currency", one_of(sorted(currencies())))
        self.fields["currency"].initial = next((one.currency for one in needs if one.currency), "")
        for need in needs:
            count = forms.IntegerField(min_value=0, max_value=MOST, label=f"stock.{need.item}", initial=need.needed)
            price = forms.DecimalField(required=False, min_value=0, max_digits=12, decimal_places=2)
            price.label, price.initial = "operations.price", need.price
            self.put(need.item, count)
            self.put(f"{need.item}_price", price)
        self.put("reason", text(300, required=True))

    def told(self) -> list[Need]:
        """Give what was said."""
        said, currency = self.cleaned_data, self.cleaned_data["currency"]
        return [
            Need(item=one.item, group=one.group, needed=said[one.item], unit=one.unit,
                 price=said[f"{one.item}_price"], currency=currency if said[f"{one.item}_price"] is not None else "")
            for one in self.needs
        ]  # fmt: skip


@page(OperationsRight.REVIEW_SEE)
def office_list(request: AtDoor) -> HttpResponseBase:
    """Show how the offices do, the last quarters side by side."""
    quarters = [maturity.quarter_of(timezone.localdate())]
    while len(quarters) < QUARTERS:
        quarters.append(maturity.quarter_before(quarters[-1]))
    known = reviews.reviews_by_office(quarters)
    offices = [one for one in directory.offices() if one.country_id == here().country or one.code in known]
    rows = [
        (one, name_of(request.words, one), [(q, _mean(known.get(one.code, {}).get(q))) for q in quarters])
        for one in offices
    ]
    context = {"rows": rows, "quarters": quarters, "may_write": request.acting.may(OperationsRight.REVIEW_WRITE)}
    return show(request, "operations/reviews.html", context)


@page(OperationsRight.REVIEW_SEE)
def office_review(request: AtDoor, code: str) -> HttpResponseBase:
    """Show the review of an office: each practice with its evidence, and the quarter before."""
    office, quarter = directory.office_of(code), _quarter(request)
    told = reviews.review_of(code, quarter)
    earlier = reviews.review_of(code, maturity.quarter_before(quarter))
    if told and asked_of(request, "as")["as"] == "csv":
        return csv_answer(f"{code}-{quarter}", ["practice", "score", "evidence", "before"], _sheet(told, earlier))
    context = {
        "office": office, "quarter": quarter, "told": told, "earlier": earlier,
        "before": maturity.quarter_before(quarter),
        "rows": [(name, told.answers.get(name), earlier.answers.get(name) if earlier else None) for name in PRACTICES]
        if told else [],
        "mean": _mean(told), "mean_before": _mean(earlier),
        "weakest": weakest(told.answers) if told else [],
        "may_write": request.acting.may(OperationsRight.REVIEW_WRITE),
    }  # fmt: skip
    return show(request, "operations/review.html", context)


@page(OperationsRight.REVIEW_WRITE)
def write_review(request: AtDoor, code: str) -> HttpResponseBase:
    """Review an office; the fields begin with what was said last."""
    office, quarter = directory.office_of(code), _quarter(request)
    last = reviews.review_of(code, quarter) or reviews.review_of(code, maturity.quarter_before(quarter))
    form = ReviewForm(
        request.words, request.POST if request.method == "POST" else None, before=last.answers if last else {}
    )

    def save(_: dict[str, Any]) -> Any:
        return services.review_office(by=request.acting, office=code, quarter=quarter, answers=form.answers())

    if form.is_bound and form.attempt(save) is not None:
        messages.success(request, request.words.text("operations.review_saved"))
        return redirect("office_review", code)
    pairs = [(form[name], form[f"{name}_evidence"]) for name in PRACTICES]
    context = {"office": office, "quarter": quarter, "form": form, "pairs": pairs}
    return show(request, "operations/review_form.html", context, 422 if form.is_bound else 200)


@page(OperationsRight.REVIEW_SEE)
def crossing_list(request: AtDoor) -> HttpResponseBase:
    """Show the crossings of this state: how much of the template each meets, what is missing and what it costs."""
    known = reviews.profiles()
    places = [one for one in directory.crossings() if here().country in (one.country_a_id, one.country_b_id)]
    rows = []
    for one in places:
        stock, profile = known.get(one.code, (None, None))
        told = (round(100 * profile.met), len(profile.missing), _costs(request.words, profile)) if profile else None
        rows.append((one, crossing_name(request.words, one), stock, told))
    rows.sort(key=lambda row: (row[3] is None, row[3][0] if row[3] else 0, row[1]))
    context = {"rows": rows, "may_template": request.acting.may(OperationsRight.TEMPLATE_WRITE)}
    return show(request, "operations/crossings.html", context)


@page(OperationsRight.REVIEW_SEE)
def crossing_profile(request: AtDoor, code: str) -> HttpResponseBase:
    """Show what a crossing has against the template: group by group, then what is needed and what it costs."""
    place, stock = directory.crossing_of(code), reviews.stock_of(code)
    profile = profile_of(reviews.template_in_force(), stock.have if stock else {})
    if asked_of(request, "as")["as"] == "csv":
        return csv_answer(f"{code}-needs", NEEDS, map(needs_row, profile.gaps))
    groups = [(name, [gap for gap in profile.gaps if gap.need.group == name]) for name in GROUPS]
    needs = [(gap, f"{amount_of(request.words, gap.cost)} {gap.need.currency}" if gap.cost else "")
             for gap in profile.missing]  # fmt: skip
    context = {
        "crossing": place, "stock": stock, "groups": groups, "needs": needs, "met": round(100 * profile.met),
        "costs": _costs(request.words, profile), "unpriced": profile.unpriced,
        "may_write": request.acting.may(OperationsRight.REVIEW_WRITE),
    }  # fmt: skip
    return show(request, "operations/crossing.html", context)


@page(OperationsRight.REVIEW_WRITE)
def count_crossing(request: AtDoor, code: str) -> HttpResponseBase:
    """Say what a crossing has."""
    place, stock = directory.crossing_of(code), reviews.stock_of(code)
    form = StockForm(
        request.words, request.POST if request.method == "POST" else None, needs=reviews.template_in_force(),
        have=stock.have if stock else {},
    )  # fmt: skip

    def save(said: dict[str, Any]) -> Any:
        return services.count_stock(by=request.acting, crossing=code, have=form.have(), note=said["note"])

    if form.is_bound and form.attempt(save) is not None:
        messages.success(request, request.words.text("operations.stock_saved"))
        return redirect("crossing_profile", code)
    context = {"form": form, "title": request.words.text("operations.count_stock"),
               "number": crossing_name(request.words, place), "back": reverse("crossing_profile", args=[code]),
               "hint": request.words.text("operations.stock_hint")}  # fmt: skip
    return show(request, "operations/act.html", context, 422 if form.is_bound else 200)


@page(OperationsRight.TEMPLATE_WRITE)
def crossing_template(request: AtDoor) -> HttpResponseBase:
    """Say what a crossing should have."""
    needs = reviews.template_in_force()
    form = TemplateForm(request.words, request.POST if request.method == "POST" else None, needs=needs)

    def save(said: dict[str, Any]) -> Any:
        return services.set_template(by=request.acting, needs=form.told(), reason=said["reason"])

    if form.is_bound and form.attempt(save) is not None:
        messages.success(request, request.words.text("operations.template_saved"))
        return redirect("crossing_profiles")
    rows = [(one, form[one.item], form[f"{one.item}_price"]) for one in needs]
    return show(request, "operations/template.html", {"form": form, "rows": rows}, 422 if form.is_bound else 200)


def _quarter(request: AtDoor) -> str:
    asked = asked_of(request, "quarter")["quarter"]
    return asked if maturity.is_quarter(asked) else maturity.quarter_of(timezone.localdate())


def _mean(told: Review | None) -> float | None:
    return None if told is None else mean_of(told.answers)


def _sheet(told: Review, earlier: Review | None) -> list[list[Any]]:
    return [
        [name, told.answers[name].score, told.answers[name].evidence, earlier.answers[name].score if earlier else None]
        for name in PRACTICES
    ]


def _costs(words: Words, profile: Profile) -> str:
    return ", ".join(f"{amount_of(words, cost)} {currency}" for currency, cost in sorted(profile.costs.items()))
