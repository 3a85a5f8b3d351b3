"""Addresses of cases."""

from __future__ import annotations

from django.urls import path

from elchi.console.cases import changes, views

urlpatterns = [
    path("cases/", views.cases, name="cases"),
    path("cases/new/", views.open_case, name="open_case"),
    path("cases/<int:case_id>/", views.case, name="case"),
    path("cases/<int:case_id>/subjects/", views.subjects, name="case_subjects"),
    path("cases/<int:case_id>/files/", views.files, name="case_files"),
    path("cases/<int:case_id>/tasks/", views.tasks, name="case_tasks"),
    path("cases/<int:case_id>/people/", views.people, name="case_people"),
    path("cases/<int:case_id>/links/", views.links, name="case_links"),
    path("cases/<int:case_id>/print/", views.printed, name="case_printed"),
    path("cases/<int:case_id>/change/", changes.change, name="change_case"),
    path("cases/<int:case_id>/move/", changes.move, name="move_case"),
    path("cases/<int:case_id>/export/", changes.export, name="export_case"),
    path("cases/files/<int:file_id>/", changes.file, name="case_file"),
    path("cases/files/<int:file_id>/save/", changes.saved_file, name="save_case_file"),
    path("cases/files/<int:file_id>/picture/", changes.picture, name="case_picture"),
    path("cases/files/<int:file_id>/remove/", changes.remove_file, name="remove_case_file"),
    path("cases/tasks/<int:task_id>/", changes.change_task, name="change_case_task"),
    path("cases/<int:case_id>/people/release/", changes.release, name="release_case_officer"),
    path("cases/<int:case_id>/links/<int:other_id>/remove/", changes.unlink, name="unlink_cases"),
]
