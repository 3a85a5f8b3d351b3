"""Addresses of the console; each noun has its own list."""

from __future__ import annotations

from importlib import import_module
from typing import Final

from django.urls import include, path

from elchi.console import home

ROOMS: Final = (
    "lists",
    "audit",
    "cases",
    "desk",
    "officelog",
    "check",
    "manifests",
    "officers",
    "node",
    "retention",
    "second_line",
    "directory",
    "federation",
    "map",
    "results",
)
"""Folders of the console, each with a `urls.py`."""

urlpatterns = [
    path("", home.home, name="home"),
    path("theme/", home.choose_theme, name="choose_theme"),
    path("lock/", home.lock_screen, name="lock_screen"),
    path("language/", home.choose_language, name="choose_language"),
    path("accounts/", include("elchi.console.sign_in_urls")),
    *(pattern for room in ROOMS for pattern in import_module(f"elchi.console.{room}.urls").urlpatterns),
]
