"""Addresses of the audit."""

from django.urls import path

from elchi.console.audit import views

urlpatterns = [
    path("audit/", views.audit, name="audit"),
    path("audit/subject/", views.find_subject, name="audit_subject"),
    path("audit/export/", views.export, name="audit_export"),
    path("audit/untasked/", views.untasked, name="audit_untasked"),
    path("audit/days/", views.days, name="audit_days"),
    path("audit/verify/", views.verify, name="audit_verify"),
    path("audit/<int:sequence>/", views.line, name="audit_line"),
]
