"""Addresses of manifests."""

from django.urls import path

from elchi.console.manifests import views

urlpatterns = [
    path("manifests/", views.manifests, name="manifests"),
    path("manifests/new/", views.submit, name="submit_manifest"),
    path("manifests/<int:manifest_id>/", views.manifest, name="manifest"),
    path("manifests/<int:manifest_id>/cancel/", views.cancel, name="cancel_manifest"),
    path("manifests/<int:manifest_id>/export/", views.export, name="export_manifest"),
]
