"""Addresses of the results."""

from django.urls import path

from elchi.console.results import views

urlpatterns = [
    path("results/", views.results, name="results"),
    path("results/export/", views.export, name="results_export"),
]
