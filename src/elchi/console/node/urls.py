"""Addresses of the node's own page."""

from django.urls import path

from elchi.console.node import views

urlpatterns = [path("node/", views.node, name="node")]
