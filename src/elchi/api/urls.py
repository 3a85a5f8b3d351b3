"""Addresses of the API; the door looks for them here first, and not among those of the console."""

from __future__ import annotations

from django.urls import path

from elchi.api.main import api, match_api

urlpatterns = [path("api/v1/", api.urls), path("match-api/", match_api.urls)]
