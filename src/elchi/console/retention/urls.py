"""Addresses of retention."""

from django.urls import path

from elchi.console.retention import views

urlpatterns = [
    path("node/retention/", views.retention, name="retention"),
    path("node/retention/change/", views.change, name="change_retention"),
]
