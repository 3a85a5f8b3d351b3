"""Addresses of the log."""

from __future__ import annotations

from django.urls import path

from elchi.console.officelog import shifts, views

urlpatterns = [
    path("log/", views.log, name="log"),
    path("log/<int:number>/", views.entry, name="log_entry"),
    path("log/csv/", views.export, name="log_csv"),
    path("log/print/", views.printed, name="log_print"),
    path("log/verify/", views.verify, name="log_verify"),
    path("log/shift/", shifts.shift, name="shift_hand_over"),
    path("log/shift/<int:number>/", shifts.handed, name="handed_over"),
]
