"""Addresses of the check. What is checked never stands in one."""

from __future__ import annotations

from django.urls import path

from elchi.console.check import partners, shift, slip, views

urlpatterns = [
    path("check/", views.check, name="check"),
    path("check/shift/", shift.shift, name="shift"),
    path("check/shift/end/", shift.end, name="end_shift"),
    path("check/<int:check_id>/", views.verdict, name="verdict"),
    path("check/<int:check_id>/as/", views.check_as, name="check_as"),
    path("check/<int:check_id>/partners/", partners.partners, name="partners"),
    path("check/<int:check_id>/ask/", partners.ask, name="ask_partners"),
    path("check/<int:check_id>/slip/", slip.slip, name="slip"),
    path("check/<int:check_id>/slip.pdf", slip.slip_pdf, name="slip_pdf"),
    path("check/<slug:kind>/", views.check_form, name="check_form"),
]
